// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/connection_deadlines.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "src/base/check.h"
#include "src/base/clock.h"
#include "src/base/named_thread.h"

namespace tcpgauge {
namespace {

int64_t After(absl::Duration allowed) { return SystemClock().SteadyNanoseconds() + absl::ToInt64Nanoseconds(allowed); }

}  // namespace

ConnectionDeadlines::ConnectionDeadlines(size_t crowd)
    : crowd_(crowd), thread_(NamedThread("http-deadlines", [this] { Run(); })) {}

ConnectionDeadlines::~ConnectionDeadlines() {
  {
    const MutexLock lock(&mutex_);
    TCPGAUGE_CHECK(connections_.empty());
    is_stopping_ = true;
    is_earlier_or_stopping_.NotifyOne();
  }
  thread_.join();
}

ConnectionDeadlines::Handle ConnectionDeadlines::Add(int fd, absl::Duration allowed) {
  const int own_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (own_fd < 0) shutdown(fd, SHUT_RDWR);
  const MutexLock lock(&mutex_);
  if (connections_.size() >= crowd_) BreakLongestWaiting();
  connections_.push_back({own_fd, own_fd < 0 ? INT64_MAX : After(allowed), true});
  WakeBy(connections_.back().deadline_ns);
  return std::prev(connections_.end());
}

void ConnectionDeadlines::Set(Handle connection, Phase phase, absl::Duration allowed) {
  const MutexLock lock(&mutex_);
  if (connection->deadline_ns == INT64_MAX) return;  // broken
  connection->awaits_request = phase == Phase::kRequest;
  if (connection->awaits_request) connections_.splice(connections_.end(), connections_, connection);
  connection->deadline_ns = After(allowed);
  WakeBy(connection->deadline_ns);
}

void ConnectionDeadlines::BreakLongestWaiting() {
  for (Watched& connection : connections_) {
    if (!connection.awaits_request || connection.deadline_ns == INT64_MAX) continue;
    shutdown(connection.fd, SHUT_RDWR);
    connection.deadline_ns = INT64_MAX;
    return;
  }
}

void ConnectionDeadlines::Remove(Handle connection) {
  const MutexLock lock(&mutex_);
  if (connection->fd >= 0) close(connection->fd);
  connections_.erase(connection);
}

void ConnectionDeadlines::WakeBy(int64_t deadline_ns) {
  if (deadline_ns >= next_ns_) return;
  next_ns_ = deadline_ns;
  is_earlier_or_stopping_.NotifyOne();
}

void ConnectionDeadlines::Run() {
  const MutexLock lock(&mutex_);
  while (!is_stopping_) {
    const int64_t now_ns = SystemClock().SteadyNanoseconds();
    next_ns_ = INT64_MAX;
    for (Watched& connection : connections_) {
      if (connection.deadline_ns <= now_ns) {
        shutdown(connection.fd, SHUT_RDWR);
        connection.deadline_ns = INT64_MAX;
      }
      next_ns_ = std::min(next_ns_, connection.deadline_ns);
    }
    is_earlier_or_stopping_.WaitUntil(&mutex_, next_ns_);
  }
}

}  // namespace tcpgauge
