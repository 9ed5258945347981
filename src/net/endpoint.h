// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NET_ENDPOINT_H_
#define TCPGAUGE_SRC_NET_ENDPOINT_H_

#include <cstdint>
#include <string>
#include <utility>

#include "src/net/ip_address.h"

namespace tcpgauge {

// One end of a connection. The port is in host order.
struct Endpoint {
  IpAddress address;
  uint16_t port = 0;

  // "192.0.2.1:443" or "[2001:db8::1]:443".
  std::string ToString() const;

  friend bool operator==(const Endpoint& a, const Endpoint& b) { return a.port == b.port && a.address == b.address; }
  friend bool operator!=(const Endpoint& a, const Endpoint& b) { return !(a == b); }
  friend bool operator<(const Endpoint& a, const Endpoint& b) {
    return a.address != b.address ? a.address < b.address : a.port < b.port;
  }
  template <typename H>
  friend H AbslHashValue(H state, const Endpoint& endpoint) {
    return H::combine(std::move(state), endpoint.address, endpoint.port);
  }
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NET_ENDPOINT_H_
