// SPDX-License-Identifier: Apache-2.0
#include "src/base/standard_descriptors.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tcpgauge {
namespace {

bool IsNullDevice(int fd) {
  struct stat file, null_device;
  return fstat(fd, &file) == 0 && stat("/dev/null", &null_device) == 0 && file.st_rdev == null_device.st_rdev;
}

// Closes the descriptors of `closed`, a set of bits, and opens them again. Ends the process: 0 = all is as promised.
[[noreturn]] void CloseAndOpen(int closed) {
  int kept[2];
  if (pipe(kept) != 0) _exit(10);
  for (int fd = 0; fd < 3; ++fd) {
    if (dup2(kept[fd == 0 ? 0 : 1], fd) != fd) _exit(11);
    if ((closed & 1 << fd) != 0) close(fd);
  }
  if (!OpenStandardDescriptors()) _exit(12);
  for (int fd = 0; fd < 3; ++fd) {
    const int mode = fcntl(fd, F_GETFL) & O_ACCMODE;
    if (mode != (fd == 0 ? O_RDONLY : O_WRONLY)) _exit(20 + fd);
    if (IsNullDevice(fd) != ((closed & 1 << fd) != 0)) _exit(30 + fd);
  }
  const int next = dup(kept[0]);
  _exit(next > 2 ? 0 : 40);
}

TEST(OpenStandardDescriptors, OpensEachSubsetThatIsClosed) {
  for (int closed = 0; closed < 8; ++closed) EXPECT_EXIT(CloseAndOpen(closed), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace tcpgauge
