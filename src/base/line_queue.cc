// SPDX-License-Identifier: Apache-2.0
#include "src/base/line_queue.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "src/base/clock.h"
#include "src/base/named_thread.h"
#include "src/base/time_units.h"

namespace tcpgauge {

LineQueue::LineQueue(int fd, LossLine loss_line) : fd_(fd), loss_line_(std::move(loss_line)) {}

LineQueue::~LineQueue() {
  if (!thread_.joinable()) return;
  stop_->Stop();
  {
    const MutexLock lock(&mutex_);
    work_.NotifyAll();
  }
  thread_.join();
}

void LineQueue::Add(std::string line) {
  const MutexLock lock(&mutex_);
  if (line.size() > kMaxBytes) {
    CountLost(1);
    return;
  }
  bytes_ += line.size();
  lines_.push_back(std::move(line));
  while (lines_.size() > kMaxLines || bytes_ > kMaxBytes) {
    bytes_ -= lines_.front().size();
    lines_.pop_front();
    CountLost(1);
  }
  if (is_holding_) return;
  if (has_thread_) {
    work_.NotifyOne();
  } else {
    WriteUntil(0);
  }
}

void LineQueue::Hold() {
  const MutexLock lock(&mutex_);
  is_holding_ = true;
}

void LineQueue::Release() {
  const MutexLock lock(&mutex_);
  is_holding_ = false;
  if (has_thread_) {
    work_.NotifyOne();
  } else {
    WriteUntil(0);
  }
}

void LineQueue::StartThread() {
  const MutexLock lock(&mutex_);
  stop_.emplace();
  is_writing_ = !current_.done();  // before the thread has it
  thread_ = NamedThread("log", [this] { Run(); });
  has_thread_ = true;
}

bool LineQueue::Flush(int64_t timeout_ns) {
  const int64_t deadline_ns = SystemClock().SteadyNanoseconds() + timeout_ns;
  const MutexLock lock(&mutex_);
  if (!has_thread_) return WriteUntil(deadline_ns);
  while (is_writing_ || !lines_.empty()) {
    if (!written_.WaitUntil(&mutex_, deadline_ns)) break;
  }
  return !is_writing_ && lines_.empty();
}

void LineQueue::Run() {
  for (;;) {
    while (!stop_->stopped() && !current_.done()) WriteSome(-1);
    const MutexLock lock(&mutex_);
    is_writing_ = false;
    while (!stop_->stopped() && (is_holding_ || !TakeNext())) {
      written_.NotifyAll();
      work_.Wait(&mutex_);
    }
    if (stop_->stopped()) return;
    is_writing_ = true;
  }
}

bool LineQueue::TakeNext() {
  const uint64_t lost = has_failed_ ? 0 : lost_untold_.exchange(0);
  if (lost > 0) {
    current_ = {loss_line_(lost), 0, lost};
    return true;
  }
  if (lines_.empty()) return false;
  current_ = {std::move(lines_.front()), 0, 0};
  bytes_ -= current_.text.size();
  lines_.pop_front();
  return true;
}

bool LineQueue::WriteUntil(int64_t deadline_ns) {
  while (!current_.done() || TakeNext()) {
    const int64_t left_ns = std::max<int64_t>(deadline_ns - SystemClock().SteadyNanoseconds(), 0);
    if (!WriteSome(static_cast<int>(left_ns / kNanosecondsPerMillisecond)) && left_ns == 0) return false;
  }
  return true;
}

bool LineQueue::WriteSome(int timeout_ms) {
  pollfd fds[] = {{fd_, POLLOUT, 0}, {stop_.has_value() ? stop_->fd() : -1, POLLIN, 0}};
  if (poll(fds, 2, timeout_ms) <= 0 || fds[0].revents == 0) return false;
  const size_t left = current_.text.size() - current_.written;
  const ssize_t count = write(fd_, current_.text.data() + current_.written, std::min<size_t>(left, PIPE_BUF));
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return false;
  has_failed_ = count <= 0;
  if (!has_failed_) {
    current_.written += static_cast<size_t>(count);
  } else {
    // No other place is left to report the error.
    if (current_.tells_lost > 0) {
      lost_untold_.fetch_add(current_.tells_lost, std::memory_order_relaxed);
    } else {
      CountLost(1);
    }
    current_ = Chunk();
  }
  return true;
}

void LineQueue::CountLost(uint64_t lines) {
  lost_.fetch_add(lines, std::memory_order_relaxed);
  lost_untold_.fetch_add(lines, std::memory_order_relaxed);
}

}  // namespace tcpgauge
