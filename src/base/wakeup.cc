// SPDX-License-Identifier: Apache-2.0
#include "src/base/wakeup.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "src/base/shortage.h"

namespace tcpgauge {

Wakeup::Wakeup() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (fd_ < 0) ExitForShortage("open an eventfd", errno);
}

Wakeup::~Wakeup() { close(fd_); }

void Wakeup::Notify() {
  const uint64_t one = 1;
  // Fails only when the counter is full, and then the descriptor is readable already.
  if (write(fd_, &one, sizeof(one)) < 0) return;
}

void Wakeup::Clear() {
  uint64_t count;
  if (read(fd_, &count, sizeof(count)) < 0) return;  // Notify() was not called
}

void Wakeup::Wait(int also_fd, int timeout_ms) {
  pollfd fds[] = {{fd_, POLLIN, 0}, {also_fd, POLLIN, 0}};
  poll(fds, 2, timeout_ms);
  Clear();
}

}  // namespace tcpgauge
