// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_SUPPORT_SCRATCH_DIRECTORY_H_
#define TCPGAUGE_TESTS_SUPPORT_SCRATCH_DIRECTORY_H_

#include <stdlib.h>

#include <filesystem>
#include <string>
#include <system_error>

#include "src/base/check.h"

namespace tcpgauge {

// A temporary directory. It is empty at first, and the destructor deletes it with its contents.
//
// The directory is in /tmp, so that its path is short. The path of a Unix socket has at most 107 bytes, and the
// temporary directories of test runners have longer paths.
//
// Errors: if the directory cannot be created, the process ends. A failure to delete it is ignored.
class ScratchDirectory {
 public:
  ScratchDirectory() { TCPGAUGE_CHECK(mkdtemp(path_.data()) != nullptr); }
  ~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/tcpgauge_test_XXXXXX";
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SUPPORT_SCRATCH_DIRECTORY_H_
