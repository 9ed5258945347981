// SPDX-License-Identifier: Apache-2.0
#include "src/kube/service_parser.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "src/naming/name_rule.h"
#include "src/net/ip_address.h"

namespace tcpgauge {

void ServiceParser::Begin() {
  service_ = Service();
  port_ = Port();
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
    port_.number = CountOf(value);
  } else if (path == "spec.ports.protocol") {
    port_.is_tcp = TextOf(value) == "TCP";
  }
}

void ServiceParser::Leave(std::string_view path) {
  if (path != "spec.ports") return;
  const Port port = std::exchange(port_, Port());
  const bool is_port = port.number > 0 && port.number <= UINT16_MAX;
  if (port.is_tcp && is_port && service_.tcp_ports.size() < kMaxPorts) {
    service_.tcp_ports.push_back(static_cast<uint16_t>(port.number));
  }
}

}  // namespace tcpgauge
