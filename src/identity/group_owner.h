// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_IDENTITY_GROUP_OWNER_H_
#define TCPGAUGE_SRC_IDENTITY_GROUP_OWNER_H_

#include <string>
#include <utility>

namespace tcpgauge {

// The owner of the processes in a control group (see OwnerOfGroup()): a pod with or without one of its containers, a
// container, or a systemd unit. Members that do not apply are empty. All members are empty if the owner is unknown.
struct GroupOwner {
  std::string pod_uid;  // of Kubernetes, such as "8d3a1c9e-40b1-4b52-a4d5-1d0b6a2f6a11"; of a static pod 32 hex digits
  std::string container_id;  // 12 to 64 hex digits, or the name that its manager gave it
  std::string unit;          // such as "nginx.service"

  bool is_known() const { return !pod_uid.empty() || !container_id.empty() || !unit.empty(); }

  friend bool operator==(const GroupOwner& a, const GroupOwner& b) {
    return a.pod_uid == b.pod_uid && a.container_id == b.container_id && a.unit == b.unit;
  }
  friend bool operator!=(const GroupOwner& a, const GroupOwner& b) { return !(a == b); }
  template <typename H>
  friend H AbslHashValue(H state, const GroupOwner& owner) {
    return H::combine(std::move(state), owner.pod_uid, owner.container_id, owner.unit);
  }
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_IDENTITY_GROUP_OWNER_H_
