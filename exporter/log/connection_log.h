// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_LOG_CONNECTION_LOG_H_
#define TCPGAUGE_EXPORTER_LOG_CONNECTION_LOG_H_

#include <prometheus/counter.h>
#include <sys/types.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "exporter/log/line_file.h"
#include "src/base/log_limiter.h"
#include "src/base/stop_signal.h"
#include "src/base/wakeup.h"
#include "src/snapshot/ended_queue.h"

namespace tcpgauge {

// One line of the connection log: a JSON object and a newline. Times are Unix seconds, durations seconds, what is
// unknown is null. `interface` is made valid UTF-8.
std::string ConnectionLogLine(const NamedEndedConnection& ended);

// Where connections that ended are counted: each gets a line, once it is written, or is lost.
struct ConnectionLogCounters {
  prometheus::Counter& lines;
  prometheus::Counter& lost_in_queue;    // they ended faster than they could be written
  prometheus::Counter& lost_in_writing;  // the file could not be written
};

// Writes a line for each connection that ends, on a thread of its own.
//
// Thread: one creates it, makes the queues, starts and finishes it; the queues belong to the workers; Reopen() is for
// any.
class ConnectionLog {
 public:
  // `path` is created or appended to; "-" is standard output. The counters, zero at first, must outlive the log. The
  // error names the file.
  static absl::StatusOr<std::unique_ptr<ConnectionLog>> Open(const std::string& path, ConnectionLogCounters counters);
  ~ConnectionLog();
  ConnectionLog(const ConnectionLog&) = delete;
  ConnectionLog& operator=(const ConnectionLog&) = delete;

  // See LineFile. Before Start().
  absl::Status GiveTo(uid_t uid, gid_t gid) { return file_->GiveTo(uid, gid); }

  // A queue for one worker; lives as long as the log. Before Start().
  EndedQueue* AddQueue(bool lossless);
  void Start();

  // Goes on, soon, with a file of the same name as it is then: after the former was renamed. What was queued before is
  // written to the former.
  void Reopen();

  // Writes what is still queued and ends the thread. After the workers have ended. False when lines were lost.
  bool Finish();

 private:
  ConnectionLog(std::unique_ptr<LineFile> file, ConnectionLogCounters counters);

  void Run();
  bool WriteQueued();
  void WriteBuffer();
  void ReopenFile();

  const ConnectionLogCounters counters_;
  const std::unique_ptr<LineFile> file_;  // the log's thread's, once that runs
  Wakeup wakeup_;
  StopSignal stop_;
  std::atomic<bool> is_to_reopen_{false};
  std::vector<std::unique_ptr<EndedQueue>> queues_;
  std::string buffer_;  // whole lines
  LogLimiter write_errors_;
  std::thread thread_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_LOG_CONNECTION_LOG_H_
