// SPDX-License-Identifier: Apache-2.0
#include "exporter/otlp/console_output.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "src/base/clock.h"
#include "src/base/time_units.h"

namespace tcpgauge {

absl::Status ConsoleOutput::WriteLine(const std::string& text, int timeout_ms) {
  int64_t deadline_ns = SystemClock().SteadyNanoseconds() + timeout_ms * kNanosecondsPerMillisecond;
  const std::string line = absl::StrCat(is_cut_ ? "\n" : "", text, "\n");
  size_t written = 0;
  while (written < line.size()) {
    const bool in_haste = haste_ != nullptr && haste_->begun();
    if (in_haste) deadline_ns = std::min(deadline_ns, haste_->deadline_ns());
    const int64_t left_ns = std::max<int64_t>(deadline_ns - SystemClock().SteadyNanoseconds(), 0);
    pollfd fds[] = {{fd_, POLLOUT, 0}, {haste_ != nullptr && !in_haste ? haste_->fd() : -1, POLLIN, 0}};
    const int ready = poll(fds, 2, static_cast<int>(left_ns / kNanosecondsPerMillisecond));
    if (ready < 0 && errno == EINTR) continue;
    if (ready > 0 && fds[0].revents == 0) continue;  // the haste has begun
    if (ready == 0) return absl::DeadlineExceededError("nobody reads it");
    // A writable pipe takes this much without blocking.
    const ssize_t count = write(fd_, line.data() + written, std::min<size_t>(line.size() - written, PIPE_BUF));
    if (count < 0 && errno != EINTR && errno != EAGAIN) return absl::UnavailableError(strerror(errno));
    if (count > 0) written += static_cast<size_t>(count);
    is_cut_ = written < line.size();
  }
  return absl::OkStatus();
}

}  // namespace tcpgauge
