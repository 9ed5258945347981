// SPDX-License-Identifier: Apache-2.0
#include "src/flow/packed_duration.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

TEST(PackedDuration, ShortDurationsAreExact) {
  for (uint32_t us = 0; us < 4096; ++us) {
    EXPECT_NE(PackDuration(us), kNoDuration) << us;
    EXPECT_EQ(UnpackDuration(PackDuration(us)), us);
  }
}

TEST(PackedDuration, LongDurationsLoseLessThanA2048th) {
  for (uint64_t us = 1; us <= UINT32_MAX; us += us / 1000 + 1) {
    const auto duration = static_cast<uint32_t>(us);
    const uint32_t unpacked = UnpackDuration(PackDuration(duration));
    EXPECT_LE(unpacked, duration);
    EXPECT_LT(duration - unpacked, duration / 2048 + 1) << duration;
  }
  EXPECT_EQ(UnpackDuration(PackDuration(UINT32_MAX)), 0xfff00000);
}

TEST(PackedDuration, ComparesLikeTheDuration) {
  PackedDuration before = kNoDuration;
  for (uint64_t us = 0; us <= UINT32_MAX; us += us / 4096 + 1) {
    const PackedDuration packed = PackDuration(static_cast<uint32_t>(us));
    EXPECT_LE(before, packed) << us;
    before = packed;
  }
  EXPECT_LT(kNoDuration, PackDuration(0));
  EXPECT_LT(PackDuration(4095), PackDuration(4096));
  EXPECT_EQ(PackDuration(4096), PackDuration(4097));
}

TEST(PackedDuration, WhatIsPackedStaysAsItIs) {
  for (uint64_t us = 0; us <= UINT32_MAX; us += us / 1000 + 1) {
    const PackedDuration packed = PackDuration(static_cast<uint32_t>(us));
    EXPECT_EQ(PackDuration(UnpackDuration(packed)), packed) << us;
  }
}

}  // namespace
}  // namespace tcpgauge
