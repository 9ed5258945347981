// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_SMALL_FILE_H_
#define TCPGAUGE_SRC_BASE_SMALL_FILE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace tcpgauge {

// The content of the file.
// Bounds: at most 1 MiB.
// Errors begin with the path: InvalidArgument when the file is larger, otherwise the errno of open() or read(), such as
// NotFound or PermissionDenied.
absl::StatusOr<std::string> ReadSmallFile(const std::string& path);

// Differs from an earlier stamp once the file was written, replaced or removed.
struct FileStamp {
  uint64_t device = 0;
  uint64_t inode = 0;
  int64_t size = -1;  // -1 = no such file
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
