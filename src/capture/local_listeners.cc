// SPDX-License-Identifier: Apache-2.0
#include "src/capture/local_listeners.h"

#include <ifaddrs.h>

#include "src/capture/socket_address.h"

namespace tcpgauge {
namespace {

void AddListener(const Endpoint& endpoint, LocalListeners* listeners) {
  const uint8_t any_v4[4] = {};
  if (endpoint.address == IpAddress() || endpoint.address == IpAddress::FromV4(any_v4)) {
    listeners->wildcard_ports.insert(endpoint.port);
  } else if (listeners->endpoints.size() < ServerEndpoints::kCapacity) {
    listeners->endpoints.insert(endpoint);
  }
}

}  // namespace

LocalListeners LocalListenerReader::Read() {
  LocalListeners listeners;
  if (!ok()) return listeners;
  sockets_.VisitListeners([&](const TcpSocket& socket) { AddListener(socket.local, &listeners); });
  ifaddrs* interfaces = nullptr;
  if (getifaddrs(&interfaces) == 0) {
    for (const ifaddrs* i = interfaces; i != nullptr; i = i->ifa_next) {
      const auto address = AddressOf(i->ifa_addr);
      if (address.has_value()) listeners.addresses.insert(*address);
    }
    freeifaddrs(interfaces);
  }
  return listeners;
}

}  // namespace tcpgauge
