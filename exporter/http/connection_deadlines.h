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

// Breaks connections that outlast the time they are given, however lively they are: a client that sends its header, or
// reads its response, one byte a second is never idle.
//
// Has a thread of its own. Thread: safe for any.
class ConnectionDeadlines {
  struct Watched {
    int fd;
    int64_t deadline_ns;  // of the steady clock; INT64_MAX once it is broken
    bool waits;           // for its client's request
  };

 public:
  using Handle = std::list<Watched>::iterator;

  enum class Phase { kRequest, kResponse };

  // With more than `crowd` connections, each new one breaks the one that has waited the longest for a request: whoever
  // opens connections without end and asks for nothing keeps nobody out.
  explicit ConnectionDeadlines(size_t crowd);
  ~ConnectionDeadlines();  // REQUIRES: every connection was removed

  // Watches the connection of socket `fd`, whose request is awaited, through a descriptor of its own: whoever owns `fd`
  // may close it before Remove(). Without a descriptor to be had, the connection is broken at once.
  Handle Add(int fd, absl::Duration allowed);

  // From now on it has `allowed` for that phase.
  void Set(Handle connection, Phase phase, absl::Duration allowed);

  void Remove(Handle connection);

 private:
  void Run();
  // Sees to it that the thread waits no longer than until `deadline_ns`.
  void WakeBy(int64_t deadline_ns) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void BreakLongestWaiting() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t crowd_;
  Mutex mutex_;
  CondVar is_earlier_or_stopping_;
  // Those that wait, in the order in which they began to.
  std::list<Watched> connections_ ABSL_GUARDED_BY(mutex_);
  int64_t next_ns_ ABSL_GUARDED_BY(mutex_) = INT64_MAX;  // what the thread waits for
  bool is_stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_CONNECTION_DEADLINES_H_
