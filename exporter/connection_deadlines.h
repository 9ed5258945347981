#ifndef TCPGAUGE_EXPORTER_CONNECTION_DEADLINES_H_
#define TCPGAUGE_EXPORTER_CONNECTION_DEADLINES_H_

#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <thread>

#include "absl/time/time.h"

namespace tcpgauge {

// Breaks connections that outlast the time they are given, however lively they are: a client that sends its header, or
// reads its response, one byte a second is never idle.
//
// Has a thread of its own. Thread: safe for any.
class ConnectionDeadlines {
  struct Watched {
    int fd;
    int64_t deadline_ns;  // of the steady clock
  };

 public:
  using Handle = std::list<Watched>::iterator;

  ConnectionDeadlines();
  ~ConnectionDeadlines();  // REQUIRES: every connection was removed

  // Watches the connection of socket `fd`, through a descriptor of its own: whoever owns `fd` may close it before
  // Remove().
  Handle Add(int fd, absl::Duration allowed);

  // From now on it has `allowed`.
  void Set(Handle connection, absl::Duration allowed);

  void Remove(Handle connection);

 private:
  void Run();
  // With the lock held: sees to it that the thread waits no longer than until `deadline_ns`.
  void WakeBy(int64_t deadline_ns);

  std::mutex mutex_;  // guards all but the thread
  std::condition_variable is_earlier_or_stopping_;
  std::list<Watched> connections_;
  int64_t next_ns_ = INT64_MAX;  // what the thread waits for
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_CONNECTION_DEADLINES_H_
