// SPDX-License-Identifier: Apache-2.0
#include "src/base/small_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

constexpr size_t kMaxBytes = 1 << 20;

int64_t Nanoseconds(const timespec& time) { return time.tv_sec * kNanosecondsPerSecond + time.tv_nsec; }

absl::Status NotRegular(const std::string& path) {
  return absl::FailedPreconditionError(absl::StrCat(path, ": is not a regular file"));
}

// Some error numbers, such as that of a name that is too long, would become kInvalidArgument.
absl::Status CannotRead(const std::string& path, int error) {
  const absl::Status status = absl::ErrnoToStatus(error, path);
  return absl::IsInvalidArgument(status) ? absl::FailedPreconditionError(status.message()) : status;
}

}  // namespace

absl::StatusOr<std::string> ReadSmallFile(const std::string& path) {
  // Look before opening, because to open a device may have effects.
  struct stat file;
  if (stat(path.c_str(), &file) != 0) return CannotRead(path, errno);
  if (!S_ISREG(file.st_mode)) return NotRegular(path);
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return CannotRead(path, errno);
  // The file may have been replaced meanwhile.
  if (fstat(fd, &file) != 0 || !S_ISREG(file.st_mode)) {
    close(fd);
    return NotRegular(path);
  }
  std::string text(kMaxBytes + 1, '\0');
  size_t size = 0;
  ssize_t count = 1;
  while (count > 0 && size < text.size()) {
    count = read(fd, text.data() + size, text.size() - size);
    if (count > 0) size += static_cast<size_t>(count);
  }
  const int error = count < 0 ? errno : 0;
  close(fd);
  if (error != 0) return CannotRead(path, error);
  if (size > kMaxBytes) return absl::FailedPreconditionError(absl::StrCat(path, ": is larger than 1 MiB"));
  text.resize(size);
  return text;
}

FileStamp FileStamp::Of(const std::string& path) {
  FileStamp stamp;
  struct stat file;
  if (stat(path.c_str(), &file) != 0) return stamp;
  stamp.device = file.st_dev;
  stamp.inode = file.st_ino;
  stamp.size = file.st_size;
  stamp.modified_ns = Nanoseconds(file.st_mtim);
  stamp.changed_ns = Nanoseconds(file.st_ctim);
  return stamp;
}

}  // namespace tcpgauge
