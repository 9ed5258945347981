// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_CONTROL_GROUP_PATH_H_
#define TCPGAUGE_SRC_IDENTITY_CONTROL_GROUP_PATH_H_

#include <string_view>

#include "src/identity/group_owner.h"

namespace tcpgauge {

// Returns the owner of a control group. `path` is the group's path below the mount of the control groups, such as
//   /kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod8d3a1c9e_40b1_….slice/cri-containerd-<id>.scope
//   /kubepods/burstable/pod8d3a1c9e-40b1-…/<id>
//   /system.slice/docker-<id>.scope, /docker/<id>, /machine.slice/libpod-<id>.scope/container
//   /system.slice/nginx.service, /user.slice/user-1000.slice/user@1000.service/app.slice/…
// A path may begin with "/..": the kernel writes a path outside the reader's cgroup namespace like this.
//
// The path may name several owners, one inside the other. The owner is the innermost pod, with the innermost container
// in this pod. Without a pod, the owner is the innermost container. The innermost ones count, because a container may
// run in another one, as in a cluster made by the tool kind. Without a pod or container, the outermost service or scope
// is the owner.
//
// Trust. A unit may be delegated to a user (user@UID.service, Delegate=yes). This user may give the folders below the
// unit any name, even the name of a pod or container. So the search ends at the first unit, with two exceptions. It
// goes on below the scope of a container, where other containers may run. It also goes on below the units of container
// managers: when the kubelet and the manager use different cgroup drivers, pods are below such a unit. These units run
// as root, and no user can make a system unit with such a name.
//
// A login session (session-N.scope) counts as the user's slice ("user-1000.slice"), because each session has a
// different number. systemd escapes some characters of a unit's name, for example "-" as "\x2d". The escapes are undone
// if the result is a name (IsName()).
//
// The root, a slice that is not a pod's, and the scope of a container's monitor (conmon) are no owners. Nor is
// init.scope, because systemd itself opens the listening sockets of all socket units there. If the path names no owner,
// the owner is unknown.
GroupOwner OwnerOfGroup(std::string_view path);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_CONTROL_GROUP_PATH_H_
