// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NAMING_END_IDENTITY_H_
#define TCPGAUGE_SRC_NAMING_END_IDENTITY_H_

#include <cstdint>
#include <memory>
#include <utility>

#include "src/naming/shared_text.h"

namespace tcpgauge {

// Who is at one end of a connection: a pod, a container, a systemd unit, or a service of which nothing else is known. A
// member is empty if it is unknown. All texts but `comm` follow IsName().
struct EndIdentity {
  SharedText namespace_name;  // of Kubernetes
  // The name of the pod's owner, for example of its Deployment. A pod without an owner is its own workload. Outside
  // Kubernetes: the name of the container or of the systemd unit.
  SharedText workload;
  SharedText workload_kind;  // "Deployment", "StatefulSet", …; outside Kubernetes: "container" or "unit"
  // Whether the workload's name was guessed from the name of the pod or of its owner, because no source tells it.
  bool is_guess = false;
  SharedText pod;
  SharedText container;
  SharedText service;  // the Kubernetes service of this end, if it is a server
  SharedText node;
  SharedText zone;
  // The name of the process, as the process itself chose it. Empty if there are several processes. May hold any bytes,
  // so it is never a label.
  SharedText comm;

  // Compares all members but `comm`, which may change while a program runs.
  friend bool operator==(const EndIdentity& a, const EndIdentity& b) {
    return a.namespace_name == b.namespace_name && a.workload == b.workload && a.workload_kind == b.workload_kind &&
           a.is_guess == b.is_guess && a.pod == b.pod && a.container == b.container && a.service == b.service &&
           a.node == b.node && a.zone == b.zone;
  }
  // Hashes all members that are compared. A top view does not trust the agent to which it is attached: if a member were
  // left out, that agent could send many identities with the same hash.
  template <typename H>
  friend H AbslHashValue(H state, const EndIdentity& identity) {
    return H::combine(std::move(state), identity.namespace_name, identity.workload, identity.workload_kind,
                      identity.is_guess, identity.pod, identity.container, identity.service, identity.node,
                      identity.zone);
  }
};

// An identity that many maps and edges may share. Two objects are the same identity exactly if their numbers are equal.
struct NumberedIdentity {
  uint32_t number = 0;           // never 0, and never used again
  uint32_t workload_number = 0;  // equal for equal namespace_name and workload; 0 if the workload is unknown
  // Equal for equal namespace_name, workload, pod and service, which the labels of an edge show. 0 if all four are
  // unknown. If two edges had the same addresses and label numbers, they would have the same series. So they must be
  // one edge.
  uint32_t label_number = 0;
  EndIdentity identity;
};
using IdentityRef = std::shared_ptr<const NumberedIdentity>;  // null: unknown

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NAMING_END_IDENTITY_H_
