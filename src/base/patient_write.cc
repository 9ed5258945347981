// SPDX-License-Identifier: Apache-2.0
#include "src/base/patient_write.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

// How late a wait notices that the process begins to end.
constexpr int64_t kCheckMs = 20;

enum class Kind { kFile, kSocket, kNonblocking, kBlocking };

Kind KindOf(int fd) {
  struct stat status = {};
  if (fstat(fd, &status) == 0 && (S_ISREG(status.st_mode) || S_ISBLK(status.st_mode))) return Kind::kFile;
  if (S_ISSOCK(status.st_mode)) return Kind::kSocket;
  return (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0 ? Kind::kNonblocking : Kind::kBlocking;
}

// Waits until `fd` can be written. Returns false when the patience is over.
bool WaitUntilWritable(int fd, const Patience& patience) {
  for (;;) {
    const int64_t left_ns = patience.LeftNs();
    pollfd writable = {fd, POLLOUT, 0};
    const int64_t left_ms = left_ns / kNanosecondsPerMillisecond + (left_ns % kNanosecondsPerMillisecond > 0);
    if (poll(&writable, 1, static_cast<int>(std::min(left_ms, kCheckMs))) > 0) return true;
    if (left_ns == 0) return false;
  }
}

// Writes once. Returns what write(2) returns.
ssize_t WriteOnce(int fd, Kind kind, std::string_view bytes, const Patience& patience) {
  switch (kind) {
    case Kind::kFile:
    case Kind::kNonblocking:
      break;
    case Kind::kSocket:
      return send(fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    case Kind::kBlocking:
      if (!WaitUntilWritable(fd, patience)) {
        errno = ETIMEDOUT;
        return -1;
      }
      bytes = bytes.substr(0, PIPE_BUF);
      break;
  }
  return write(fd, bytes.data(), bytes.size());
}

}  // namespace

PatientWriteResult PatientWrite(int fd, std::string_view bytes, Patience* patience) {
  const Kind kind = KindOf(fd);
  PatientWriteResult result;
  while (result.written < bytes.size()) {
    const ssize_t count = WriteOnce(fd, kind, bytes.substr(result.written), *patience);
    if (count >= 0) {
      result.written += static_cast<size_t>(count);
      patience->NoteProgress();
      continue;
    }
    if (errno == EINTR) continue;
    const bool is_full = errno == EAGAIN;
    if (is_full && WaitUntilWritable(fd, *patience)) continue;
    result.error = is_full ? ETIMEDOUT : errno;
    break;
  }
  return result;
}

int ReopenNonblocking(int fd) {
  struct stat status = {};
  if (fstat(fd, &status) != 0) return -1;
  if (!S_ISFIFO(status.st_mode) && isatty(fd) == 0) return -1;
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  return open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

}  // namespace tcpgauge
