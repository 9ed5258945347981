// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_SUPPORT_COLLIDING_ENDPOINTS_H_
#define TCPGAUGE_TESTS_SUPPORT_COLLIDING_ENDPOINTS_H_

#include <cstdint>
#include <cstring>

#include "src/net/endpoint.h"

namespace tcpgauge {

// Returns a client whose connections to CollidingServer() have the same 64-bit hash for every `number`, if the seed of
// the KeyHasher is 0. An attacker who knew the seed could send from such addresses.
//
// KeyHasher combines each half of an address with a secret by XOR, and multiplies the two results. The first half
// of this client's address equals the secret that it is combined with, so one factor is zero. Then the product is zero
// for every second half, and the second half holds `number`.
inline Endpoint CollidingClient(uint64_t number) {
  constexpr uint64_t kFirstSecretOfSeedZero = 0xe220a8397b1dcdaf;
  uint8_t bytes[16];
  std::memcpy(bytes, &kFirstSecretOfSeedZero, 8);
  std::memcpy(bytes + 8, &number, 8);
  return {IpAddress::FromV6(bytes), 40000};
}

// Returns a server whose address sorts after the addresses of all clients of this header. Therefore the client is end
// `a` of each connection key, as CollidingClient() assumes.
inline Endpoint CollidingServer() {
  uint8_t bytes[16];
  std::memset(bytes, 0xff, sizeof(bytes));
  return {IpAddress::FromV6(bytes), 443};
}

// Returns a client with the same port as CollidingClient(number), and an address that differs in the first half. The
// hashes of these clients' connections differ like the hashes of random addresses.
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
