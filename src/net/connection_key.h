// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_NET_CONNECTION_KEY_H_
#define TCPGAUGE_SRC_NET_CONNECTION_KEY_H_

#include <cstdint>
#include <utility>

#include "src/net/endpoint.h"

namespace tcpgauge {

// One of the two ends of a ConnectionKey.
enum class End : uint8_t { kA = 0, kB = 1 };

constexpr End OtherEnd(End end) { return end == End::kA ? End::kB : End::kA; }

// Identifies a connection where it is captured: its TCP 4-tuple and its encapsulation. A connection whose addresses are
// translated, or that goes through a tunnel, may be captured under several keys (see Views, above the class
// ConnectionTable).
//
// The packets of both directions have the same key, because end a is always the lesser endpoint by Endpoint's
// operator<. The order does not tell which end is the client.
struct ConnectionKey {
  IpAddress address_a;
  IpAddress address_b;
  uint16_t port_a = 0;  // ports are in host order
  uint16_t port_b = 0;
  uint32_t encapsulation = 0;  // an id from the EncapsulationTable of the connection table; 0: not encapsulated

  // Returns the key of a packet from `source` to `destination`. Sets `*sender` (out) to the end that is `source`. When
  // an endpoint talks to itself, the directions cannot be told apart, so `*sender` is kA for every packet.
  static ConnectionKey Of(const Endpoint& source, const Endpoint& destination, uint32_t encapsulation, End* sender) {
    *sender = destination < source ? End::kB : End::kA;
    return Of(source, destination, encapsulation, *sender);
  }
  // Returns the same key, but does not compare the endpoints. REQUIRES: `sender` is the end that the overload above
  // sets for these endpoints.
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
