// SPDX-License-Identifier: Apache-2.0
#include "exporter/log/line_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "src/base/patient_write.h"

namespace tcpgauge {
namespace {

constexpr off_t kChunkBytes = 4096;

bool IsRegular(int fd) {
  struct stat status = {};
  return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

// Cuts off the part of a line that a write has just put at the end of a regular file. Keeps it if something stands
// after it, because another process has written to the file too.
void CutWritten(int fd, off_t bytes) {
  const off_t end = lseek(fd, 0, SEEK_CUR);
  struct stat status = {};
  if (end < bytes || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size != end) return;
  if (ftruncate(fd, end - bytes) != 0) return;
  // Without O_APPEND the next write would otherwise begin behind the new end, and leave a hole.
  lseek(fd, end - bytes, SEEK_SET);
}

// Cuts off the part of a line after the last newline of a file.
void CutPartialLine(int fd) {
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

struct Opened {
  int fd;
  bool created;
};

// `wait_flag` is O_NONBLOCK if the call must not wait for the reader of a named pipe, otherwise 0.
absl::StatusOr<Opened> OpenToAppend(const std::string& path, int wait_flag) {
  constexpr mode_t kMode = 0640;
  const int flags = O_APPEND | O_CLOEXEC | wait_flag;
  int fd = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | flags, kMode);
  if (fd >= 0) return Opened{fd, true};
  fd = open(path.c_str(), O_RDWR | O_CREAT | flags, kMode);
  if (fd < 0) fd = open(path.c_str(), O_WRONLY | flags);  // a file, device or pipe that may only be written
  if (fd >= 0) {
    if (IsRegular(fd)) {
      CutPartialLine(fd);
    } else {
      fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK);
    }
    return Opened{fd, false};
  }
  return absl::UnavailableError(absl::StrCat("--connection-log: cannot write '", path, "': ", strerror(errno)));
}

double CountLines(std::string_view lines) { return static_cast<double>(std::count(lines.begin(), lines.end(), '\n')); }

}  // namespace

absl::StatusOr<std::unique_ptr<LineFile>> LineFile::Open(const std::string& path, LineCounters counters) {
  if (path == "-") {
    const int own = ReopenNonblocking(STDOUT_FILENO);
    return std::unique_ptr<LineFile>(new LineFile(path, own >= 0 ? own : STDOUT_FILENO, false, counters));
  }
  const absl::StatusOr<Opened> opened = OpenToAppend(path, 0);
  if (!opened.ok()) return opened.status();
  return std::unique_ptr<LineFile>(new LineFile(path, opened->fd, opened->created, counters));
}

LineFile::~LineFile() {
  if (fd_ != STDOUT_FILENO) close(fd_);
}

absl::StatusOr<bool> LineFile::Reopen() {
  if (path_ == "-") return false;
  const absl::StatusOr<Opened> opened = OpenToAppend(path_, O_NONBLOCK);
  if (!opened.ok()) return opened.status();
  close(fd_);
  fd_ = opened->fd;
  return true;
}

absl::Status LineFile::GiveTo(uid_t uid, gid_t gid) {
  if (!created_ || fchown(fd_, uid, gid) == 0) return absl::OkStatus();
  return absl::PermissionDeniedError(
      absl::StrCat("--connection-log: cannot hand the file over to user ", uid, ": ", strerror(errno)));
}

void LineFile::Append(std::string_view lines, Patience* patience) {
  const PatientWriteResult result = PatientWrite(fd_, lines, patience);
  error_ = result.error;
  std::string_view whole = lines.substr(0, result.written);
  if (result.written < lines.size()) {
    whole = whole.substr(0, whole.rfind('\n') + 1);                      // empty if there is no newline: npos + 1 is 0
    CutWritten(fd_, static_cast<off_t>(result.written - whole.size()));  // a pipe keeps it
  }
  counters_.written.Increment(CountLines(whole));
  counters_.lost.Increment(CountLines(lines.substr(whole.size())));
}

}  // namespace tcpgauge
