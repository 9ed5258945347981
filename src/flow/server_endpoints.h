// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_SERVER_ENDPOINTS_H_
#define TCPGAUGE_SRC_FLOW_SERVER_ENDPOINTS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/container/flat_hash_set.h"
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

// The endpoints that are known to be servers: those that answered a SYN since the start, and the sockets on which this
// machine listens.
//
// Thread: confined to its table.
// Bounds: kCapacity learned endpoints, which are never forgotten. When all places are taken, Learn() ignores a new
// endpoint, and overflows() counts the call. Local listeners are not bounded here.
class ServerEndpoints {
 public:
  static constexpr size_t kCapacity = 65536;

  // The most memory that the learned endpoints take. The set's array is at least 7/16 full and, while the set grows, an
  // old array of half the size exists beside it.
  static constexpr uint64_t kMemoryBytes = kCapacity * (sizeof(Endpoint) + 1) * 16 / 7 * 3 / 2;

  // Notes that `endpoint` is a server, because it answered a SYN. Does nothing if that is known.
  void Learn(const Endpoint& endpoint) {
    if (last_ == endpoint) return;  // saves a lookup for many connections to one server
    if (learned_.size() < kCapacity) {
      learned_.insert(endpoint);
    } else if (!learned_.contains(endpoint)) {
      ++overflows_;
      return;
    }
    last_ = endpoint;
  }

  // Replaces the local listeners. Null: there are none.
  void SetLocalListeners(std::shared_ptr<const LocalListeners> listeners) { local_ = std::move(listeners); }

  // Whether `endpoint` is known to be a server.
  bool Contains(const Endpoint& endpoint) const {
    return learned_.contains(endpoint) || (local_ != nullptr && local_->Contains(endpoint));
  }

  // How many calls of Learn() were ignored because all places were taken.
  uint64_t overflows() const { return overflows_; }

 private:
  absl::flat_hash_set<Endpoint> learned_;
  std::optional<Endpoint> last_;  // the last endpoint that Learn() added or found
  std::shared_ptr<const LocalListeners> local_;
  uint64_t overflows_ = 0;
};

// Returns true if `b` is the client of a connection between `a` and `b` whose handshake was not seen, and false if it
// is `a`. This is a guess, by the first rule that applies:
// 1. Exactly one end is a known server: the other end is the client.
// 2. Exactly one end has an ephemeral port (32768 to 60999, Linux's default): this end is the client.
// 3. The end with the higher port is the client, as in tcptrack. If the ports are equal, it is `a`.
bool IsClientB(const Endpoint& a, const Endpoint& b, const ServerEndpoints& servers);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_SERVER_ENDPOINTS_H_
