// SPDX-License-Identifier: Apache-2.0
#include "src/identity/socket_source.h"

#include <ifaddrs.h>
#include <string.h>

#include <utility>

#include "src/capture/socket_address.h"
#include "src/naming/listener_queue.h"

namespace tcpgauge {
namespace {

constexpr char kServiceInterface[] = "kube-ipvs0";

}  // namespace

std::optional<std::vector<IpAddress>> AddressesOfThisNamespace() {
  ifaddrs* interfaces = nullptr;
  if (getifaddrs(&interfaces) != 0) return std::nullopt;
  std::vector<IpAddress> addresses;
  for (const ifaddrs* i = interfaces; i != nullptr; i = i->ifa_next) {
    const auto address = AddressOf(i->ifa_addr);
    if (address.has_value() && strcmp(i->ifa_name, kServiceInterface) != 0) addresses.push_back(*address);
  }
  freeifaddrs(interfaces);
  return addresses;
}

void SocketSource::AddTo(IdentityDraft* draft) {
  if (std::optional<std::vector<IpAddress>> addresses = read_addresses_(); addresses.has_value())
    addresses_ = *std::move(addresses);
  for (const IpAddress& address : addresses_) draft->AddSharedAddress(address);
  bool has_sockets = false;
  bool has_groups = false;
  draft->SetSocketsReadTime(clock_.WallNanoseconds());
  const bool has_all_listeners = sockets_.VisitListeners([&](const TcpSocket& socket) {
    has_sockets = true;
    has_groups = has_groups || socket.group_id != 0;
    ListenerQueue queue;
    queue.endpoint = socket.local;
    queue.connections = socket.receive_queue;
    queue.limit = socket.send_queue;
    queue.dropped = socket.dropped_segments;
    draft->AddListener(queue, socket.group_id);
  });
  const bool has_all_connections = sockets_.VisitConnections([&](const TcpSocket& socket) {
    has_sockets = true;
    has_groups = has_groups || socket.group_id != 0;
    draft->AddSocket(socket.local, socket.group_id, socket.cookie);
  });
  is_up_ = has_all_listeners && has_all_connections && (has_groups || !has_sockets);
}

}  // namespace tcpgauge
