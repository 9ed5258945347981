// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_PROCESS_GROUP_H_
#define TCPGAUGE_SRC_IDENTITY_PROCESS_GROUP_H_

#include <string_view>

#include "src/identity/group_owner.h"

namespace tcpgauge {

// Tells the owner of a process by its file /proc/PID/cgroup. With cgroup1, the file has a line for each hierarchy, and
// not all of them need tell the owner: a pod counts before a container, and a container before a unit.
GroupOwner OwnerOfProcess(std::string_view cgroup_file);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_PROCESS_GROUP_H_
