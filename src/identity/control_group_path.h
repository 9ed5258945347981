// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_CONTROL_GROUP_PATH_H_
#define TCPGAUGE_SRC_IDENTITY_CONTROL_GROUP_PATH_H_

#include <string_view>

#include "src/identity/group_owner.h"

namespace tcpgauge {

// Tells the owner of a control group by its path below the cgroup mount, such as
//   /kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod8d3a1c9e_40b1_….slice/cri-containerd-<id>.scope
//   /kubepods/burstable/pod8d3a1c9e-40b1-…/<id>
//   /system.slice/docker-<id>.scope, /docker/<id>, /machine.slice/libpod-<id>.scope/container
//   /system.slice/nginx.service, /user.slice/user-1000.slice/user@1000.service/app.slice/…
// A path may begin with "/.." as the kernel writes a path outside the reader's cgroup namespace.
//
// The innermost pod or container counts, because containers run in containers, as in a kind cluster. Of units, the
// outermost service or scope counts.
//
// Trust. A unit may be delegated to a user (user@UID.service, Delegate=yes), who may then give the folders below it any
// name, that of a pod or container too. So the search ends at the first unit. It goes on only below the units of
// container managers, which run as root: kubelet and the manager may disagree about the driver, and then pods are
// there. No user can make a system unit with such a name.
//
// The owner of a login session is the user's slice ("user-1000.slice"), because each session has another number.
// systemd writes some characters of a unit's name as "-". They are replaced where a name may hold them (IsName()).
//
// The owner is unknown for slices, for the root, for the monitors of containers (conmon), and for init.scope, because
// systemd itself opens the listening sockets of all socket units there.
GroupOwner OwnerOfGroup(std::string_view path);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_CONTROL_GROUP_PATH_H_
