// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_SUPPORT_COLLIDING_ENDPOINTS_H_
#define TCPGAUGE_TESTS_SUPPORT_COLLIDING_ENDPOINTS_H_

#include <cstdint>
#include <cstring>

#include "src/net/endpoint.h"

namespace tcpgauge {

// Clients whose connections to one port all have the same 64-bit hash. An attacker could send from them if the seed of
// KeyHasher::HashOf() were known to be 0: the first half of the address equals the secret with which it is combined, so
// a product is zero whatever the second half is. (Half an IPv6 address is as easy to choose as a whole one.)
inline Endpoint CollidingClient(uint64_t number) {
  constexpr uint64_t kFirstSecretOfSeedZero = 0xe220a8397b1dcdaf;
  uint8_t bytes[16];
  std::memcpy(bytes, &kFirstSecretOfSeedZero, 8);
  std::memcpy(bytes + 8, &number, 8);
  return {IpAddress::FromV6(bytes), 40000};
}

// A server that sorts behind all these clients, so that the clients are end a of the key.
inline Endpoint CollidingServer() {
  uint8_t bytes[16];
  std::memset(bytes, 0xff, sizeof(bytes));
  return {IpAddress::FromV6(bytes), 443};
}

// A client with the same port and an address whose hash does not collide.
inline Endpoint RandomClient(uint64_t number) {
  Endpoint client = CollidingClient(number);
  uint8_t bytes[16];
  std::memcpy(bytes, client.address.bytes().data(), 16);
  const uint64_t mixed = (number + 1) * 0x9e3779b97f4a7c15;
  std::memcpy(bytes + 1, &mixed, 7);
  return {IpAddress::FromV6(bytes), client.port};
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SUPPORT_COLLIDING_ENDPOINTS_H_
