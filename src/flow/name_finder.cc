// SPDX-License-Identifier: Apache-2.0
#include "src/flow/name_finder.h"

#include <array>
#include <utility>

#include "src/naming/listener_queue.h"
#include "src/naming/lost_since.h"

namespace tcpgauge {
namespace {

template <typename Map, typename Key>
IdentityRef FindIn(const Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : found->second;
}

template <typename Key>
IdentityRef FindLost(const absl::flat_hash_map<Key, std::weak_ptr<const NumberedIdentity>>& lost, const Key& key) {
  if (lost.empty()) return nullptr;
  const auto found = lost.find(key);
  return found == lost.end() ? nullptr : found->second.lock();
}

// The endpoints of listeners on all addresses.
std::array<Endpoint, 2> OnAllAddresses(uint16_t port) {
  static const uint8_t kAnyV4[4] = {};
  return {Endpoint{IpAddress::FromV4(kAnyV4), port}, Endpoint{IpAddress(), port}};
}

// Whether `now` says less of the same pod than `before`: the pod is not in the service any more, or not yet again.
bool HasLostService(const EndIdentity& before, const EndIdentity& now) {
  return !before.service.empty() && now.service.empty() && !now.pod.empty() && before.pod == now.pod &&
         before.namespace_name == now.namespace_name;
}

// Removes from `*lost` what `is_gone` says is no longer lost.
template <typename Map, typename IsGone>
void Prune(IsGone is_gone, Map* lost) {
  for (auto it = lost->begin(); it != lost->end();) {
    if (is_gone(it->first, it->second)) {
      lost->erase(it++);
    } else {
      ++it;
    }
  }
}

}  // namespace

void NameFinder::Set(std::shared_ptr<const IdentityMap> map, int64_t sockets_read_ns) {
  const std::shared_ptr<const IdentityMap> before = std::exchange(map_, std::move(map));
  sockets_read_ns_ = map_->sockets_read_ns == 0 ? INT64_MIN : sockets_read_ns;
  nameless_listeners_.clear();
  for (const ListenerQueue& listener : map_->listener_queues) {
    const bool is_ambiguous =
        IsOnAllAddresses(listener.endpoint) && !map_->wildcard_ports.contains(listener.endpoint.port);
    if (listener.identity == nullptr || is_ambiguous) nameless_listeners_[listener.endpoint] = &listener;
  }
  if (before == nullptr) return;
  KeepLost(map_->former.lock() == before ? map_->lost : LostSince(*before, *map_));
}

void NameFinder::KeepLost(const LostNames& lost) {
  Prune([this](const IpAddress& address,
               const auto& identity) { return identity.expired() || map_->addresses.contains(address); },
        &lost_addresses_);
  Prune(
      [this](const Endpoint& server, const LostServer& known) {
        return known.identity.expired() || map_->endpoints.contains(server) || HasOtherListener(server, known);
      },
      &lost_servers_);
  for (const auto& [address, identity] : lost.addresses) {
    if (lost_addresses_.size() == kMaxLost) break;
    lost_addresses_[address] = identity;
  }
  for (const LostNames::Server& server : lost.servers) {
    if (lost_servers_.size() == kMaxLost) break;
    lost_servers_[server.endpoint] = {server.identity, server.owners};
  }
}

bool NameFinder::HasOtherListener(const Endpoint& endpoint, const LostServer& lost) const {
  if (lost.owners == 0) return false;  // the port of a service
  const auto found = nameless_listeners_.find(endpoint);
  return found != nameless_listeners_.end() && HasChangedHands(*found->second, lost.identity.lock(), lost.owners);
}

IdentityRef NameFinder::FindServer(const Endpoint& server) const {
  IdentityRef known = map_->Find(server);
  if (lost_addresses_.empty() && lost_servers_.empty()) return known;
  if (known == nullptr || known->identity.service.empty()) {
    IdentityRef lost = FindLostServer(server);
    if (lost != nullptr && (known == nullptr || HasLostService(lost->identity, known->identity))) return lost;
  }
  if (known != nullptr) return known;
  if (!map_->shared_addresses.contains(server.address)) return FindLost(lost_addresses_, server.address);
  // Connections to a listener on this address never were those of one on all addresses.
  if (nameless_listeners_.contains(server)) return nullptr;
  return FindLostOnAllAddresses(server.port);
}

IdentityRef NameFinder::FindLostServer(const Endpoint& server) const {
  const auto found = lost_servers_.find(server);
  if (found == lost_servers_.end()) return nullptr;
  const LostServer& lost = found->second;
  if (lost.owners != 0 && !nameless_listeners_.contains(server)) {
    // The listener is gone. If there is one on all addresses, it gets the connections.
    for (const Endpoint& on_all : OnAllAddresses(server.port))
      if (nameless_listeners_.contains(on_all)) return nullptr;
  }
  return lost.identity.lock();
}

IdentityRef NameFinder::FindLostOnAllAddresses(uint16_t port) const {
  IdentityRef common;
  for (const Endpoint& on_all : OnAllAddresses(port)) {
    const auto found = lost_servers_.find(on_all);
    IdentityRef lost = found == lost_servers_.end() ? nullptr : found->second.identity.lock();
    if (lost == nullptr) {
      if (nameless_listeners_.contains(on_all)) return nullptr;  // the connection may be one of this listener
      continue;
    }
    if (common != nullptr && common != lost) return nullptr;
    common = std::move(lost);
  }
  return common;
}

IdentityRef NameFinder::FindAddress(const IpAddress& address) const {
  IdentityRef known = FindIn(map_->addresses, address);
  if (known != nullptr || lost_addresses_.empty() || map_->shared_addresses.contains(address)) return known;
  return FindLost(lost_addresses_, address);
}

IdentityRef NameFinder::FindClient(const Endpoint& client, int64_t begun_ns, int64_t now_ns) const {
  IdentityRef known = FindAddress(client.address);
  if (known != nullptr || begun_ns >= sockets_read_ns_ || now_ns < sockets_read_ns_) return known;
  return FindIn(map_->endpoints, client);
}

Binding NameFinder::Find(const Endpoint& client, const Endpoint& server, int64_t begun_ns, int64_t now_ns) const {
  Binding binding = {FindClient(client, begun_ns, now_ns), FindServer(server), 0};
  binding.SetLocal(Binding::kClientIsLocal, map_->IsLocal(client.address));
  binding.SetLocal(Binding::kServerIsLocal, map_->IsLocal(server.address));
  return binding;
}

}  // namespace tcpgauge
