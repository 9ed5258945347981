// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_KUBE_SERVICE_H_
#define TCPGAUGE_SRC_KUBE_SERVICE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "src/net/ip_address.h"

namespace tcpgauge {

// The members of a service that identities need. The texts are cut and not checked, as in Pod.
struct Service {
  std::string namespace_name;
  std::string name;
  std::vector<IpAddress> cluster_ips;  // empty for a headless service
  std::vector<uint16_t> tcp_ports;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_KUBE_SERVICE_H_
