// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_SUPPORT_MEMORY_FILE_H_
#define TCPGAUGE_TESTS_SUPPORT_MEMORY_FILE_H_

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "src/base/check.h"

namespace tcpgauge {

// A file in memory with the given bytes. The file lives until the object is gone and everybody has closed it.
class MemoryFile {
 public:
  explicit MemoryFile(const std::vector<uint8_t>& bytes) : fd_(memfd_create("test", MFD_CLOEXEC)) {
    for (size_t at = 0; at < bytes.size();) {
      const ssize_t count = write(fd_, bytes.data() + at, bytes.size() - at);
      TCPGAUGE_CHECK(count > 0);
      at += static_cast<size_t>(count);
    }
    TCPGAUGE_CHECK(lseek(fd_, 0, SEEK_SET) == 0);
  }
  ~MemoryFile() { close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  // A path at which the file can be opened.
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }
  // A descriptor whose position is at first the beginning of the file. The destructor closes it.
  int fd() const { return fd_; }

 private:
  const int fd_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SUPPORT_MEMORY_FILE_H_
