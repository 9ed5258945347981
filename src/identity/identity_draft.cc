// SPDX-License-Identifier: Apache-2.0
#include "src/identity/identity_draft.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "src/base/split_mix.h"
#include "src/naming/name_rule.h"
#include "src/naming/shared_text.h"

namespace tcpgauge {
namespace {

constexpr uint64_t kUnknownGroup = 0;  // no control group has this inode number
constexpr size_t kMaxGroupsOfEndpoint = 8;
constexpr size_t kIdCharacters = 64;       // of a container's id
constexpr size_t kShownIdCharacters = 12;  // of these, as in `docker ps`

// Returns how a container is called that has no other name: its id cut short, or the name that its manager gave it.
std::string ShownContainer(const std::string& id) {
  const bool is_id = id.size() == kIdCharacters && std::all_of(id.begin(), id.end(), [](char c) {
                       return absl::ascii_isxdigit(static_cast<unsigned char>(c));
                     });
  return is_id ? id.substr(0, kShownIdCharacters) : id;
}

EndIdentity OnlyNames(EndIdentity identity) {
  for (SharedText* const text : {&identity.namespace_name, &identity.workload, &identity.workload_kind, &identity.pod,
                                 &identity.container, &identity.service, &identity.node, &identity.zone}) {
    if (!IsName(*text)) *text = SharedText();
  }
  return identity;
}

bool IsNobody(const EndIdentity& identity) {
  return identity.pod.empty() && identity.workload.empty() && identity.service.empty();
}

bool IsSamePod(const EndIdentity& a, const EndIdentity& b) {
  return !a.pod.empty() && a.pod == b.pod && a.namespace_name == b.namespace_name;
}

// Returns `known` with what only `more` tells. REQUIRES: both are the same end.
EndIdentity Joined(EndIdentity known, const EndIdentity& more) {
  if (!more.workload.empty() && (known.workload.empty() || (known.is_guess && !more.is_guess))) {
    known.workload = more.workload;
    known.workload_kind = more.workload_kind;
    known.is_guess = more.is_guess;
  }
  if (known.container.empty()) known.container = more.container;
  if (known.service.empty()) known.service = more.service;
  if (known.node.empty()) known.node = more.node;
  if (known.zone.empty()) known.zone = more.zone;
  return known;
}

bool IsSameOwner(const GroupOwner& a, const GroupOwner& b) {
  return a.pod_uid.empty() ? a == b : a.pod_uid == b.pod_uid;
}

void AddGroupTo(uint64_t group_id, absl::InlinedVector<uint64_t, 1>* groups) {
  const auto has = [groups](uint64_t id) { return std::find(groups->begin(), groups->end(), id) != groups->end(); };
  if (has(group_id)) return;
  if (groups->size() < kMaxGroupsOfEndpoint) {
    groups->push_back(group_id);
  } else if (!has(kUnknownGroup)) {
    groups->push_back(kUnknownGroup);
  }
}

// Returns the identity that all of `groups` have; null if it is unknown or they differ.
IdentityRef CommonIdentity(const absl::InlinedVector<uint64_t, 1>& groups,
                           const absl::flat_hash_map<uint64_t, IdentityRef>& identities) {
  IdentityRef common;
  for (const uint64_t group : groups) {
    const auto found = identities.find(group);
    if (found == identities.end()) return nullptr;
    if (common != nullptr && common != found->second) return nullptr;
    common = found->second;
  }
  return common;
}

// The order of `groups` does not matter, because the kernel reports sockets in no lasting order.
uint64_t HashOf(const absl::InlinedVector<uint64_t, 1>& groups) {
  uint64_t hash = 0;
  for (const uint64_t group : groups) hash += SplitMix(group).Next();
  return hash;
}

uint64_t FingerprintOf(const Endpoint& endpoint, uint64_t cookie) {
  return SplitMix(cookie ^ uint64_t{endpoint.port} << 48).Next();
}

}  // namespace

bool IdentityDraft::HasRoom() {
  if (addresses_.size() + api_endpoints_.size() + listeners_.size() < max_endpoints_) return true;
  ++overflows_;
  return false;
}

template <typename Key, typename Facts>
bool IdentityDraft::HasRoomFor(const Key& key, const Facts& facts) {
  if (facts.size() < kMaxFacts || facts.contains(key)) return true;
  ++overflows_;
  return false;
}

IdentityRef IdentityDraft::Named(const EndIdentity& identity) const { return pool_->Get(OnlyNames(identity)); }

void IdentityDraft::AddPod(std::string_view uid, const EndIdentity& pod) {
  std::string key(uid);
  if (HasRoomFor(key, pods_)) pods_.insert({std::move(key), OnlyNames(pod)});
}

void IdentityDraft::AddAddress(const IpAddress& address, const EndIdentity& pod) {
  if (!addresses_.contains(address) && !HasRoom()) return;
  AddressClaim& claim = addresses_[address];
  IdentityRef named = Named(pod);
  if (claim.api == nullptr) {
    claim.api = std::move(named);
  } else if (IsSamePod(claim.api->identity, named->identity)) {
    claim.api = pool_->Get(Joined(claim.api->identity, named->identity));
  } else {
    claim.api_differs = true;
  }
}

void IdentityDraft::AddEndpoint(const Endpoint& endpoint, const EndIdentity& server) {
  if (!api_endpoints_.contains(endpoint) && !HasRoom()) return;
  const IdentityRef named = Named(server);
  IdentityRef& known = api_endpoints_[endpoint];
  const SharedText& service = named->identity.service;
  const bool is_first =
      known == nullptr || known->identity.service.empty() || service.view() < known->identity.service.view();
  if (known == nullptr || (is_first && !service.empty())) known = named;
}

void IdentityDraft::AddContainer(std::string_view container_id, const EndIdentity& container) {
  std::string key(container_id);
  if (HasRoomFor(key, containers_)) containers_.insert({std::move(key), OnlyNames(container)});
}

void IdentityDraft::AddPodOfLog(std::string_view uid, const EndIdentity& pod) {
  std::string key(uid);
  if (HasRoomFor(key, pods_in_logs_)) pods_in_logs_.insert({std::move(key), OnlyNames(pod)});
}

void IdentityDraft::AddGroup(uint64_t id, const GroupOwner& owner) {
  if (!HasRoomFor(id, groups_) || !groups_.insert({id, owner}).second) return;
  if (owner.is_known()) AddOwner(owner, "");
}

void IdentityDraft::AddOwner(const GroupOwner& owner, std::string_view comm) {
  if (!HasRoomFor(owner, comms_)) return;
  std::string& known = comms_[owner];
  if (!comm.empty()) known = std::string(comm);
}

void IdentityDraft::AddAddressOf(const GroupOwner& owner, const IpAddress& address) {
  AddLocalAddress(address);
  if (!addresses_.contains(address) && !HasRoom()) return;
  AddressClaim& claim = addresses_[address];
  if (claim.owner == nullptr) {
    claim.owner = std::make_unique<const GroupOwner>(owner);
  } else if (!IsSameOwner(*claim.owner, owner)) {
    claim.owners_differ = true;
  }
}

void IdentityDraft::AddSharedAddress(const IpAddress& address) {
  AddLocalAddress(address);
  if (local_addresses_.contains(address)) shared_addresses_.insert(address);
}

void IdentityDraft::AddLocalAddress(const IpAddress& address) {
  if (HasRoomFor(address, local_addresses_)) local_addresses_.insert(address);
}

void IdentityDraft::AddListener(const ListenerQueue& queue, uint64_t group_id) {
  const auto known = listener_places_.find(queue.endpoint);
  if (known != listener_places_.end()) {
    ListenerClaim& claim = listeners_[known->second];
    claim.queue.connections += queue.connections;
    claim.queue.limit += queue.limit;
    claim.queue.dropped += queue.dropped;
    AddGroupTo(group_id, &claim.groups);
    return;
  }
  if (!HasRoom()) return;
  if (listeners_.size() >= kMaxListeners) {
    ++overflows_;
    return;
  }
  listener_places_[queue.endpoint] = listeners_.size();
  listeners_.push_back({queue, {group_id}});
  if (IsOnAllAddresses(queue.endpoint)) wildcard_ports_.insert(queue.endpoint.port);
}

bool IdentityDraft::IsListening(const Endpoint& endpoint) const {
  return wildcard_ports_.contains(endpoint.port) || listener_places_.contains(endpoint);
}

void IdentityDraft::AddSocket(const Endpoint& local, uint64_t group_id, uint64_t cookie) {
  if (IsListening(local)) return;
  const auto known = sockets_.find(local);
  if (known == sockets_.end() && sockets_.size() >= max_endpoints_) {
    ++overflows_;
    return;
  }
  AddGroupTo(group_id, known == sockets_.end() ? &sockets_[local] : &known->second);
  // The kernel reports sockets in no lasting order, so the order must not matter.
  socket_fingerprint_ += FingerprintOf(local, cookie);
}

absl::flat_hash_set<uint64_t> IdentityDraft::GroupIds() const {
  absl::flat_hash_set<uint64_t> ids;
  for (const ListenerClaim& listener : listeners_) ids.insert(listener.groups.begin(), listener.groups.end());
  for (const auto& [endpoint, groups] : sockets_) ids.insert(groups.begin(), groups.end());
  return ids;
}

std::shared_ptr<IdentityMap> IdentityDraft::Finish(Recent* recent, int64_t now_ns) {
  auto map = std::make_shared<IdentityMap>();
  map->sockets_read_ns = sockets_read_ns_;
  map->shared_addresses = shared_addresses_;
  map->local_addresses = local_addresses_;
  FindPodsInLogs();
  const GroupIdentities groups = FinishGroups();
  const EndpointIdentities listeners = FinishListeners(groups, map.get());
  SortListeners(recent, map.get());
  FinishAddresses(recent, map.get());
  FinishEndpoints(groups, listeners, recent, map.get());
  const auto room = [&] {
    const size_t used = map->named_ends();
    return used < max_endpoints_ ? max_endpoints_ - used : 0;
  };
  recent->addresses.AddDead(now_ns, room(), &map->addresses);
  recent->endpoints.AddDead(now_ns, room(), &map->endpoints);
  FinishSockets(groups, std::min(room(), max_endpoints_ / 2), recent, map.get());
  recent->map = map;
  recent->map_time_ns = now_ns;
  return map;
}

void IdentityDraft::FindPodsInLogs() {
  for (const auto& [owner, comm] : comms_) {
    if (owner.pod_uid.empty()) continue;
    const auto log = containers_.find(owner.container_id);
    if (log == containers_.end()) continue;
    EndIdentity pod = log->second;
    pod.container = SharedText();
    pods_in_logs_.insert({owner.pod_uid, std::move(pod)});
  }
}

std::optional<EndIdentity> IdentityDraft::IdentityOf(const GroupOwner& owner) const {
  std::optional<EndIdentity> identity;
  if (!owner.pod_uid.empty() || containers_.contains(owner.container_id)) {
    identity = IdentityOfPod(owner);
  } else if (!owner.container_id.empty()) {
    identity.emplace();
    identity->workload = identity->container = ShownContainer(owner.container_id);
    identity->workload_kind = "container";
  } else if (!owner.unit.empty()) {
    identity.emplace();
    identity->workload = owner.unit;
    identity->workload_kind = "unit";
  }
  if (!identity.has_value()) return std::nullopt;
  identity = OnlyNames(*std::move(identity));
  if (IsNobody(*identity)) return std::nullopt;
  if (const auto comm = comms_.find(owner); comm != comms_.end()) identity->comm = comm->second;
  return identity;
}

std::optional<EndIdentity> IdentityDraft::IdentityOfPod(const GroupOwner& owner) const {
  const auto exact = pods_.find(owner.pod_uid);
  const auto container = containers_.find(owner.container_id);
  if (exact != pods_.end()) {
    if (container == containers_.end() || !IsSamePod(exact->second, container->second)) return exact->second;
    return Joined(exact->second, container->second);
  }
  if (container != containers_.end()) return container->second;
  const auto in_logs = pods_in_logs_.find(owner.pod_uid);
  if (in_logs != pods_in_logs_.end()) return in_logs->second;
  return std::nullopt;
}

IdentityRef IdentityDraft::IdentityOf(const AddressClaim& claim) const {
  if (claim.owners_differ) return nullptr;
  if (claim.owner == nullptr) return claim.api_differs ? nullptr : claim.api;
  // The address is the whole pod's.
  GroupOwner pod = *claim.owner;
  if (!pod.pod_uid.empty()) pod.container_id.clear();
  std::optional<EndIdentity> identity = IdentityOf(pod);
  if (!identity.has_value()) return nullptr;
  if (claim.api != nullptr && IsSamePod(*identity, claim.api->identity))
    identity = Joined(*std::move(identity), claim.api->identity);
  return pool_->Get(*identity);
}

IdentityDraft::GroupIdentities IdentityDraft::FinishGroups() const {
  GroupIdentities identities;
  for (const uint64_t id : GroupIds()) {
    const auto group = groups_.find(id);
    if (group == groups_.end()) continue;
    const auto identity = IdentityOf(group->second);
    if (identity.has_value()) identities[id] = pool_->Get(*identity);
  }
  return identities;
}

IdentityDraft::EndpointIdentities IdentityDraft::FinishListeners(const GroupIdentities& groups,
                                                                 IdentityMap* map) const {
  EndpointIdentities identities;
  absl::flat_hash_set<uint16_t> ambiguous_ports;
  for (const ListenerClaim& listener : listeners_) {
    const Endpoint& endpoint = listener.queue.endpoint;
    ListenerQueue queue = listener.queue;
    queue.identity = CommonIdentity(listener.groups, groups);
    queue.owners = HashOf(listener.groups);
    map->listener_queues.push_back(queue);
    if (queue.identity != nullptr && !IsOnAllAddresses(endpoint)) {
      identities[endpoint] = queue.identity;
      continue;
    }
    // A listener on all addresses must not give its name to the connections of another one on its port.
    if (queue.identity == nullptr ||
        map->wildcard_ports.insert({endpoint.port, queue.identity}).first->second != queue.identity)
      ambiguous_ports.insert(endpoint.port);
  }
  for (const uint16_t port : ambiguous_ports) map->wildcard_ports.erase(port);
  return identities;
}

void IdentityDraft::SortListeners(Recent* recent, IdentityMap* map) const {
  std::vector<ListenerQueue>& queues = map->listener_queues;
  std::sort(queues.begin(), queues.end(), [](const ListenerQueue& a, const ListenerQueue& b) {
    return a.connections != b.connections ? a.connections > b.connections : a.endpoint < b.endpoint;
  });
  absl::flat_hash_map<Endpoint, uint64_t> numbers;
  for (const ListenerQueue& queue : queues) {
    const auto known = recent->listeners.find(queue.endpoint);
    numbers[queue.endpoint] = known != recent->listeners.end() ? known->second : ++recent->last_listener;
  }
  std::sort(queues.begin(), queues.end(), [&](const ListenerQueue& a, const ListenerQueue& b) {
    return numbers.at(a.endpoint) < numbers.at(b.endpoint);
  });
  recent->listeners = std::move(numbers);
}

void IdentityDraft::FinishSockets(const GroupIdentities& groups, size_t room, Recent* recent, IdentityMap* map) {
  std::vector<std::pair<Endpoint, IdentityRef>> named;
  for (const auto& [endpoint, claim] : sockets_) {
    IdentityRef identity = CommonIdentity(claim, groups);
    if (identity == nullptr) continue;
    const auto known = map->endpoints.find(endpoint);
    if (known == map->endpoints.end()) {
      named.emplace_back(endpoint, std::move(identity));
    } else if (recent->endpoints.contains(endpoint)) {
      known->second = std::move(identity);  // instead of the name of a dead endpoint
      recent->sockets.insert(endpoint);
    }
  }
  if (named.size() > room) {
    // The same sockets have names in the next round, although the hash map has another order there.
    std::sort(named.begin(), named.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    overflows_ += named.size() - room;
    named.resize(room);
  }
  for (auto& [endpoint, identity] : named) {
    map->endpoints.insert({endpoint, std::move(identity)});
    recent->sockets.insert(endpoint);
  }
}

void IdentityDraft::FinishAddresses(Recent* recent, IdentityMap* map) const {
  for (const auto& [address, claim] : addresses_) {
    recent->addresses.Forget(address);
    IdentityRef identity = shared_addresses_.contains(address) ? nullptr : IdentityOf(claim);
    if (identity != nullptr && !IsNobody(identity->identity)) map->addresses[address] = std::move(identity);
  }
  for (const IpAddress& address : shared_addresses_) recent->addresses.Forget(address);
  if (recent->map == nullptr) return;
  for (const auto& [address, identity] : recent->map->addresses) {
    const bool has_died = !addresses_.contains(address) && !shared_addresses_.contains(address);
    if (has_died) recent->addresses.Note(address, identity, recent->map_time_ns);
  }
}

void IdentityDraft::FinishEndpoints(const GroupIdentities& groups, const EndpointIdentities& listeners, Recent* recent,
                                    IdentityMap* map) {
  if (recent->map != nullptr) {
    for (const auto& [endpoint, identity] : recent->map->endpoints) {
      const bool has_died = !api_endpoints_.contains(endpoint) && !recent->sockets.contains(endpoint);
      if (has_died) recent->endpoints.Note(endpoint, identity, recent->map_time_ns);
    }
  }
  recent->sockets.clear();
  for (auto i = api_endpoints_.begin(); i != api_endpoints_.end();) {
    const auto here = i++;
    const Endpoint& endpoint = here->first;
    IdentityRef& server = here->second;
    recent->endpoints.Forget(endpoint);
    const auto socket = sockets_.find(endpoint);
    IdentityRef known = socket != sockets_.end() ? CommonIdentity(socket->second, groups) : nullptr;
    if (const auto listener = listeners.find(endpoint); known == nullptr && listener != listeners.end())
      known = listener->second;
    if (known == nullptr) known = map->Find(endpoint);
    if (known != nullptr) {
      if (!server->identity.pod.empty() && !IsSamePod(known->identity, server->identity)) {
        api_endpoints_.erase(here);
        continue;
      }
      server = pool_->Get(Joined(known->identity, server->identity));
    }
    if (IsNobody(server->identity)) api_endpoints_.erase(here);
  }
  map->endpoints = std::move(api_endpoints_);
  for (const auto& [endpoint, identity] : listeners) {
    if (map->endpoints.insert({endpoint, identity}).second) recent->sockets.insert(endpoint);
  }
}

}  // namespace tcpgauge
