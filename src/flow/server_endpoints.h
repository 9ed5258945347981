// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_SERVER_ENDPOINTS_H_
#define TCPGAUGE_SRC_FLOW_SERVER_ENDPOINTS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/container/flat_hash_set.h"
#include "src/flow/first_peers.h"
#include "src/net/endpoint.h"

namespace tcpgauge {

// The sockets on which this machine listens, as the operating system reports them. Ports are in host order.
struct LocalListeners {
  absl::flat_hash_set<Endpoint> endpoints;       // sockets bound to one address
  absl::flat_hash_set<uint16_t> wildcard_ports;  // ports of sockets bound to all addresses
  absl::flat_hash_set<IpAddress> addresses;      // all addresses of this machine

  bool Contains(const Endpoint& endpoint) const {
    return endpoints.contains(endpoint) ||
           (wildcard_ports.contains(endpoint.port) && addresses.contains(endpoint.address));
  }
};

// Two groups of endpoints: known servers and shared endpoints. A known server answered a SYN since the start (it was
// learned), or is a socket on which this machine listens. A shared endpoint is probably a server, because several
// connections share it (see FirstPeers).
//
// Thread: confined to the thread of its connection table.
// Bounds: kCapacity endpoints, learned and shared ones together, which are never forgotten. When all places are taken,
// a new endpoint is ignored, and overflows() counts each attempt to add it. Local listeners are not bounded here.
class ServerEndpoints {
 public:
  static constexpr size_t kCapacity = 65536;

  // The most memory that learned and shared endpoints take. A set's array is at least 7/16 full and, while a set grows,
  // an old array of half the size exists beside it.
  static constexpr uint64_t kMemoryBytes =
      kCapacity * (sizeof(Endpoint) + 1) * 16 / 7 * 3 / 2 + FirstPeers::kMemoryBytes;

  // Notes that `endpoint` is a server, because it answered a SYN. Does nothing if `endpoint` was learned before.
  void Learn(const Endpoint& endpoint) {
    if (last_ == endpoint) return;  // saves a lookup for many connections to one server
    if (Insert(endpoint, &learned_)) last_ = endpoint;
  }

  // Notes the beginning of a connection between `a` and `b` whose handshake was not seen. Does nothing if exactly one
  // of `a` and `b` is a known server. Time: nanoseconds of the Unix epoch.
  void NoteMidstream(const Endpoint& a, const Endpoint& b, int64_t time_ns) {
    if (Contains(a) != Contains(b)) return;
    if (!IsShared(a) && first_peers_.Note(a, b, time_ns)) Insert(a, &shared_);
    if (!IsShared(b) && first_peers_.Note(b, a, time_ns)) Insert(b, &shared_);
  }

  // Replaces the local listeners. Null: there are none.
  void SetLocalListeners(std::shared_ptr<const LocalListeners> listeners) { local_ = std::move(listeners); }

  // Whether `endpoint` is known to be a server.
  bool Contains(const Endpoint& endpoint) const {
    return learned_.contains(endpoint) || (local_ != nullptr && local_->Contains(endpoint));
  }

  // Whether several connections share `endpoint`.
  bool IsShared(const Endpoint& endpoint) const { return shared_.contains(endpoint); }

  // How often an endpoint was ignored because all places were taken, plus FirstPeers::overflows().
  uint64_t overflows() const { return overflows_ + first_peers_.overflows(); }

 private:
  using Endpoints = absl::flat_hash_set<Endpoint>;

  // Returns whether `endpoint` is in `set` now.
  bool Insert(const Endpoint& endpoint, Endpoints* set) {
    if (learned_.size() + shared_.size() < kCapacity) {
      set->insert(endpoint);
      return true;
    }
    if (set->contains(endpoint)) return true;
    ++overflows_;
    return false;
  }

  Endpoints learned_;
  std::optional<Endpoint> last_;  // the last endpoint that Learn() added or found
  std::shared_ptr<const LocalListeners> local_;
  FirstPeers first_peers_;
  Endpoints shared_;
  uint64_t overflows_ = 0;
};

// Whether `b` is the client of a connection between `a` and `b` whose handshake was not seen; otherwise `a` is. This is
// a guess, by the first rule that applies:
// 1. Exactly one end is a known server: the other end is the client.
// 2. Several connections share exactly one end: the other end is the client.
// 3. An end with a reserved port (512 to 1023) is the client in two cases, because programs of the system take such
//    ports for their connections (bindresvport(3)):
//    - The other port is that of NFS or of a similar service.
//    - The other port is 1024 to 32767, and the reserved port is not that of a well-known service such as imaps (993).
// 4. The end with the higher port is the client, as in tcptrack: systems give clients their highest ports. If the ports
//    are equal, `a` is the client.
bool IsClientB(const Endpoint& a, const Endpoint& b, const ServerEndpoints& servers);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_SERVER_ENDPOINTS_H_
