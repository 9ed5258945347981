// SPDX-License-Identifier: Apache-2.0
#include "src/identity/control_group_source.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "src/identity/control_group_path.h"

namespace tcpgauge {
namespace {

bool IsGroup(const std::string& folder) {
  struct stat file;
  return stat((folder + "/cgroup.procs").c_str(), &file) == 0;
}

bool IsDotFolder(const char* name) { return strcmp(name, ".") == 0 || strcmp(name, "..") == 0; }

}  // namespace

ControlGroupSource::ControlGroupSource(std::string folder) : folder_(std::move(folder)) {}

void ControlGroupSource::AddTo(IdentityDraft* draft) {
  const absl::flat_hash_set<uint64_t> wanted = draft->GroupIds();
  const bool knows_all = std::all_of(wanted.begin(), wanted.end(),
                                     [&](uint64_t id) { return owners_.contains(id) || unknown_.contains(id); });
  if (!is_up_ || !knows_all) Walk(draft);
  unknown_.clear();
  for (const uint64_t id : wanted) {
    if (const auto owner = owners_.find(id); owner != owners_.end()) {
      draft->AddGroup(id, owner->second);
    } else if (is_up_) {
      unknown_.insert(id);
    }
  }
}

void ControlGroupSource::Walk(IdentityDraft* draft) {
  owners_.clear();
  std::string root = folder_ + "/unified";
  if (!IsGroup(root)) root = folder_;
  is_up_ = IsGroup(root);
  was_up_ |= is_up_;
  if (is_up_) WalkFolder(AT_FDCWD, root.c_str(), "", 0, draft);
}

void ControlGroupSource::WalkFolder(int parent_fd, const char* path, const std::string& group, int depth,
                                    IdentityDraft* draft) {
  const Folder folder = OpenFolderAt(parent_fd, path);
  if (folder == nullptr) return;
  for (const dirent* entry = readdir(folder.get()); entry != nullptr; entry = readdir(folder.get())) {
    if (entry->d_type != DT_DIR || IsDotFolder(entry->d_name)) continue;
    if (owners_.size() >= kMaxGroups || depth >= kMaxDepth) {
      draft->CountOverflow();
      return;
    }
    const std::string child = group + "/" + entry->d_name;
    owners_[entry->d_ino] = OwnerOfGroup(child);
    WalkFolder(dirfd(folder.get()), entry->d_name, child, depth + 1, draft);
  }
}

}  // namespace tcpgauge
