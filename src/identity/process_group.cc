// SPDX-License-Identifier: Apache-2.0
#include "src/identity/process_group.h"

#include <cstddef>
#include <utility>

#include "src/base/strings.h"
#include "src/identity/control_group_path.h"

namespace tcpgauge {
namespace {

int RankOf(const GroupOwner& owner) {
  if (!owner.pod_uid.empty()) return owner.container_id.empty() ? 3 : 4;
  if (!owner.container_id.empty()) return 2;
  return owner.unit.empty() ? 0 : 1;
}

}  // namespace

GroupOwner OwnerOfProcess(std::string_view cgroup_file) {
  GroupOwner best;
  for (const std::string_view line : Split(cgroup_file, '\n')) {
    // A line is "NUMBER:CONTROLLERS:PATH".
    const size_t first = line.find(':');
    if (first == std::string_view::npos) continue;
    const size_t second = line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view path = line.substr(second + 1);
    if (path == "/") continue;
    GroupOwner owner = OwnerOfGroup(path);
    if (RankOf(owner) > RankOf(best)) best = std::move(owner);
  }
  return best;
}

}  // namespace tcpgauge
