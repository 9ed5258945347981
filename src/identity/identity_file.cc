// SPDX-License-Identifier: Apache-2.0
#include "src/identity/identity_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/identity/identity_json.h"
#include "src/json/answer_body.h"

namespace tcpgauge {
namespace {

// Never kInvalidArgument, because a file that cannot be read is a fault of the environment.
absl::Status CannotRead(const std::string& path, std::string_view why) {
  return absl::UnavailableError(absl::StrCat("--identity.file: cannot read '", path, "': ", std::string(why)));
}

absl::Status CannotWrite(const std::string& path, std::string_view why) {
  return absl::UnavailableError(absl::StrCat("--identity.file: cannot write '", path, "': ", std::string(why)));
}

class FileBody final : public AnswerBody {
 public:
  FileBody(int fd, const std::string& path) : fd_(fd), path_(path) {}
  ~FileBody() override { close(fd_); }

  absl::StatusOr<std::string> Next() override {
    std::string piece(kMaxPieceBytes, '\0');
    ssize_t count;
    do {
      count = read(fd_, piece.data(), piece.size());
    } while (count < 0 && errno == EINTR);
    if (count < 0) return CannotRead(path_, strerror(errno));
    piece.resize(static_cast<size_t>(count));
    return piece;
  }

 private:
  const int fd_;
  const std::string path_;
};

// Returns 0 or an errno.
int WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    text.remove_prefix(static_cast<size_t>(count));
  }
  return 0;
}

// Creates the file at `path`, which must not exist, with this content. Returns 0 or an errno.
int CreateFile(const std::string& path, std::string_view text) {
  constexpr mode_t kMode = 0640;
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kMode);
  if (fd < 0) return errno;
  const int error = WriteAll(fd, text);
  return close(fd) != 0 && error == 0 ? errno : error;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const IdentityMap>> ReadIdentityFile(const std::string& path, size_t max_endpoints) {
  // Look before opening, because to open a device may have effects.
  struct stat file = {};
  if (stat(path.c_str(), &file) != 0) return CannotRead(path, strerror(errno));
  if (!S_ISREG(file.st_mode)) return CannotRead(path, "it is not a regular file");
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return CannotRead(path, strerror(errno));
  FileBody body(fd, path);
  auto map = ReadIdentityJson(&body, max_endpoints);
  if (map.ok() || !absl::IsInvalidArgument(map.status())) return map;
  return absl::InvalidArgumentError(absl::StrCat("--identity.file: '", path, "', ", map.status().message()));
}

absl::Status WriteIdentityFile(const std::string& path, const IdentityMap& map) {
  struct stat old = {};
  if (lstat(path.c_str(), &old) == 0 && !S_ISREG(old.st_mode)) {
    return CannotWrite(path, "it is not a regular file; name a file that can be replaced");
  }
  const std::string beside = path + ".new";
  unlink(beside.c_str());  // of an agent that was killed while it wrote
  int error = CreateFile(beside, IdentityJson(map));
  if (error == 0 && rename(beside.c_str(), path.c_str()) != 0) error = errno;
  if (error == 0) return absl::OkStatus();
  if (error != EEXIST) unlink(beside.c_str());  // EEXIST: another user's file
  return CannotWrite(
      path, absl::StrCat(strerror(error), "; use a folder in which the user that the agent runs as may create files"));
}

absl::Status IdentityFile::Write(std::shared_ptr<const IdentityMap> map) {
  if (written_ != nullptr && map->HasNamesOf(*written_)) return absl::OkStatus();
  absl::Status status = WriteIdentityFile(path_, *map);
  if (status.ok()) written_ = std::move(map);
  return status;
}

}  // namespace tcpgauge
