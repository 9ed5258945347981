// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_OWNER_FUNCTION_H_
#define TCPGAUGE_SRC_CAPTURE_OWNER_FUNCTION_H_

#include <endian.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "src/net/endpoint.h"

namespace tcpgauge {

// Chooses the worker that owns a 4-tuple. The table of the owner has the connection, unless the owner has a route to
// another worker (ViewRoutes). The owner depends on the addresses and ports, and is the same for both directions. The
// owner does not depend on the encapsulation.
//
// Design. The kernel computes the same function for plain frames (see OwnerProgram()), so the function uses only what
// classic BPF has: sums, products, shifts and exclusive or, in 32 bits. Each endpoint is hashed by secret odd
// multipliers. The two hashes are added only after a step that is not linear. Otherwise somebody who does not know the
// seed could find many 4-tuples with the same sum, and give all of them to one worker.
//
// Thread: any; immutable.
class OwnerFunction {
 public:
  // An IPv4 address in an IpAddress has four words of 32 bits: 0, 0, this constant, and the address.
  static constexpr uint32_t kThirdWordOfIpv4 = 0xffff;

  // The numbers that the seed chooses. Multipliers are odd.
  struct Constants {
    uint32_t start;
    std::array<uint32_t, 4> address;  // for each 32-bit word of an address
    uint32_t port;
    uint32_t mix;
    uint32_t last;
  };

  // `seed` should be random. `workers` is 1 to 65535.
  OwnerFunction(uint64_t seed, size_t workers);

  // Returns the index of the worker that owns the 4-tuple of `a` and `b`.
  size_t OwnerOf(const Endpoint& a, const Endpoint& b) const { return OwnerOfHashes(HashOf(a), HashOf(b)); }

  // Returns the index of the worker that collects the fragments of IP datagrams between two addresses.
  size_t OwnerOfDatagrams(const IpAddress& a, const IpAddress& b) const { return OwnerOf({a, 0}, {b, 0}); }

  size_t workers() const { return workers_; }
  const Constants& constants() const { return constants_; }

 private:
  uint32_t HashOf(const Endpoint& endpoint) const {
    uint64_t words[2];
    std::memcpy(words, endpoint.address.bytes().data(), sizeof(words));
    const uint64_t low = be64toh(words[1]);
    uint32_t hash = endpoint.port * constants_.port + static_cast<uint32_t>(low) * constants_.address[3];
    // Saves three products: with them, the function took twice the time for IPv4.
    if (words[0] == 0 && low >> 32 == kThirdWordOfIpv4) {
      hash += start_of_ipv4_;
    } else {
      const uint64_t high = be64toh(words[0]);
      hash += constants_.start + static_cast<uint32_t>(high >> 32) * constants_.address[0] +
              static_cast<uint32_t>(high) * constants_.address[1] +
              static_cast<uint32_t>(low >> 32) * constants_.address[2];
    }
    return (hash ^ hash >> 15) * constants_.mix;
  }
  size_t OwnerOfHashes(uint32_t a, uint32_t b) const {
    const uint32_t sum = a + b;
    return ((sum ^ sum >> 15) * constants_.last >> 16) * workers_ >> 16;
  }

  Constants constants_;
  uint32_t start_of_ipv4_;  // the part of the hash that all addresses of IPv4 share
  uint32_t workers_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_OWNER_FUNCTION_H_
