// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_KEY_HASHER_H_
#define TCPGAUGE_SRC_FLOW_KEY_HASHER_H_

#include <array>
#include <cstdint>
#include <cstring>

#include "src/net/connection_key.h"

namespace tcpgauge {

// A hash function for connection keys. The seed selects one of 2^64 functions, so that somebody who does not know the
// seed cannot choose keys that collide.
//
// Thread: any; immutable.
class KeyHasher {
 public:
  explicit KeyHasher(uint64_t seed);

  // Returns the hash of a key. Equal keys have the same hash in all KeyHashers with the same seed.
  uint64_t HashOf(const ConnectionKey& key) const {
    uint64_t words[5];
    static_assert(sizeof(words) == sizeof(key), "the words are the whole key");
    std::memcpy(words, &key, sizeof(words));
    const uint64_t a = Fold(words[0] ^ secrets_[0], words[1] ^ secrets_[1]);
    const uint64_t b = Fold(words[2] ^ secrets_[2], words[3] ^ secrets_[3]);
    return Fold(a ^ b ^ secrets_[4], words[4] ^ secrets_[5] ^ a);
  }

 private:
  // Returns the two halves of the 128-bit product, XORed.
  static uint64_t Fold(uint64_t a, uint64_t b) {
    const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }

  std::array<uint64_t, 6> secrets_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_KEY_HASHER_H_
