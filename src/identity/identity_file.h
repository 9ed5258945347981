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
// Errors: kInvalidArgument when the content is wrong. kUnavailable when the file cannot be read. The message names the
// option and the path. If the content is wrong, the message names the line too.
absl::StatusOr<std::shared_ptr<const IdentityMap>> ReadIdentityFile(const std::string& path, size_t max_endpoints);

// Replaces the file at `path` by one that holds `map`. Whoever opens `path` meanwhile finds either the old file or the
// whole new one: the function writes the file PATH.new, and renames it when it is complete. So the user that the agent
// runs as must be able to create files in the folder of `path`. The mode is 0640, less the umask.
//
// Replaces a regular file only. Refuses, for example, to replace /dev/null or a symbolic link.
// Errors: kUnavailable. The message names the option and the path. The old file stays.
absl::Status WriteIdentityFile(const std::string& path, const IdentityMap& map);

// A file that holds the names of the latest map.
//
// The maker posts a new map whenever sockets have been replaced, although mostly the names stay the same. So the file
// is written only when an address, endpoint or port has another name (IdentityMap::HasNamesOf()). A change of only the
// time or the accept queues does not count.
//
// Thread: one thread at a time.
class IdentityFile {
 public:
  explicit IdentityFile(std::string path) : path_(std::move(path)) {}

  // Writes the file if the names of `map` differ from those that were written last. After an error, the next call tries
  // again. Errors: those of WriteIdentityFile().
  absl::Status Write(std::shared_ptr<const IdentityMap> map);

 private:
  const std::string path_;
  std::shared_ptr<const IdentityMap> written_;  // the map that was written last; null before the first write
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_IDENTITY_FILE_H_
