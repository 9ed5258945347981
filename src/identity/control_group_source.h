// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_CONTROL_GROUP_SOURCE_H_
#define TCPGAUGE_SRC_IDENTITY_CONTROL_GROUP_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "src/identity/file_at.h"
#include "src/identity/group_owner.h"
#include "src/identity/identity_source.h"

namespace tcpgauge {

// Knows the owner of a control group by its number, which is the inode number of its folder in cgroup2.
//
// Design. To find a folder by its inode number takes a walk of the whole tree. The kernel never gives a number to a
// second group, so what a walk found stays true. The tree is walked again only when a socket has a group that is not
// known, such as that of a new pod.
//
// Add this source after the one of the sockets: it answers for the groups that the draft has then.
//
// Thread: see IdentitySource.
// Bounds: kMaxGroups folders in a walk, and kMaxDepth folders one in another. The draft counts a walk that is cut as an
// overflow.
class ControlGroupSource final : public IdentitySource {
 public:
  static constexpr size_t kMaxGroups = 65536;
  static constexpr int kMaxDepth = 32;

  // `folder` is --path.cgroup: where cgroup2 is mounted, or the parent of its mount `unified` beside those of cgroup1.
  explicit ControlGroupSource(std::string folder);

  void AddTo(IdentityDraft* draft) override;
  std::string_view name() const override { return "cgroup"; }
  // False if the folder has no cgroup2.
  bool is_up() const override { return is_up_; }
  // A host may have cgroup1 alone.
  bool is_missed() const override { return was_up_; }

 private:
  // Reads the tree into owners_.
  void Walk(IdentityDraft* draft);
  // Reads the folder `path`, relative to the open folder `parent_fd`. `group` is its path below the root.
  void WalkFolder(int parent_fd, const char* path, const std::string& group, int depth, IdentityDraft* draft);

  const std::string folder_;
  absl::flat_hash_map<uint64_t, GroupOwner> owners_;  // of the last walk
  absl::flat_hash_set<uint64_t> unknown_;             // groups that the last walk did not find; some are deleted ones
  bool is_up_ = false;
  bool was_up_ = false;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_CONTROL_GROUP_SOURCE_H_
