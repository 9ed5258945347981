// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_SMALL_FILE_H_
#define TCPGAUGE_SRC_BASE_SMALL_FILE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace tcpgauge {

// All of the file, which may be at most 1 MiB. Errors begin with the path; NotFound, PermissionDenied or
// InvalidArgument.
absl::StatusOr<std::string> ReadSmallFile(const std::string& path);

// What changes when a file is written, replaced or taken away.
struct FileStamp {
  uint64_t device = 0;
  uint64_t inode = 0;
  int64_t size = -1;  // -1 = there is no such file
  int64_t modified_ns = 0;
  int64_t changed_ns = 0;

  static FileStamp Of(const std::string& path);

  friend bool operator==(const FileStamp& a, const FileStamp& b) {
    return a.device == b.device && a.inode == b.inode && a.size == b.size && a.modified_ns == b.modified_ns &&
           a.changed_ns == b.changed_ns;
  }
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_SMALL_FILE_H_
