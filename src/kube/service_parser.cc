// SPDX-License-Identifier: Apache-2.0
#include "src/kube/service_parser.h"

#include <algorithm>
#include <optional>

#include "src/naming/name_rule.h"
#include "src/net/ip_address.h"

namespace tcpgauge {

void ServiceParser::Begin() {
  service_ = Service();
  port_ = PortItem();
}

bool ServiceParser::Wants(std::string_view path) const {
  return path == "metadata" || path == "spec" || path == "spec.clusterIPs" || path == "spec.ports";
}

void ServiceParser::Take(std::string_view path, const JsonScalar& value) {
  if (path == "metadata.name") {
    service_.name = NameOf(value, kMaxNameBytes + 1);
  } else if (path == "metadata.namespace") {
    service_.namespace_name = NameOf(value, kMaxNameBytes + 1);
  } else if (path == "spec.clusterIP" || path == "spec.clusterIPs") {
    // "None" stands for a headless service. spec.clusterIP is the first of spec.clusterIPs again.
    const std::optional<IpAddress> address = IpAddress::Parse(TextOf(value));
    std::vector<IpAddress>& known = service_.cluster_ips;
    if (!address.has_value() || known.size() == kMaxAddresses) return;
    if (std::find(known.begin(), known.end(), *address) == known.end()) known.push_back(*address);
  } else if (path == "spec.ports.port") {
    port_.TakeNumber(value);
  } else if (path == "spec.ports.protocol") {
    port_.TakeProtocol(value);
  }
}

void ServiceParser::Leave(std::string_view path) {
  if (path != "spec.ports") return;
  const std::optional<uint16_t> port = port_.End();
  if (port.has_value() && service_.tcp_ports.size() < kMaxPorts) {
    service_.tcp_ports.push_back(*port);
  }
}

}  // namespace tcpgauge
