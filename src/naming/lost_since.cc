// SPDX-License-Identifier: Apache-2.0
#include "src/naming/lost_since.h"

#include "src/naming/end_identity.h"
#include "src/naming/listener_queue.h"
#include "src/net/endpoint.h"

namespace tcpgauge {
namespace {

bool IsListening(const IdentityMap& map, const Endpoint& endpoint) {
  return IsOnAllAddresses(endpoint) ? map.wildcard_ports.contains(endpoint.port) : map.endpoints.contains(endpoint);
}

}  // namespace

LostNames LostSince(const IdentityMap& before, const IdentityMap& now) {
  LostNames lost;
  for (const auto& [address, identity] : before.addresses) {
    if (!now.addresses.contains(address)) lost.addresses.emplace_back(address, identity);
  }
  // The sockets of clients are left out: another program may have the port soon.
  for (const auto& [endpoint, identity] : before.endpoints) {
    if (!identity->identity.service.empty() && !now.endpoints.contains(endpoint))
      lost.servers.emplace_back(endpoint, identity);
  }
  for (const ListenerQueue& listener : before.listener_queues) {
    if (listener.identity != nullptr && !IsListening(now, listener.endpoint))
      lost.servers.emplace_back(listener.endpoint, listener.identity);
  }
  return lost;
}

}  // namespace tcpgauge
