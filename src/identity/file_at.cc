// SPDX-License-Identifier: Apache-2.0
#include "src/identity/file_at.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

namespace tcpgauge {

bool Exists(const std::string& path) {
  if (access(path.c_str(), F_OK) == 0) return true;
  switch (errno) {
    case ENOENT:
    case ENOTDIR:       // a part of the path before the last is a file
    case ENAMETOOLONG:  // no file can have this name
    case ELOOP:         // links lead in a circle
      return false;
    default:
      return true;
  }
}

Folder OpenFolderAt(int parent_fd, const char* path) {
  const int fd = openat(parent_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return nullptr;
  DIR* const folder = fdopendir(fd);
  if (folder == nullptr) close(fd);
  return Folder(folder);
}

bool ReadFileAt(int folder_fd, const char* path, size_t max_bytes, std::string* text) {
  const int fd = openat(folder_fd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return false;
  text->resize(max_bytes);
  size_t size = 0;
  ssize_t count = 1;
  while (count > 0 && size < max_bytes) {
    count = read(fd, text->data() + size, max_bytes - size);
    if (count > 0) size += static_cast<size_t>(count);
  }
  close(fd);
  text->resize(size);
  return count >= 0;
}

}  // namespace tcpgauge
