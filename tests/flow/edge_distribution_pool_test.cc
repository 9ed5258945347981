// SPDX-License-Identifier: Apache-2.0
#include "src/flow/edge_distribution_pool.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

TEST(EdgeDistributionPool, ASlotHasNoneUntilItsFirstValueAndAfterItsRelease) {
  EdgeDistributionPool pool(10, 2);
  EXPECT_EQ(pool.Find(3), nullptr);
  pool.Release(3);
  pool.Of(3).response_seconds.Observe(1);
  ASSERT_NE(pool.Find(3), nullptr);
  EXPECT_EQ(pool.Find(3)->response_seconds.Count(), 1u);
  EXPECT_EQ(pool.Find(4), nullptr);
  pool.Release(3);
  EXPECT_EQ(pool.Find(3), nullptr);
}

TEST(EdgeDistributionPool, WhatIsReleasedIsEmptyForTheNext) {
  EdgeDistributionPool pool(10, 1);
  for (size_t slot = 0; slot < 10; ++slot) {
    EXPECT_EQ(pool.Of(slot).handshake_rtt_seconds.Count(), 0u);
    EXPECT_EQ(pool.Of(slot).handshake_rtt_seconds.scale(), ExponentialBuckets::kMaxScale);
    pool.Of(slot).handshake_rtt_seconds.Observe(1e-8);
    pool.Of(slot).handshake_rtt_seconds.Observe(1e8);
    pool.Release(slot);
  }
}

TEST(EdgeDistributionPool, EachSlotKeepsItsOwnInTheMemoryOfTheBeginning) {
  constexpr size_t kSlots = 50;
  constexpr size_t kCapacity = 20;
  EdgeDistributionPool pool(kSlots, kCapacity);
  const EdgeDistributions* const memory = &pool.Of(0);
  pool.Release(0);
  std::mt19937 random(1);
  std::map<size_t, uint64_t> model;
  for (int step = 0; step < 20000; ++step) {
    const size_t slot = random() % kSlots;
    if (random() % 3 == 0) {
      pool.Release(slot);
      model.erase(slot);
    } else if (model.size() < kCapacity || model.count(slot) != 0) {
      pool.Of(slot).response_seconds.Observe(0.5);
      ++model[slot];
    }
    ASSERT_EQ(pool.Find(slot) != nullptr, model.count(slot) != 0);
    for (const auto& [of, count] : model) {
      ASSERT_EQ(pool.Find(of)->response_seconds.Count(), count);
      ASSERT_LT(static_cast<size_t>(pool.Find(of) - memory), kCapacity);
    }
  }
}

}  // namespace
}  // namespace tcpgauge
