// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_POD_H_
#define TCPGAUGE_SRC_KUBE_POD_H_

#include <string>
#include <vector>

#include "src/net/ip_address.h"

namespace tcpgauge {

// The members of a pod that identities need. The texts are the first kMaxNameBytes + 1 bytes of what the API sends.
// They are not checked, so IsName() may be false for them.
struct Pod {
  std::string namespace_name;
  std::string name;
  // The UID that the control groups of the pod's containers carry. For a static pod this is not metadata.uid, but the
  // hash of its file (annotation kubernetes.io/config.mirror).
  std::string uid;
  std::string owner_kind;  // of the owner that controls the pod; empty if it has none
  std::string owner_name;
  std::string template_hash;  // the label pod-template-hash
  std::string node;
  bool is_on_host_network = false;
  bool has_ended = false;  // phase Succeeded or Failed: its addresses may belong to another pod
  std::vector<IpAddress> addresses;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_POD_H_
