// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_PROCESS_GROUP_H_
#define TCPGAUGE_SRC_IDENTITY_PROCESS_GROUP_H_

#include <string_view>

#include "src/identity/group_owner.h"

namespace tcpgauge {

// Returns the owner of a process. `cgroup_file` is the content of its file /proc/PID/cgroup. With cgroup1, the file has
// a line for each hierarchy, and the lines may name different owners. Then a pod is preferred to a container, and a
// container to a unit.
GroupOwner OwnerOfProcess(std::string_view cgroup_file);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_PROCESS_GROUP_H_
