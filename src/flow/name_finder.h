// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_NAME_FINDER_H_
#define TCPGAUGE_SRC_FLOW_NAME_FINDER_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "src/flow/binding_table.h"
#include "src/naming/end_identity.h"
#include "src/naming/identity_map.h"
#include "src/net/endpoint.h"
#include "src/net/ip_address.h"

namespace tcpgauge {

// Finds who is at the ends of a connection, by the latest identity map.
//
// - An end at an address of its own, such as a pod's, has the identity of the address. A server may have one for its
//   port, which also names the service.
// - A server at an address that several workloads share has the identity of the listening socket.
// - A client at such an address has the identity of its socket, if the socket certainly is that of the connection: the
//   connection began before the sockets were read, and had not ended then. Otherwise the client is unknown.
// - A name that the map loses is still found while anybody uses the identity, until the map has another owner of the
//   address. So a name that comes and goes changes nothing.
//
// Thread: confined to the thread of its connection table.
// Time: table time (see ConnectionTable), in nanoseconds.
// Time that Set() takes: that of what differs from the map before, and of its listeners. If the maker did not compare
// the two maps (IdentityMap::former), Set() compares them. Bounds: those of the identity map. Of lost names, at most
// kMaxLost addresses and kMaxLost servers are remembered.
class NameFinder {
 public:
  // As `begun_ns`: it is not certain that the connection has a socket. Then no client has the name of a socket.
  static constexpr int64_t kSocketUnknown = INT64_MAX;

  static constexpr size_t kMaxLost = 65536;

  // Takes another map. `sockets_read_ns` is IdentityMap::sockets_read_ns as table time. REQUIRES: `map` is not null.
  void Set(std::shared_ptr<const IdentityMap> map, int64_t sockets_read_ns);
  // Whether there is a map.
  bool is_on() const { return map_ != nullptr; }
  // Null if there is no map.
  const std::shared_ptr<const IdentityMap>& map() const { return map_; }

  // Returns the identity of a server; null if it is unknown. REQUIRES: is_on().
  IdentityRef FindServer(const Endpoint& server) const;
  // As above, for the client of a connection that is not closed. `begun_ns` is when the connection began: INT64_MIN if
  // it began before the capture.
  IdentityRef FindClient(const Endpoint& client, int64_t begun_ns, int64_t now_ns) const;
  // The identity that all clients at the address have; null if it is unknown, or if workloads share the address.
  IdentityRef FindAddress(const IpAddress& address) const;
  // Returns who is at the ends of the connection. REQUIRES: is_on().
  Binding Find(const Endpoint& client, const Endpoint& server, int64_t begun_ns, int64_t now_ns) const;

 private:
  // The identities that the map before had and this one has not. They expire when nobody uses them any more.
  template <typename Key>
  using Lost = absl::flat_hash_map<Key, std::weak_ptr<const NumberedIdentity>>;

  void KeepLost(const LostNames& lost);

  std::shared_ptr<const IdentityMap> map_;
  int64_t sockets_read_ns_ = INT64_MIN;
  Lost<IpAddress> lost_addresses_;
  Lost<Endpoint> lost_servers_;                      // listeners, and ports of services
  absl::flat_hash_set<Endpoint> unnamed_listeners_;  // of map_
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_NAME_FINDER_H_
