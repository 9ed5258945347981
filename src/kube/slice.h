// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_SLICE_H_
#define TCPGAUGE_SRC_KUBE_SLICE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "src/net/ip_address.h"

namespace tcpgauge {

// One pod or host behind a service.
struct SliceEndpoint {
  std::vector<IpAddress> addresses;
  std::string pod;  // empty for a host
  std::string pod_namespace;
  std::string node;
  std::string zone;
};

// The members of an EndpointSlice that identities need: some or all endpoints of a service. The texts are as the API
// sends them (see Pod).
struct Slice {
  std::string namespace_name;
  std::string name;
  std::string service;              // the label kubernetes.io/service-name; empty if it belongs to no service
  std::vector<uint16_t> tcp_ports;  // on each of the endpoints
  std::vector<SliceEndpoint> endpoints;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_SLICE_H_
