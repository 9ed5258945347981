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

// Finds the owners of control groups. The kernel reports the group of a socket by a number: the inode number of the
// group's folder in cgroup2.
//
// Design. Finding a folder by its inode number takes a walk of the whole tree. The kernel never gives the number of a
// group to another group, so the result of a walk stays true. The tree is walked again only when a socket has a new
// group, for example in a new pod. A group is new if the last walk did not find it, and if no socket of the previous
// round had it. If the last walk found no cgroup2, each round walks again.
//
// REQUIRES: in each round, AddTo() of SocketSource comes first. AddTo() of this class then looks up the groups in the
// draft.
//
// Thread: see IdentitySource.
// Bounds: kMaxGroups folders in a walk, and kMaxDepth levels of folders. At a bound, the walk leaves out the rest of
// the folder, and the draft counts an overflow.
class ControlGroupSource final : public IdentitySource {
 public:
  static constexpr size_t kMaxGroups = 65536;
  static constexpr int kMaxDepth = 32;

  // `folder` is --path.cgroup: where cgroup2 is mounted, or the folder that holds the mounts of cgroup1 and, as
  // `unified`, the mount of cgroup2.
  explicit ControlGroupSource(std::string folder);

  void AddTo(IdentityDraft* draft) override;
  std::string_view name() const override { return "cgroup"; }
  // False if the last walk found no cgroup2.
  bool is_up() const override { return is_up_; }
  // False as long as no walk has found cgroup2, because a host may have cgroup1 alone.
  bool is_missed() const override { return was_up_; }

 private:
  // Reads the tree into owners_.
  void Walk(IdentityDraft* draft);
  // Reads the folder `path`, relative to the open folder `parent_fd`. `group` is the path of this folder below the
  // root.
  void WalkFolder(int parent_fd, const char* path, const std::string& group, int depth, IdentityDraft* draft);

  const std::string folder_;
  absl::flat_hash_map<uint64_t, GroupOwner> owners_;  // of the last walk
  absl::flat_hash_set<uint64_t> unknown_;             // groups of sockets that the last walk did not find
  bool is_up_ = false;
  bool was_up_ = false;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_CONTROL_GROUP_SOURCE_H_
