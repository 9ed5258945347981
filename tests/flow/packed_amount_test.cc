// SPDX-License-Identifier: Apache-2.0
#include "src/flow/packed_amount.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

constexpr uint64_t kFirstInexact = uint64_t{1} << 27;

TEST(PackedAmount, SmallAmountsAreExact) {
  for (const uint64_t bytes : {uint64_t{0}, uint64_t{1}, uint64_t{1500}, kFirstInexact - 1, kFirstInexact}) {
    EXPECT_EQ(UnpackAmount(PackAmount(bytes)), bytes);
  }
  EXPECT_EQ(UnpackAmount(PackAmount(kFirstInexact + 1)), kFirstInexact);
}

TEST(PackedAmount, GreatAmountsAreALittleTooSmall) {
  for (int bit = 0; bit < 58; ++bit) {
    const uint64_t bytes = (uint64_t{1} << bit) + (uint64_t{1} << bit) - 1;
    const uint64_t unpacked = UnpackAmount(PackAmount(bytes));
    EXPECT_LE(unpacked, bytes);
    EXPECT_LE(bytes - unpacked, bytes >> 26) << bit;
  }
}

TEST(PackedAmount, TheGreatestAmountStandsForAllBeyond) {
  const uint64_t greatest = UnpackAmount(PackAmount((uint64_t{1} << 58) - 1));
  EXPECT_EQ(UnpackAmount(PackAmount(uint64_t{1} << 58)), greatest);
  EXPECT_EQ(UnpackAmount(PackAmount(UINT64_MAX)), greatest);
}

}  // namespace
}  // namespace tcpgauge
