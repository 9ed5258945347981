// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NAMING_IDENTITY_MAP_H_
#define TCPGAUGE_SRC_NAMING_IDENTITY_MAP_H_

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

// The identities that the previous map had and a map lacks, by address or endpoint. A pointer expires when nobody uses
// the identity any more.
struct LostNames {
  template <typename Key>
  using Names = std::vector<std::pair<Key, std::weak_ptr<const NumberedIdentity>>>;

  Names<IpAddress> addresses;
  Names<Endpoint> servers;  // listeners, on one address or on all, and ports of services
};

// Which identity has which address, as of one moment. A published map does not change, and all threads share it.
//
// An address that several workloads share, such as a host's own, is not in `addresses`. There, only sockets have
// identities: those in `endpoints`.
//
// Bounds: those of the source. `addresses` and `endpoints` together hold at most --identity.max-endpoints.
struct IdentityMap {
  absl::flat_hash_map<IpAddress, IdentityRef> addresses;  // each of one pod or container alone
  // Sockets of shared addresses, clients and servers. Also ports of an address in `addresses` that have a service.
  absl::flat_hash_map<Endpoint, IdentityRef> endpoints;
  // Listeners on all addresses of this node. They count for an address of `shared_addresses`.
  absl::flat_hash_map<uint16_t, IdentityRef> wildcard_ports;
  absl::flat_hash_set<IpAddress> shared_addresses;  // of this node; several workloads share each of them
  absl::flat_hash_set<IpAddress> local_addresses;   // all addresses of this node and of the pods on it
  // The listeners and their accept queues. As long as a listener exists, no later listener comes before it. So a reader
  // that has room for N of them shows the same ones each time.
  std::vector<ListenerQueue> listener_queues;
  // When the reading of the sockets began, in nanoseconds of the Unix epoch; 0 if they were not read. At a shared
  // address, `endpoints` names the client of a connection only if the connection began before this time and had not
  // ended then. Before the connection began or after it ended, the port may have belonged to another program.
  int64_t sockets_read_ns = 0;
  // `lost` is what `former` had and this map lacks. The maker compares the two maps, because a worker would read no
  // packets meanwhile. A worker whose previous map is not `former` has to compare the maps itself.
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
  // Whether `other` gives all ends the same identities. The accept queues and the time may differ.
  bool HasNamesOf(const IdentityMap& other) const {
    return addresses == other.addresses && endpoints == other.endpoints && wildcard_ports == other.wildcard_ports &&
           shared_addresses == other.shared_addresses && local_addresses == other.local_addresses;
  }
  bool IsLocal(const IpAddress& address) const { return local_addresses.contains(address); }
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NAMING_IDENTITY_MAP_H_
