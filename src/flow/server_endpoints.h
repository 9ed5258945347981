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

// The sockets on which this machine listens, as the operating system reports them: an immutable value.
struct LocalListeners {
  absl::flat_hash_set<Endpoint> endpoints;       // bound to one address
  absl::flat_hash_set<uint16_t> wildcard_ports;  // bound to all addresses
  absl::flat_hash_set<IpAddress> addresses;      // of this machine

  bool Contains(const Endpoint& endpoint) const {
    return endpoints.contains(endpoint) ||
           (wildcard_ports.contains(endpoint.port) && addresses.contains(endpoint.address));
  }
};

// Who is known to be a server: endpoints that answered a SYN since the start, and local listeners.
//
// Thread: confined to its table. Bounds: kCapacity learned endpoints; one more is not learned, and counted.
class ServerEndpoints {
 public:
  static constexpr size_t kCapacity = 65536;

  // That it can take: a set that is at least 7/16 full, and there half again while it grows.
  static constexpr uint64_t kMemoryBytes = kCapacity * (sizeof(Endpoint) + 1) * 16 / 7 * 3 / 2;

  void Learn(const Endpoint& endpoint) {
    if (last_ == endpoint) return;  // as of many connections to one server
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
  std::optional<Endpoint> last_;  // that was learned
  std::shared_ptr<const LocalListeners> local_;
  uint64_t overflows_ = 0;
};

// Which end of a connection whose handshake was not seen is the client: the one that is not a known server; else the
// one whose port is ephemeral (Linux's default range) when only one is; else the one with the higher port, as in
// tcptrack. True when it is `b`.
bool IsClientB(const Endpoint& a, const Endpoint& b, const ServerEndpoints& servers);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_SERVER_ENDPOINTS_H_
