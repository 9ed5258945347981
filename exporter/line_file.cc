#include "exporter/line_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace tcpgauge {
namespace {

constexpr off_t kChunkBytes = 4096;

bool IsRegular(int fd) {
  struct stat status = {};
  return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

// Cuts off what follows the last newline.
void CutHalfLine(int fd) {
  char chunk[kChunkBytes];
  const off_t size = lseek(fd, 0, SEEK_END);
  for (off_t end = size; end > 0;) {
    const off_t begin = std::max<off_t>(end - kChunkBytes, 0);
    const ssize_t count = pread(fd, chunk, static_cast<size_t>(end - begin), begin);
    if (count != end - begin) return;
    const void* const newline = memrchr(chunk, '\n', static_cast<size_t>(count));
    if (newline != nullptr) {
      const off_t whole = begin + (static_cast<const char*>(newline) - chunk) + 1;
      if (whole != size && ftruncate(fd, whole) != 0) return;
      return;
    }
    end = begin;
  }
  if (size > 0 && ftruncate(fd, 0) != 0) return;
}

absl::StatusOr<int> OpenToAppend(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (fd >= 0) {
    if (IsRegular(fd)) CutHalfLine(fd);
    return fd;
  }
  // A device or a pipe that may only be written.
  const int write_only = open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (write_only >= 0) return write_only;
  return absl::InvalidArgumentError(absl::StrCat("--connection-log: cannot write '", path, "': ", strerror(errno)));
}

uint64_t CountLines(std::string_view lines) {
  return static_cast<uint64_t>(std::count(lines.begin(), lines.end(), '\n'));
}

}  // namespace

absl::StatusOr<std::unique_ptr<LineFile>> LineFile::Open(const std::string& path) {
  if (path == "-") return std::unique_ptr<LineFile>(new LineFile(path, STDOUT_FILENO));
  const absl::StatusOr<int> fd = OpenToAppend(path);
  if (!fd.ok()) return fd.status();
  return std::unique_ptr<LineFile>(new LineFile(path, *fd));
}

LineFile::~LineFile() {
  if (fd_ != STDOUT_FILENO) close(fd_);
}

absl::Status LineFile::Reopen() {
  if (fd_ == STDOUT_FILENO) return absl::OkStatus();
  const absl::StatusOr<int> fd = OpenToAppend(path_);
  if (!fd.ok()) return fd.status();
  close(fd_);
  fd_ = *fd;
  return absl::OkStatus();
}

void LineFile::Append(std::string_view lines) {
  error_ = 0;
  size_t written = 0;
  while (written < lines.size()) {
    const ssize_t count = write(fd_, lines.data() + written, lines.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      error_ = errno;
      break;
    }
    written += static_cast<size_t>(count);
  }
  std::string_view whole = lines.substr(0, written);
  if (written < lines.size()) {
    whole = whole.substr(0, whole.rfind('\n') + 1);  // nothing when there is none
    // Appending, so the half line is at the file's end. A pipe keeps it.
    if (whole.size() < written && IsRegular(fd_)) CutHalfLine(fd_);
  }
  written_lines_ += CountLines(whole);
  lost_lines_ += CountLines(lines.substr(whole.size()));
}

}  // namespace tcpgauge
