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

// Breaks each connection of the HTTP server when its deadline passes. To break a connection means to shut down its
// socket in both directions. The server then closes the connection and calls Remove().
//
// A limit of idle time is not enough: a client that sends its header or reads its response one byte a second is never
// idle.
//
// Thread: any. The object has a thread of its own, which waits for the deadlines.
// Time: steady.
// Bounds: one entry for each connection. The server limits the number of connections.
class ConnectionDeadlines {
  struct Watched {
    int fd;               // our duplicate of the connection's descriptor; -1 = no descriptor was available
    int64_t deadline_ns;  // INT64_MAX = the connection was broken
    bool awaits_request;  // the connection is in Phase::kRequest
  };

 public:
  using Handle = std::list<Watched>::iterator;  // valid from Add() to Remove()

  enum class Phase {
    kRequest,   // the server waits for the end of a request's header
    kResponse,  // the rest of the request arrives, and the response is made and sent
  };

  // When `crowd` or more connections are watched, Add() first breaks the connection that has been longest in
  // Phase::kRequest, if any is in that phase. Without this rule, a client that opens connections and sends no request
  // would keep other clients out.
  explicit ConnectionDeadlines(size_t crowd);
  ~ConnectionDeadlines();  // REQUIRES: every connection was removed

  // Watches the connection of socket `fd`. The connection begins in Phase::kRequest, which may last `allowed` from now.
  // Add() duplicates `fd`, and the caller may close the original before Remove(). If no descriptor is available for the
  // duplicate, Add() breaks the connection at once. The caller must call Remove() in that case too.
  Handle Add(int fd, absl::Duration allowed);

  // Moves the connection to `phase`, which may last `allowed` from now. If the connection was broken, has no effect.
  void Set(Handle connection, Phase phase, absl::Duration allowed);

  // Ends the watching, and closes the duplicate of the descriptor. Call it once for each Add().
  void Remove(Handle connection);

 private:
  void Run();
  // Makes the thread wake up at `deadline_ns` or earlier.
  void WakeBy(int64_t deadline_ns) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void BreakLongestWaiting() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t crowd_;
  Mutex mutex_;
  CondVar is_earlier_or_stopping_;
  // The connections in Phase::kRequest are in the order in which they entered that phase. Connections in
  // Phase::kResponse may stand between them.
  std::list<Watched> connections_ ABSL_GUARDED_BY(mutex_);
  int64_t next_ns_ ABSL_GUARDED_BY(mutex_) = INT64_MAX;  // when the thread wakes up
  bool is_stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_HTTP_CONNECTION_DEADLINES_H_
