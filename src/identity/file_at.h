// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_FILE_AT_H_
#define TCPGAUGE_SRC_IDENTITY_FILE_AT_H_

#include <dirent.h>

#include <cstddef>
#include <memory>
#include <string>

namespace tcpgauge {

// Functions that read files and folders which may vanish at any time, such as those in /proc.
//
// Errors: returned without a reason, because it is usual that such a file has vanished, or that this process may not
// read it.
// Thread: any.

struct FolderCloser {
  void operator()(DIR* folder) const { closedir(folder); }
};
using Folder = std::unique_ptr<DIR, FolderCloser>;

// Whether there may be a file or folder at `path`. False only if the kernel says that there is none. So the result is
// true if this process may not look.
bool Exists(const std::string& path);

// Opens the folder `path`, relative to the open folder `parent_fd`, or to the current folder if `parent_fd` is
// AT_FDCWD. Null if the folder cannot be opened.
Folder OpenFolderAt(int parent_fd, const char* path);

// Replaces `*text` with the content of the file `path`, relative to the open folder `folder_fd`, but with at most
// `max_bytes` from its beginning. Returns whether the file could be read. If not, `*text` may have been changed.
bool ReadFileAt(int folder_fd, const char* path, size_t max_bytes, std::string* text);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_FILE_AT_H_
