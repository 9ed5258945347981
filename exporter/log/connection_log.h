// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_LOG_CONNECTION_LOG_H_
#define TCPGAUGE_EXPORTER_LOG_CONNECTION_LOG_H_

#include <prometheus/counter.h>
#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "exporter/log/line_file.h"
#include "src/base/log_limiter.h"
#include "src/base/patience.h"
#include "src/base/stop_signal.h"
#include "src/base/wakeup.h"
#include "src/snapshot/ended_queue.h"

namespace tcpgauge {

// Returns the line of the connection log for `ended`: a JSON object and a newline. The names of the ends, the service
// and the views are left out where they are unknown or say nothing new (see connection_json.h). Any other unknown value
// is null. Times are in seconds since the Unix epoch, in the time of the packets. Durations are in seconds. Bytes of
// the interface's name that are not valid UTF-8 are replaced.
std::string ConnectionLogLine(const NamedEndedConnection& ended);

// The counters of the connection log. Each connection that ended is counted in one of them.
struct ConnectionLogCounters {
  prometheus::Counter& lines;  // the line was written
  // The queue was full, because connections ended faster than lines were written. Or the agent ended, and the patience
  // was over while connections were still in the queue.
  prometheus::Counter& lost_in_queue;
  prometheus::Counter& lost_in_writing;  // the file could not be written
};

// Writes a line for each connection that ends. All lines go into one file. Workers push ended connections into queues,
// and the log's own thread writes the lines.
//
// The order of calls: first Open(), then GiveTo() and AddQueue(), then Start(), at last Finish().
//
// Owner: The log owns the file and the queues.
// Thread: One thread calls all methods except Reopen(), and destroys the log. Any thread may call Reopen(). Each worker
// pushes into its own queue.
// Bounds: those of EndedQueue. If the queue may wait, a worker waits for room as long as `patience` lasts. A connection
// for which the queue has no room is counted in lost_in_queue. The log's thread waits for the reader of the file as
// long as `patience` lasts.
// Errors: A line that cannot be written is counted in lost_in_writing. A warning is logged at most once a minute.
class ConnectionLog {
 public:
  // Opens the file `path` as LineFile::Open() does; "-" is standard output. `patience` and the counters must outlive
  // the log. The counters must be 0, because Finish() computes its result from their values.
  //
  // Errors: Unavailable. The message names the file.
  static absl::StatusOr<std::unique_ptr<ConnectionLog>> Open(const std::string& path, Patience* patience,
                                                             ConnectionLogCounters counters);
  ~ConnectionLog();  // calls Finish()
  ConnectionLog(const ConnectionLog&) = delete;
  ConnectionLog& operator=(const ConnectionLog&) = delete;

  // Calls LineFile::GiveTo(): makes `uid` and `gid` the owner of a file that Open() created. Call it before Start().
  absl::Status GiveTo(uid_t uid, gid_t gid) { return file_->GiveTo(uid, gid); }

  // Makes a queue for one worker, and returns it. The queue lives as long as the log. For `may_wait`, see EndedQueue.
  // Call it before Start().
  EndedQueue* AddQueue(bool may_wait);

  // Starts the log's thread. Call it once. Errors: those of NamedThread().
  void Start();

  // Requests that the path is opened again, for example after log rotation has renamed the file. Returns at once. When
  // the log's thread gets to the request, it writes its buffered lines to the old file and opens the path. If the path
  // cannot be opened, the old file stays in use, and a warning is logged. Standard output is not opened again, and
  // the request is not logged then.
  void Reopen();

  // Writes the connections that are still queued, as long as the patience lasts, and ends the thread. Returns the
  // number of connections whose lines were ever lost, for any reason. Logs that number if it is not 0. Without Start(),
  // or when called again, only returns the number.
  //
  // Call it after the last connection was pushed into a queue, so that no connection is missing.
  uint64_t Finish();

 private:
  ConnectionLog(std::unique_ptr<LineFile> file, Patience* patience, ConnectionLogCounters counters);

  void Run();
  // Removes the queued connections and counts them as lost. Called when the patience is over.
  void DropQueued();
  // Moves the queued connections into the buffer as lines. Returns whether there were any.
  bool WriteQueued();
  void WriteBuffer();
  void ReopenFile();

  const ConnectionLogCounters counters_;
  Patience& patience_;
  const std::unique_ptr<LineFile> file_;  // only the log's thread uses it while that thread runs
  Wakeup wakeup_;
  StopSignal stop_;
  std::atomic<bool> reopen_requested_{false};
  std::vector<std::unique_ptr<EndedQueue>> queues_;
  std::string buffer_;  // whole lines that are not written yet
  LogLimiter write_errors_;
  std::thread thread_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_LOG_CONNECTION_LOG_H_
