// SPDX-License-Identifier: Apache-2.0
#include "src/naming/lost_since.h"

#include "absl/container/flat_hash_map.h"
#include "src/naming/end_identity.h"
#include "src/naming/listener_queue.h"
#include "src/net/endpoint.h"

namespace tcpgauge {
namespace {

bool HasName(const IdentityMap& map, const Endpoint& listener) {
  return IsOnAllAddresses(listener) ? map.wildcard_ports.contains(listener.port) : map.endpoints.contains(listener);
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
      lost.servers.push_back({endpoint, identity});
  }
  absl::flat_hash_map<Endpoint, const ListenerQueue*> listeners;
  for (const ListenerQueue& listener : now.listener_queues) listeners[listener.endpoint] = &listener;
  for (const ListenerQueue& listener : before.listener_queues) {
    if (listener.identity == nullptr || HasName(now, listener.endpoint)) continue;
    const auto found = listeners.find(listener.endpoint);
    if (found != listeners.end() && HasChangedHands(*found->second, listener.identity, listener.owners)) continue;
    lost.servers.push_back({listener.endpoint, listener.identity, listener.owners});
  }
  return lost;
}

}  // namespace tcpgauge
