// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_SLICE_H_
#define TCPGAUGE_SRC_KUBE_SLICE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "src/net/ip_address.h"

namespace tcpgauge {

// One pod or other host behind a service.
struct SliceEndpoint {
  std::vector<IpAddress> addresses;
  std::string pod;  // empty if the endpoint is not a pod
  std::string pod_namespace;
  std::string node;
  std::string zone;
};

// The members of an EndpointSlice that identities need. A slice has some or all endpoints of a service. The texts are
// cut and not checked, as in Pod.
struct Slice {
  std::string namespace_name;
  std::string name;
  std::string service;              // the label kubernetes.io/service-name; empty if the slice has none
  std::vector<uint16_t> tcp_ports;  // each endpoint serves all of them
  std::vector<SliceEndpoint> endpoints;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_SLICE_H_
