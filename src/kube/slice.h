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
  std::string pod;  // empty if it is no pod
  std::string pod_namespace;
  std::string node;
  std::string zone;
};

// What names need of an EndpointSlice: endpoints of one service. All texts are as the API has them.
struct Slice {
  std::string namespace_name;
  std::string name;
  std::string service;              // the label kubernetes.io/service-name; empty if it belongs to no service
  std::vector<uint16_t> tcp_ports;  // on each of the endpoints
  std::vector<SliceEndpoint> endpoints;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_SLICE_H_
