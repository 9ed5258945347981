// SPDX-License-Identifier: Apache-2.0
#include "src/flow/gap_pool.h"

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

constexpr End kA = End::kA;
constexpr End kB = End::kB;

TEST(GapPool, TellsWhatWasJumpedOverFromWhatWasSeen) {
  GapPool pool(10);
  GapPool::SetId set = GapPool::kNone;
  EXPECT_FALSE(pool.Fill(&set, kA, 100, 200));
  pool.Add(&set, kA, 100, 300);
  EXPECT_NE(set, GapPool::kNone);
  EXPECT_FALSE(pool.Fill(&set, kA, 50, 100));
  EXPECT_FALSE(pool.Fill(&set, kA, 300, 400));
  EXPECT_TRUE(pool.Fill(&set, kA, 100, 200));
  EXPECT_FALSE(pool.Fill(&set, kA, 100, 200)) << "filled already";
  EXPECT_TRUE(pool.Fill(&set, kA, 200, 300));
  EXPECT_EQ(set, GapPool::kNone) << "the last gap takes the set with it";
}

TEST(GapPool, FillsTheMiddleOfAGap) {
  GapPool pool(10);
  GapPool::SetId set = GapPool::kNone;
  pool.Add(&set, kA, 100, 400);
  EXPECT_TRUE(pool.Fill(&set, kA, 200, 300));
  EXPECT_FALSE(pool.Fill(&set, kA, 150, 250)) << "partly seen";
  EXPECT_TRUE(pool.Fill(&set, kA, 100, 150));
  EXPECT_TRUE(pool.Fill(&set, kA, 300, 400));
  EXPECT_EQ(set, GapPool::kNone);
}

TEST(GapPool, ASegmentOverSeveralGapsWasPartlySeenAndFillsThem) {
  GapPool pool(10);
  GapPool::SetId set = GapPool::kNone;
  pool.Add(&set, kA, 100, 200);
  pool.Add(&set, kA, 300, 400);
  EXPECT_FALSE(pool.Fill(&set, kA, 150, 350));
  EXPECT_TRUE(pool.Fill(&set, kA, 100, 150));
  EXPECT_TRUE(pool.Fill(&set, kA, 350, 400));
  EXPECT_EQ(set, GapPool::kNone);
}

TEST(GapPool, KeepsTheEndsApart) {
  GapPool pool(10);
  GapPool::SetId set = GapPool::kNone;
  pool.Add(&set, kA, 100, 200);
  EXPECT_FALSE(pool.Fill(&set, kB, 100, 200));
  EXPECT_TRUE(pool.Fill(&set, kA, 100, 200));
}

TEST(GapPool, ComparesModulo32Bits) {
  GapPool pool(10);
  GapPool::SetId set = GapPool::kNone;
  pool.Add(&set, kA, 0xffffff00, 0x100);
  EXPECT_TRUE(pool.Fill(&set, kA, 0xffffff80, 0x80));
  EXPECT_FALSE(pool.Fill(&set, kA, 0, 0x10));
  EXPECT_TRUE(pool.Fill(&set, kA, 0x80, 0x100));
  EXPECT_TRUE(pool.Fill(&set, kA, 0xffffff00, 0xffffff80));
  EXPECT_EQ(set, GapPool::kNone);
}

TEST(GapPool, OneGapTooManyTakesThePlaceOfTheLowest) {
  GapPool pool(10);
  GapPool::SetId set = GapPool::kNone;
  for (uint32_t i = 0; i <= GapPool::kMaxGaps; ++i) pool.Add(&set, kA, 1000 * i, 1000 * i + 100);
  EXPECT_EQ(pool.overflows(), 1);
  EXPECT_FALSE(pool.Fill(&set, kA, 0, 100)) << "the lowest counts as seen";
  for (uint32_t i = 1; i <= GapPool::kMaxGaps; ++i) EXPECT_TRUE(pool.Fill(&set, kA, 1000 * i, 1000 * i + 100)) << i;
}

TEST(GapPool, AGapThatIsSplitBeyondTheBoundLosesTheLowestToo) {
  GapPool pool(10);
  GapPool::SetId set = GapPool::kNone;
  for (uint32_t i = 0; i < GapPool::kMaxGaps; ++i) pool.Add(&set, kA, 1000 * i, 1000 * i + 100);
  EXPECT_TRUE(pool.Fill(&set, kA, 1040, 1060));
  EXPECT_EQ(pool.overflows(), 1);
  EXPECT_FALSE(pool.Fill(&set, kA, 0, 100)) << "the lowest counts as seen";
  EXPECT_TRUE(pool.Fill(&set, kA, 1000, 1040));
  EXPECT_TRUE(pool.Fill(&set, kA, 1060, 1100));
  EXPECT_TRUE(pool.Fill(&set, kA, 2000, 2100));
  EXPECT_TRUE(pool.Fill(&set, kA, 3000, 3100));
}

TEST(GapPool, MoreSetsThanFitAreCountedAndSetsAreUsedAgain) {
  GapPool pool(2);
  GapPool::SetId sets[3] = {};
  for (GapPool::SetId& set : sets) pool.Add(&set, kA, 100, 200);
  EXPECT_NE(sets[0], sets[1]);
  EXPECT_EQ(sets[2], GapPool::kNone);
  EXPECT_EQ(pool.overflows(), 1);
  pool.Release(&sets[0]);
  EXPECT_EQ(sets[0], GapPool::kNone);
  pool.Release(&sets[0]);  // no set: no effect
  pool.Add(&sets[2], kB, 500, 600);
  EXPECT_NE(sets[2], GapPool::kNone);
  EXPECT_FALSE(pool.Fill(&sets[2], kA, 100, 200)) << "holds nothing of the one before";
  EXPECT_TRUE(pool.Fill(&sets[1], kA, 100, 200));
  EXPECT_EQ(pool.overflows(), 1);
}

}  // namespace
}  // namespace tcpgauge
