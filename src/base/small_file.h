// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_SMALL_FILE_H_
#define TCPGAUGE_SRC_BASE_SMALL_FILE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace tcpgauge {

// Returns the content of the regular file at `path`. An empty file gives an empty text. Follows symbolic links. Refuses
// anything that is not a regular file: reading a named pipe or a device could wait or have side effects, and /dev/null
// would look like an empty file.
//
// Thread: any.
// Bounds: the file may have at most 1 MiB.
// Errors: FailedPrecondition when the file is larger, or is not a regular file. Otherwise the error of stat(), open()
// or read(), such as NotFound or PermissionDenied. Never InvalidArgument, which callers keep for wrong options: a file
// that cannot be read is a fault of the environment. The message begins with the path.
absl::StatusOr<std::string> ReadSmallFile(const std::string& path);

// The state of a file at one moment. Two stamps of a path differ if the file was written, replaced or removed between
// the two, or if its owner or mode was changed. Two stamps of a missing file are equal.
//
// File times have the resolution of the kernel's tick, some milliseconds. If a write comes less than a tick after the
// first of two stamps, and does not change the size, the two stamps may be equal.
struct FileStamp {
  uint64_t device = 0;
  uint64_t inode = 0;
  int64_t size = -1;        // in bytes; -1 = there is no file, or stat() failed
  int64_t modified_ns = 0;  // st_mtim, since the Unix epoch
  int64_t changed_ns = 0;   // st_ctim, since the Unix epoch

  // Makes the stamp of the file as it is now. Follows symbolic links.
  static FileStamp Of(const std::string& path);

  friend bool operator==(const FileStamp& a, const FileStamp& b) {
    return a.device == b.device && a.inode == b.inode && a.size == b.size && a.modified_ns == b.modified_ns &&
           a.changed_ns == b.changed_ns;
  }
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_SMALL_FILE_H_
