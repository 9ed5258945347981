// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_NAME_FINDER_H_
#define TCPGAUGE_SRC_FLOW_NAME_FINDER_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/container/flat_hash_map.h"
#include "src/flow/binding_table.h"
#include "src/naming/end_identity.h"
#include "src/naming/identity_map.h"
#include "src/naming/listener_queue.h"
#include "src/net/endpoint.h"
#include "src/net/ip_address.h"

namespace tcpgauge {

// Finds who is at the ends of a connection, by the latest identity map.
//
// - If only one workload has the address (as with the address of a pod), the end has the identity of the address. A
//   server may have an identity for its address and port instead, which also names the service.
// - If several workloads share the address, a server has the identity of the listening socket.
// - If several workloads share the address, a client has the identity of its socket. The socket must certainly be that
//   of the connection: the connection began before the sockets were read, and had not ended then. Otherwise the client
//   is unknown.
// - When a new map lacks the identity of an address or of a server, and the previous map had it, that identity is still
//   found while a connection or an edge uses it. It is no longer found once a map has another identity for the address.
//   So a gap in the maps changes nothing. If a map still has a server's pod, but without the service, that is such a
//   gap too.
// - A server has no such identity of a listener if the connection may be one of another listener: another program
//   listens on the endpoint, even if nobody knows which, or several programs listen on the port on all addresses.
//
// Thread: confined to the thread of its connection table.
// Time: table time (see ConnectionTable), in nanoseconds.
// Cost: Set() takes time in proportion to the listeners, and to the identities that this map or an earlier one lacks.
// If the maker did not compare this map with the previous one (IdentityMap::former), Set() compares them.
// Bounds: those of the identity map. At most kMaxLost addresses and kMaxLost servers that a map lacks are remembered.
class NameFinder {
 public:
  // A value of `begun_ns`: it is not certain that the connection has a socket. The client then gets no identity of a
  // socket.
  static constexpr int64_t kSocketUnknown = INT64_MAX;

  static constexpr size_t kMaxLost = 65536;

  // Replaces the map. `sockets_read_ns` is IdentityMap::sockets_read_ns as table time. REQUIRES: `map` is not null.
  void Set(std::shared_ptr<const IdentityMap> map, int64_t sockets_read_ns);
  // Whether there is a map.
  bool is_on() const { return map_ != nullptr; }
  // Null if there is no map.
  const std::shared_ptr<const IdentityMap>& map() const { return map_; }

  // Returns the identity of a server; null if it is unknown. REQUIRES: is_on().
  IdentityRef FindServer(const Endpoint& server) const;
  // As above, for the client of a connection that is not closed. `begun_ns` is when the connection began. It is
  // INT64_MIN if the connection began before the capture, or kSocketUnknown. `now_ns` is table time.
  IdentityRef FindClient(const Endpoint& client, int64_t begun_ns, int64_t now_ns) const;
  // Returns the identity that all clients at the address have; null if it is unknown, or if several workloads share the
  // address. REQUIRES: is_on().
  IdentityRef FindAddress(const IpAddress& address) const;
  // Returns who is at the ends of the connection. REQUIRES: is_on().
  Binding Find(const Endpoint& client, const Endpoint& server, int64_t begun_ns, int64_t now_ns) const;

 private:
  struct LostServer {
    std::weak_ptr<const NumberedIdentity> identity;
    uint64_t owners;  // as in LostNames
  };

  void KeepLost(const LostNames& lost);
  // Whether the listeners that now have the endpoint are others than those of `lost`.
  bool HasOtherListener(const Endpoint& endpoint, const LostServer& lost) const;
  // These return null if no identity is lost, or if it may not be that of the server.
  IdentityRef FindLostServer(const Endpoint& server) const;
  IdentityRef FindLostOnAllAddresses(uint16_t port) const;

  std::shared_ptr<const IdentityMap> map_;
  int64_t sockets_read_ns_ = INT64_MIN;
  // Identities that earlier maps had and the latest map lacks. They expire when nobody uses them any more.
  absl::flat_hash_map<IpAddress, std::weak_ptr<const NumberedIdentity>> lost_addresses_;
  absl::flat_hash_map<Endpoint, LostServer> lost_servers_;  // listeners, and ports of services
  // The listeners of map_ that it gives no identity: the unnamed ones, and those on all addresses whose port is
  // ambiguous. They point into map_.
  absl::flat_hash_map<Endpoint, const ListenerQueue*> nameless_listeners_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_NAME_FINDER_H_
