// SPDX-License-Identifier: Apache-2.0
// An attacker who does not know the seed cannot choose 4-tuples that collide. tests/bench/hash_flooding shows how much
// time collisions would cost.
#include <unordered_set>

#include "gtest/gtest.h"
#include "src/flow/key_hasher.h"
#include "tests/support/colliding_endpoints.h"

namespace tcpgauge {
namespace {

constexpr uint64_t kKeys = 100000;

size_t DistinctHashes(uint64_t seed, Endpoint (*client)(uint64_t)) {
  const KeyHasher hasher(seed);
  std::unordered_set<uint32_t> hashes;  // the 32 bits that the index stores
  for (uint64_t i = 0; i < kKeys; ++i) {
    End sender;
    hashes.insert(static_cast<uint32_t>(hasher.HashOf(ConnectionKey::Of(client(i), CollidingServer(), 0, &sender))));
  }
  return hashes.size();
}

TEST(HashFlooding, WhoKnowsTheSeedMakesAllCollide) { EXPECT_EQ(DistinctHashes(0, CollidingClient), 1u); }

TEST(HashFlooding, WhatCollidesUnderOneSeedIsSpreadUnderAnother) {
  // Among 100,000 random values of 32 bits, 1.2 pairs are equal on average.
  constexpr size_t kLeast = kKeys - 20;
  for (uint64_t seed = 1; seed < 20; ++seed) {
    EXPECT_GT(DistinctHashes(seed, CollidingClient), kLeast) << seed;
    EXPECT_GT(DistinctHashes(seed, RandomClient), kLeast) << seed;
  }
}

}  // namespace
}  // namespace tcpgauge
