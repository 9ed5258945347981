// SPDX-License-Identifier: Apache-2.0
#include "src/flow/name_finder.h"

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

template <typename Map, typename Key>
IdentityRef FindLost(const Map& lost, const Key& key) {
  if (lost.empty()) return nullptr;
  const auto found = lost.find(key);
  return found == lost.end() ? nullptr : found->second.lock();
}

// Whether `now` says less of the same pod than `before`: the pod is not in the service any more, or not yet again.
bool HasLostService(const EndIdentity& before, const EndIdentity& now) {
  return !before.service.empty() && now.service.empty() && !now.pod.empty() && before.pod == now.pod &&
         before.namespace_name == now.namespace_name;
}

template <typename Map, typename IsBack>
void Prune(IsBack is_back, Map* lost) {
  for (auto it = lost->begin(); it != lost->end();) {
    if (it->second.expired() || is_back(it->first)) {
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
  unnamed_listeners_.clear();
  for (const ListenerQueue& listener : map_->listener_queues) {
    if (listener.identity == nullptr) unnamed_listeners_.insert(listener.endpoint);
  }
  if (before == nullptr) return;
  KeepLost(map_->former.lock() == before ? map_->lost : LostSince(*before, *map_));
}

void NameFinder::KeepLost(const LostNames& lost) {
  Prune([this](const IpAddress& address) { return map_->addresses.contains(address); }, &lost_addresses_);
  Prune([this](const Endpoint& server) { return map_->endpoints.contains(server); }, &lost_servers_);
  for (const auto& [address, identity] : lost.addresses) {
    if (lost_addresses_.size() == kMaxLost) break;
    lost_addresses_[address] = identity;
  }
  for (const auto& [server, identity] : lost.servers) {
    if (lost_servers_.size() == kMaxLost) break;
    lost_servers_[server] = identity;
  }
}

IdentityRef NameFinder::FindServer(const Endpoint& server) const {
  IdentityRef known = map_->Find(server);
  if (lost_addresses_.empty() && lost_servers_.empty()) return known;
  if (known == nullptr || known->identity.service.empty()) {
    IdentityRef lost = FindLost(lost_servers_, server);
    if (lost != nullptr && (known == nullptr || HasLostService(lost->identity, known->identity))) return lost;
  }
  if (known != nullptr) return known;
  if (!map_->shared_addresses.contains(server.address)) return FindLost(lost_addresses_, server.address);
  // Connections to a listener on this address never were those of one on all addresses.
  if (unnamed_listeners_.contains(server)) return nullptr;
  static const uint8_t kAnyV4[4] = {};
  IdentityRef lost = FindLost(lost_servers_, Endpoint{IpAddress::FromV4(kAnyV4), server.port});
  return lost != nullptr ? lost : FindLost(lost_servers_, Endpoint{IpAddress(), server.port});
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
