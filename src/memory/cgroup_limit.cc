// SPDX-License-Identifier: Apache-2.0
#include "src/memory/cgroup_limit.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace tcpgauge {
namespace {

// In version 1, "no limit" is the greatest multiple of a page.
constexpr uint64_t kUnlimited = uint64_t{1} << 60;

std::vector<std::string> LinesOf(const std::string& path) {
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

struct Hierarchy {
  bool found = false;
  std::string mount_point;
  std::string mounted_root;  // the group that is visible at the mount point
  std::string group;         // of this process
};

// Sets the group of this process in each version. Version 2 has the line "0::PATH"; version 1, the line whose
// controllers include memory.
void FindGroups(const std::string& root, Hierarchy* v1, Hierarchy* v2) {
  for (const std::string& line : LinesOf(root + "/proc/self/cgroup")) {
    const std::vector<std::string> fields = absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (fields.size() != 3) continue;
    if (fields[0] == "0" && fields[1].empty()) v2->group = fields[2];
    const std::vector<std::string> controllers = absl::StrSplit(fields[1], ',');
    if (std::find(controllers.begin(), controllers.end(), "memory") != controllers.end()) v1->group = fields[2];
  }
}

void FindMounts(const std::string& root, Hierarchy* v1, Hierarchy* v2) {
  for (const std::string& line : LinesOf(root + "/proc/self/mountinfo")) {
    // ... ROOT MOUNT_POINT OPTIONS [TAG]... - TYPE SOURCE SUPER_OPTIONS
    const std::vector<std::string> halves = absl::StrSplit(line, absl::MaxSplits(" - ", 1));
    if (halves.size() != 2) continue;
    const std::vector<std::string> place = absl::StrSplit(halves[0], ' ');
    const std::vector<std::string> system = absl::StrSplit(halves[1], ' ');
    if (place.size() < 5 || system.size() < 3) continue;
    const std::vector<std::string> options = absl::StrSplit(system[2], ',');
    const bool has_memory = std::find(options.begin(), options.end(), "memory") != options.end();
    Hierarchy* const hierarchy = system[0] == "cgroup2" ? v2 : system[0] == "cgroup" && has_memory ? v1 : nullptr;
    if (hierarchy == nullptr) continue;
    hierarchy->found = true;
    hierarchy->mounted_root = place[3];
    hierarchy->mount_point = place[4];
  }
}

std::optional<uint64_t> ReadLimit(const std::string& path) {
  const std::vector<std::string> lines = LinesOf(path);
  uint64_t bytes;
  if (lines.empty() || !absl::SimpleAtoi(lines[0], &bytes) || bytes >= kUnlimited) return std::nullopt;
  return bytes;
}

// The smallest limit from the group of this process up to the mounted group.
std::optional<uint64_t> SmallestLimit(const std::string& root, const Hierarchy& hierarchy, const char* file) {
  if (!hierarchy.found) return std::nullopt;
  std::string group = hierarchy.group;
  // In a container the mount may show only the group of this process, under the host's name for it.
  if (hierarchy.mounted_root != "/") {
    const bool below = group == hierarchy.mounted_root || absl::StartsWith(group, hierarchy.mounted_root + "/");
    group = below ? group.substr(hierarchy.mounted_root.size()) : "";
  }
  std::optional<uint64_t> smallest;
  while (true) {
    if (absl::EndsWith(group, "/")) group.pop_back();
    if (const auto limit = ReadLimit(absl::StrCat(root, hierarchy.mount_point, group, "/", file))) {
      smallest = std::min(*limit, smallest.value_or(*limit));
    }
    if (group.empty()) return smallest;
    group.resize(group.find_last_of('/') == std::string::npos ? 0 : group.find_last_of('/'));
  }
}

}  // namespace

std::optional<uint64_t> CgroupMemoryLimit(const std::string& root) {
  Hierarchy v1, v2;
  FindGroups(root, &v1, &v2);
  FindMounts(root, &v1, &v2);
  const auto of_v1 = SmallestLimit(root, v1, "memory.limit_in_bytes");
  const auto of_v2 = SmallestLimit(root, v2, "memory.max");
  if (of_v1.has_value() && of_v2.has_value()) return std::min(*of_v1, *of_v2);
  return of_v1.has_value() ? of_v1 : of_v2;
}

}  // namespace tcpgauge
