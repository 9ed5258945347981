// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_IDENTITY_FILE_H_
#define TCPGAUGE_SRC_IDENTITY_IDENTITY_FILE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "src/naming/identity_map.h"

namespace tcpgauge {

// Thread: any thread may call these functions. No two threads may write to the same path at a time.

// Reads the map from the regular file at `path`, in the form of identity_json.h.
//
// Bounds: those of ReadIdentityJson().
// Errors: kInvalidArgument when the content is wrong. Otherwise the file cannot be read, and the code is another one.
// The message names option, path and, if the content is wrong, the line.
absl::StatusOr<std::shared_ptr<const IdentityMap>> ReadIdentityFile(const std::string& path, size_t max_endpoints);

// Replaces the file at `path` by one that holds `map`, at once: whoever opens `path` finds the old file or the whole
// new one. Writes to a file beside it, `path` and ".new", which replaces `path` when it is complete. So the user that
// the agent runs as must be able to create files in that folder. The mode is 0640, less the umask.
//
// Refuses to replace anything that is no regular file, such as /dev/null or a symbolic link.
// Errors: kUnavailable. The message names option and path. The old file stays.
absl::Status WriteIdentityFile(const std::string& path, const IdentityMap& map);

// Keeps a file of names like the latest map.
//
// Where programs connect often, each map has other sockets than the one before, but mostly with the same names. So the
// file is written only when it says something else (IdentityMap::HasNamesOf()), whatever the time and the queues are.
//
// Thread: one thread at a time.
class IdentityFile {
 public:
  explicit IdentityFile(std::string path) : path_(std::move(path)) {}

  // Writes the file if names differ from those in it. Errors: those of WriteIdentityFile(). The next call tries again.
  absl::Status Write(std::shared_ptr<const IdentityMap> map);

 private:
  const std::string path_;
  std::shared_ptr<const IdentityMap> written_;  // null before the first
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_IDENTITY_FILE_H_
