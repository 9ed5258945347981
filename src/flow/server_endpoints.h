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

// The sockets on which this machine listens, as the operating system reports them.
struct LocalListeners {
  absl::flat_hash_set<Endpoint> endpoints;       // bound to one address
  absl::flat_hash_set<uint16_t> wildcard_ports;  // bound to all addresses
  absl::flat_hash_set<IpAddress> addresses;      // of this machine

  bool Contains(const Endpoint& endpoint) const {
    return endpoints.contains(endpoint) ||
           (wildcard_ports.contains(endpoint.port) && addresses.contains(endpoint.address));
  }
};

// The endpoints that are known to be servers: those that answered a SYN since the start, and local listeners.
//
// Thread: confined to its table.
// Bounds: kCapacity learned endpoints; a further one is not learned, and is counted in overflows().
class ServerEndpoints {
 public:
  static constexpr size_t kCapacity = 65536;

  // The most memory that it takes: the set's array is at least 7/16 full and, while the set grows, an old array of half
  // the size exists beside it.
  static constexpr uint64_t kMemoryBytes = kCapacity * (sizeof(Endpoint) + 1) * 16 / 7 * 3 / 2;

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

  void SetLocalListeners(std::shared_ptr<const LocalListeners> listeners) { local_ = std::move(listeners); }

  bool Contains(const Endpoint& endpoint) const {
    return learned_.contains(endpoint) || (local_ != nullptr && local_->Contains(endpoint));
  }

  uint64_t overflows() const { return overflows_; }

 private:
  absl::flat_hash_set<Endpoint> learned_;
  std::optional<Endpoint> last_;  // the last endpoint that Learn() added or found
  std::shared_ptr<const LocalListeners> local_;
  uint64_t overflows_ = 0;
};

// Guesses which end of a connection is the client when the handshake was not seen: true when it is `b`. If exactly one
// end is a known server, the other end is the client. Otherwise, if exactly one end has an ephemeral port (Linux's
// default range), that end is the client. Otherwise, as in tcptrack, the client is the end with the higher port.
bool IsClientB(const Endpoint& a, const Endpoint& b, const ServerEndpoints& servers);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_SERVER_ENDPOINTS_H_
