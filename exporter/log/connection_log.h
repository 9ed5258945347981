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

// One line of the connection log: a JSON object and a newline. Times are in Unix seconds, durations in seconds; an
// unknown value is null. The name of the interface becomes valid UTF-8.
std::string ConnectionLogLine(const NamedEndedConnection& ended);

// Each connection that ended is counted in one of these.
struct ConnectionLogCounters {
  prometheus::Counter& lines;            // its line was written
  prometheus::Counter& lost_in_queue;    // the queue was full: connections ended faster than lines were written
  prometheus::Counter& lost_in_writing;  // the file could not be written
};

// Writes a line for each connection that ends, on a thread of its own.
//
// Owner: the log owns the file and the queues.
// Thread: one thread calls Open(), AddQueue(), Start() and Finish(), and destroys the log. Each worker pushes into its
// own queue. Any thread may call Reopen(). Bounds: those of EndedQueue. A connection that does not fit is counted in
// lost_in_queue; with `lossless` the worker waits instead. Errors: lines that cannot be written are counted in
// lost_in_writing, and logged at most once a minute.
class ConnectionLog {
 public:
  // Creates the file `path`, or appends to it; "-" is standard output. The counters must be zero, because
  // Finish() judges by them, and must outlive the log. Errors: InvalidArgument, with the name of the file.
  static absl::StatusOr<std::unique_ptr<ConnectionLog>> Open(const std::string& path, ConnectionLogCounters counters);
  ~ConnectionLog();
  ConnectionLog(const ConnectionLog&) = delete;
  ConnectionLog& operator=(const ConnectionLog&) = delete;

  // See LineFile::GiveTo(). Call before Start().
  absl::Status GiveTo(uid_t uid, gid_t gid) { return file_->GiveTo(uid, gid); }

  // Makes a queue for one worker; it lives as long as the log. `lossless`: see EndedQueue. Call before Start().
  EndedQueue* AddQueue(bool lossless);
  void Start();

  // Opens the path again, for example after log rotation renamed the file. The log's thread does so soon after this
  // call. Lines in the buffer are written to the old file first. If the path cannot be opened, the old file stays in
  // use, and a warning is logged.
  void Reopen();

  // Writes the connections that are still queued, and ends the thread. Call when the workers' threads have
  // stopped, and before the workers are destroyed: queued connections refer to their interface names. Returns false
  // if the file could not be written at some time.
  bool Finish();

 private:
  ConnectionLog(std::unique_ptr<LineFile> file, ConnectionLogCounters counters);

  void Run();
  bool WriteQueued();
  void WriteBuffer();
  void ReopenFile();

  const ConnectionLogCounters counters_;
  const std::unique_ptr<LineFile> file_;  // used by the log's thread only, once that runs
  Wakeup wakeup_;
  StopSignal stop_;
  std::atomic<bool> reopen_requested_{false};
  std::vector<std::unique_ptr<EndedQueue>> queues_;
  std::string buffer_;  // whole lines
  LogLimiter write_errors_;
  std::thread thread_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_LOG_CONNECTION_LOG_H_
