// SPDX-License-Identifier: Apache-2.0
// Who does not know the seed cannot choose 4-tuples that collide. What it saves in time is shown by
// tests/bench/hash_flooding.
#include <unordered_set>

#include "gtest/gtest.h"
#include "src/flow/key_hasher.h"
#include "tests/support/colliding_endpoints.h"

namespace tcpgauge {
namespace {

constexpr uint64_t kKeys = 100000;

size_t DistinctHashes(uint64_t seed, Endpoint (*client)(uint64_t)) {
  const KeyHasher hasher(seed);
  std::unordered_set<uint32_t> hashes;  // the 32 bits that the index keeps
  for (uint64_t i = 0; i < kKeys; ++i) {
    End sender;
    hashes.insert(static_cast<uint32_t>(hasher.HashOf(ConnectionKey::Of(client(i), CollidingServer(), 0, &sender))));
  }
  return hashes.size();
}

TEST(HashFlooding, WhoKnowsTheSeedMakesAllCollide) { EXPECT_EQ(DistinctHashes(0, CollidingClient), 1u); }

TEST(HashFlooding, WhatCollidesUnderOneSeedIsSpreadUnderAnother) {
  // Of 100,000 values of 32 bits, 1.2 pairs collide by chance.
  constexpr size_t kLeast = kKeys - 20;
  for (uint64_t seed = 1; seed < 20; ++seed) {
    EXPECT_GT(DistinctHashes(seed, CollidingClient), kLeast) << seed;
    EXPECT_GT(DistinctHashes(seed, RandomClient), kLeast) << seed;
  }
}

}  // namespace
}  // namespace tcpgauge
