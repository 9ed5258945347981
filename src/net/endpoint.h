// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NET_ENDPOINT_H_
#define TCPGAUGE_SRC_NET_ENDPOINT_H_

#include <cstdint>
#include <string>
#include <utility>

#include "src/net/ip_address.h"

namespace tcpgauge {

// One end of a connection: an address and a TCP port.
struct Endpoint {
  IpAddress address;
  uint16_t port = 0;  // in host order

  // "192.0.2.1:443" for IPv4, "[2001:db8::1]:443" for IPv6.
  std::string ToString() const;

  friend bool operator==(const Endpoint& a, const Endpoint& b) { return a.port == b.port && a.address == b.address; }
  friend bool operator!=(const Endpoint& a, const Endpoint& b) { return !(a == b); }
  // A total order without further meaning: by address (see IpAddress), then by port.
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
