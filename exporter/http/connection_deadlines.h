// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_HTTP_CONNECTION_DEADLINES_H_
#define TCPGAUGE_EXPORTER_HTTP_CONNECTION_DEADLINES_H_

#include <cstdint>
#include <list>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "src/base/mutex.h"

namespace tcpgauge {

// Breaks each connection when its deadline passes. A limit of idle time is not enough: a client that sends its header,
// or reads its response, one byte a second is never idle.
//
// Has a thread of its own. Thread: any. Time: steady.
class ConnectionDeadlines {
  struct Watched {
    int fd;               // our duplicate of the connection's descriptor; -1 = there was no descriptor for it
    int64_t deadline_ns;  // INT64_MAX = the connection is broken
    bool awaits_request;  // it is in Phase::kRequest
  };

 public:
  using Handle = std::list<Watched>::iterator;

  enum class Phase {
    kRequest,   // the server waits for the end of a request's header
    kResponse,  // the rest of the request arrives, and the response is made and sent
  };

  // While `crowd` or more connections are open, each new one breaks the connection that has waited longest for a
  // request. So a client that opens connections without end and sends no request keeps no other client out.
  explicit ConnectionDeadlines(size_t crowd);
  ~ConnectionDeadlines();  // REQUIRES: every connection was removed

  // Watches the connection of socket `fd`, which is in Phase::kRequest for at most `allowed`. Duplicates the
  // descriptor, so the owner of `fd` may close it before Remove(). If no descriptor is available, breaks the connection
  // at once.
  Handle Add(int fd, absl::Duration allowed);

  // Moves the connection to `phase`, which may last `allowed` from now. A broken connection stays broken.
  void Set(Handle connection, Phase phase, absl::Duration allowed);

  void Remove(Handle connection);

 private:
  void Run();
  // Makes the thread wake at `deadline_ns` or earlier.
  void WakeBy(int64_t deadline_ns) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void BreakLongestWaiting() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t crowd_;
  Mutex mutex_;
  CondVar is_earlier_or_stopping_;
  // Those in Phase::kRequest stand in the order in which that phase began.
  std::list<Watched> connections_ ABSL_GUARDED_BY(mutex_);
  int64_t next_ns_ ABSL_GUARDED_BY(mutex_) = INT64_MAX;  // when the thread wakes
  bool is_stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_CONNECTION_DEADLINES_H_
