// SPDX-License-Identifier: Apache-2.0
#include "src/base/stop_signal.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "src/base/shortage.h"

namespace tcpgauge {

StopSignal::StopSignal() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (fd_ < 0) ExitForShortage("open an eventfd", errno);
}

StopSignal::~StopSignal() { close(fd_); }

void StopSignal::Stop() {
  stopped_.store(true, std::memory_order_release);
  const uint64_t one = 1;
  // Fails only when the counter is full, and then the descriptor is readable already.
  if (write(fd_, &one, sizeof(one)) < 0) return;
}

}  // namespace tcpgauge
