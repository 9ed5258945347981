// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NET_CONNECTION_KEY_H_
#define TCPGAUGE_SRC_NET_CONNECTION_KEY_H_

#include <cstdint>
#include <utility>

#include "src/net/endpoint.h"

namespace tcpgauge {

// Which of a key's two ends sent a packet.
enum class End : uint8_t { kA = 0, kB = 1 };

constexpr End OtherEnd(End end) { return end == End::kA ? End::kB : End::kA; }

// A TCP 4-tuple and its encapsulation. Both directions have the same key, because end a is the endpoint that sorts
// first. The order has no other meaning. Ports are in host order.
struct ConnectionKey {
  IpAddress address_a;
  IpAddress address_b;
  uint16_t port_a = 0;
  uint16_t port_b = 0;
  uint32_t encapsulation = 0;  // an id of the connection table's EncapsulationTable; 0 = none

  // The key of a packet. Sets `*sender` to the end that sent the packet. When an endpoint talks to itself, the
  // directions cannot be told apart: end a is the sender of every packet.
  static ConnectionKey Of(const Endpoint& source, const Endpoint& destination, uint32_t encapsulation, End* sender) {
    *sender = destination < source ? End::kB : End::kA;
    return Of(source, destination, encapsulation, *sender);
  }
  // The same, when the sender is already known.
  static ConnectionKey Of(const Endpoint& source, const Endpoint& destination, uint32_t encapsulation, End sender) {
    const Endpoint* const ends[] = {&source, &destination};
    const size_t a = static_cast<size_t>(sender);
    ConnectionKey key;
    key.address_a = ends[a]->address;
    key.address_b = ends[1 - a]->address;
    key.port_a = ends[a]->port;
    key.port_b = ends[1 - a]->port;
    key.encapsulation = encapsulation;
    return key;
  }

  Endpoint endpoint(End end) const {
    return end == End::kA ? Endpoint{address_a, port_a} : Endpoint{address_b, port_b};
  }

  friend bool operator==(const ConnectionKey& x, const ConnectionKey& y) {
    return x.address_a == y.address_a && x.address_b == y.address_b && x.port_a == y.port_a && x.port_b == y.port_b &&
           x.encapsulation == y.encapsulation;
  }
};
static_assert(sizeof(ConnectionKey) == 40, "no padding: keys are hashed and compared as bytes");

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_NET_CONNECTION_KEY_H_
