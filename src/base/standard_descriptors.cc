// SPDX-License-Identifier: Apache-2.0
#include "src/base/standard_descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

namespace tcpgauge {

bool OpenStandardDescriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (fcntl(fd, F_GETFD) >= 0) continue;
    // Lower descriptors are open, so the kernel gives out this one.
    if (open("/dev/null", fd == STDIN_FILENO ? O_RDONLY : O_WRONLY) < 0) return false;
  }
  return true;
}

}  // namespace tcpgauge
