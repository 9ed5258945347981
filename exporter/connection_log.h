#ifndef TCPGAUGE_EXPORTER_CONNECTION_LOG_H_
#define TCPGAUGE_EXPORTER_CONNECTION_LOG_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "src/base/stop_signal.h"
#include "src/base/wakeup.h"
#include "src/snapshot/ended_queue.h"

namespace tcpgauge {

// One line of the connection log: a JSON object and a newline. Times are Unix seconds, durations seconds, what is
// unknown is null. `interface` is made valid UTF-8.
std::string ConnectionLogLine(const NamedEndedConnection& ended);

// Writes a line for each connection that ends, on a thread of its own.
//
// Thread: one creates it, makes the queues, starts and finishes it; the queues belong to the capture threads.
class ConnectionLog {
 public:
  // `path` is created or appended to; "-" is standard output. The error names the file.
  static absl::StatusOr<std::unique_ptr<ConnectionLog>> Open(const std::string& path);
  ~ConnectionLog();
  ConnectionLog(const ConnectionLog&) = delete;
  ConnectionLog& operator=(const ConnectionLog&) = delete;

  // Hands the file over to a user who is to write it later, too, when the log is begun anew. Only a file that Open()
  // made: one that was there has the owner that somebody gave it.
  absl::Status GiveTo(uid_t uid, gid_t gid);

  // A queue for one capture thread; lives as long as the log. Before Start().
  EndedQueue* AddQueue(bool lossless);
  void Start();

  // Writes what is still queued and ends the thread. After the capture threads have ended. False when lines were lost
  // because the file could not be written; what the queues lost is told in the log.
  bool Finish();

 private:
  ConnectionLog(int fd, bool made) : fd_(fd), made_(made) {}

  void Run();
  bool WriteQueued();
  void WriteBuffer();

  const int fd_;
  const bool made_;  // there was no such file before
  Wakeup wakeup_;
  StopSignal stop_;
  std::vector<std::unique_ptr<EndedQueue>> queues_;
  std::string buffer_;  // whole lines
  uint64_t failed_writes_ = 0;
  std::thread thread_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_CONNECTION_LOG_H_
