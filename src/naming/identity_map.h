// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NAMING_IDENTITY_MAP_H_
#define TCPGAUGE_SRC_NAMING_IDENTITY_MAP_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "src/naming/end_identity.h"
#include "src/naming/listener_queue.h"
#include "src/net/endpoint.h"
#include "src/net/ip_address.h"

namespace tcpgauge {

// The addresses and servers that have an identity in one map and none in a later map, with the identity of the earlier
// map. A pointer expires when nobody uses the identity any more.
struct LostNames {
  struct Server {
    Endpoint endpoint;  // of a listener, on one address or on all, or of a service
    std::weak_ptr<const NumberedIdentity> identity;
    uint64_t owners = 0;  // ListenerQueue::owners; 0 for a service
  };

  std::vector<std::pair<IpAddress, std::weak_ptr<const NumberedIdentity>>> addresses;
  std::vector<Server> servers;
};

// Which identity has which address, as of one moment. A published map does not change, and all threads share it.
//
// An address that several workloads share, such as a host's own, is not in `addresses`. At such an address, only
// sockets have identities: see `endpoints` and `wildcard_ports`.
//
// Bounds: those of IdentityDraft. named_ends() is at most --identity.max-endpoints.
struct IdentityMap {
  absl::flat_hash_map<IpAddress, IdentityRef> addresses;  // each belongs to one workload alone
  // Sockets of clients and servers at shared addresses. Also the endpoints of Kubernetes services, on any address.
  absl::flat_hash_map<Endpoint, IdentityRef> endpoints;
  // Ports on which a program listens on all addresses. They count for the addresses in `shared_addresses`. A port is
  // left out if any listener on it has no identity, or if two listeners on all addresses have different identities.
  absl::flat_hash_map<uint16_t, IdentityRef> wildcard_ports;
  absl::flat_hash_set<IpAddress> shared_addresses;  // of this node; several workloads share each of them
  absl::flat_hash_set<IpAddress> local_addresses;   // all addresses of this node and of the pods on it
  // The listeners and their accept queues. A listener that came later stands after all earlier ones. So a reader with
  // room for N listeners shows the same ones each time, as long as they exist.
  std::vector<ListenerQueue> listener_queues;
  // When the reading of the sockets began, in nanoseconds of the Unix epoch; 0 if they were not read. At a shared
  // address, `endpoints` names the client of a connection only if the connection began before this time and had not
  // ended then. Before the connection began or after it ended, the port may have belonged to another program.
  int64_t sockets_read_ns = 0;
  // `lost` is LostSince(*former, *this). The maker of the map computes `lost`, because a worker that did so would read
  // no packets meanwhile. Only a worker whose previous map is not `former` has to compare the maps itself.
  std::weak_ptr<const IdentityMap> former;  // null: `lost` is not known
  LostNames lost;

  // Returns the identity of an end; null if it is unknown.
  IdentityRef Find(const Endpoint& endpoint) const {
    if (const auto found = endpoints.find(endpoint); found != endpoints.end()) return found->second;
    if (const auto found = addresses.find(endpoint.address); found != addresses.end()) return found->second;
    if (wildcard_ports.empty() || !shared_addresses.contains(endpoint.address)) return nullptr;
    const auto found = wildcard_ports.find(endpoint.port);
    return found == wildcard_ports.end() ? nullptr : found->second;
  }
  // Whether `other` has the same identities and addresses. The listeners, their queues and the time may differ.
  bool HasNamesOf(const IdentityMap& other) const {
    return addresses == other.addresses && endpoints == other.endpoints && wildcard_ports == other.wildcard_ports &&
           shared_addresses == other.shared_addresses && local_addresses == other.local_addresses;
  }
  // Whether `other` has the same listeners, with the same identities and owners. Their queues may differ.
  bool HasListenersOf(const IdentityMap& other) const {
    const auto is_same = [](const ListenerQueue& a, const ListenerQueue& b) {
      return a.endpoint == b.endpoint && a.identity == b.identity && a.owners == b.owners;
    };
    return std::equal(listener_queues.begin(), listener_queues.end(), other.listener_queues.begin(),
                      other.listener_queues.end(), is_same);
  }
  // How many addresses, endpoints and ports have an identity.
  size_t named_ends() const { return addresses.size() + endpoints.size() + wildcard_ports.size(); }
  bool IsLocal(const IpAddress& address) const { return local_addresses.contains(address); }
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NAMING_IDENTITY_MAP_H_
