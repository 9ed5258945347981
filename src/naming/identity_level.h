// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NAMING_IDENTITY_LEVEL_H_
#define TCPGAUGE_SRC_NAMING_IDENTITY_LEVEL_H_

#include <cstdint>

namespace tcpgauge {

// Where names of workloads come from. Each level includes the ones before it.
enum class IdentityLevel : uint8_t {
  kOff,
  kLocal,    // control groups, /proc and the folder of container logs
  kNode,     // also the pods of this node, from the Kubernetes API
  kCluster,  // also the EndpointSlices and Services of the cluster
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NAMING_IDENTITY_LEVEL_H_
