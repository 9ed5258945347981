// SPDX-License-Identifier: Apache-2.0
#include "src/flow/windowed_sums.h"

#include <cmath>

#include "gtest/gtest.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

constexpr int64_t kSecond = 1000000000;
constexpr int64_t kTenth = kSecond / 10;

TEST(WindowedSums, HoldsTheLastFullSecond) {
  WindowedSums sums(1, 1, kSecond, kSecond);
  sums.Add(0, 0, 100, TestTime(0.2));
  sums.Add(0, 0, 10, TestTime(0.9));
  EXPECT_EQ(sums.Sum(0, 0, TestTime(0.99)), 0) << "not over yet";
  EXPECT_EQ(sums.Sum(0, 0, TestTime(1.0)), 110);
  sums.Add(0, 0, 1, TestTime(1.5));
  EXPECT_EQ(sums.Sum(0, 0, TestTime(1.99)), 110) << "the second under way does not count";
  EXPECT_EQ(sums.Sum(0, 0, TestTime(2.0)), 1);
  EXPECT_EQ(sums.Sum(0, 0, TestTime(3.0)), 0);
  EXPECT_EQ(sums.Sum(0, 0, TestTime(1e6)), 0);
}

TEST(WindowedSums, HoldsATrailingSecondRecomputedTenTimesASecond) {
  WindowedSums sums(1, 1, kTenth, kSecond);
  sums.Add(0, 0, 100, TestTime(0.25));
  EXPECT_EQ(sums.Sum(0, 0, TestTime(0.29)), 0);
  EXPECT_EQ(sums.Sum(0, 0, TestTime(0.30)), 100);
  sums.Add(0, 0, 10, TestTime(1.15));
  EXPECT_EQ(sums.Sum(0, 0, TestTime(1.25)), 110);
  EXPECT_EQ(sums.Sum(0, 0, TestTime(1.30)), 10) << "a second after the end of its tenth";
  EXPECT_EQ(sums.Sum(0, 0, TestTime(2.19)), 10);
  EXPECT_EQ(sums.Sum(0, 0, TestTime(2.20)), 0);
}

TEST(WindowedSums, CountsSteadyTrafficRightInEveryWindow) {
  for (const int64_t tick : {kSecond, kTenth}) {
    for (const double window : {0.5, 1.0, 1.5, 10.0, 60.0}) {
      WindowedSums sums(1, 1, tick, Seconds(window));
      for (int i = 0; i < 20000; ++i) {
        const double now = 0.01 * i + 0.005;
        sums.Add(0, 0, 10, TestTime(now));
        if (now < 1.2 * window + 2) continue;  // the first windows are not full yet
        // With a window longer than ten ticks, the sum may include amounts since the last tick.
        const double most = window > 10e-9 * static_cast<double>(tick) ? 1e-9 * static_cast<double>(tick) : 0;
        const double sum = sums.Sum(0, 0, TestTime(now));
        ASSERT_GE(sum, 1000 * window - 0.01) << "window " << window << " tick " << tick << " at " << now;
        ASSERT_LE(sum, 1000 * (window + most) + 0.01) << "window " << window << " tick " << tick << " at " << now;
      }
    }
  }
}

TEST(WindowedSums, PartOfAWindowThatIsNoMultipleOfTheTickCountsInProportion) {
  WindowedSums sums(1, 1, kSecond, Seconds(1.5));
  sums.Add(0, 0, 100, TestTime(0.1));
  sums.Add(0, 0, 10, TestTime(1.1));
  EXPECT_EQ(sums.Sum(0, 0, TestTime(2.5)), 60);
}

TEST(WindowedSums, LanesAndSlotsAreApartAndClearForgets) {
  WindowedSums sums(2, 2, kSecond, kSecond);
  sums.Add(0, 0, 1, TestTime(0));
  sums.Add(0, 1, 2, TestTime(0));
  sums.Add(1, 0, 3, TestTime(0));
  EXPECT_EQ(sums.Sum(0, 0, TestTime(1)), 1);
  EXPECT_EQ(sums.Sum(0, 1, TestTime(1)), 2);
  EXPECT_EQ(sums.Sum(1, 0, TestTime(1)), 3);
  sums.Clear(0);
  EXPECT_EQ(sums.Sum(0, 0, TestTime(1)), 0);
  EXPECT_EQ(sums.Sum(0, 1, TestTime(1)), 0);
  EXPECT_EQ(sums.Sum(1, 0, TestTime(1)), 3);
}

TEST(WindowedSums, NothingOfBeforeComesBackAfterClear) {
  for (const int64_t begin_ns : {int64_t{0}, TestTime(0)}) {  // files may begin in 1970
    for (int first = 0; first < 4; ++first) {
      WindowedSums sums(1, 2, kSecond, kSecond);
      for (int i = 0; i < 6; ++i) {
        for (const size_t lane : {0, 1}) sums.Add(0, lane, 100, begin_ns + i * kSecond);
      }
      sums.Clear(0);
      for (int i = 0; i < 8; ++i) {
        for (const size_t lane : {0, 1})
          EXPECT_EQ(sums.Sum(0, lane, begin_ns + i * kSecond), 0) << begin_ns << " " << i;
      }
      for (int i = first; i < 8; ++i) {
        sums.Add(0, 1, 1, begin_ns + i * kSecond);
        EXPECT_EQ(sums.Sum(0, 0, begin_ns + (i + 1) * kSecond), 0) << begin_ns << " " << first << " " << i;
        EXPECT_EQ(sums.Sum(0, 1, begin_ns + (i + 1) * kSecond), 1) << begin_ns << " " << first << " " << i;
      }
    }
  }
}

TEST(WindowedSums, ALanesOldPartsGoWhenTheOtherMovesOn) {
  WindowedSums sums(1, 2, kSecond, kSecond);
  sums.Add(0, 0, 5, TestTime(0));
  sums.Add(0, 1, 7, TestTime(100));
  EXPECT_EQ(sums.Sum(0, 0, TestTime(101)), 0);
  EXPECT_EQ(sums.Sum(0, 1, TestTime(101)), 7);
}

TEST(WindowedSums, LatePacketsCountWhereTheyBelongOrInTheOldestPart) {
  WindowedSums sums(1, 1, kSecond, kSecond);
  sums.Add(0, 0, 1, TestTime(1.1));
  sums.Add(0, 0, 2, TestTime(0.9));
  EXPECT_EQ(sums.Sum(0, 0, TestTime(1.5)), 2);
  EXPECT_EQ(sums.Sum(0, 0, TestTime(2.5)), 1);
  sums.Add(0, 0, 4, TestTime(-1000));
  EXPECT_EQ(sums.Sum(0, 0, TestTime(2.5)), 1);
  EXPECT_EQ(sums.Sum(0, 0, TestTime(0)), 4);
}

TEST(WindowedSums, CanBeReadATickBehindTheNewestPacket) {
  WindowedSums sums(1, 1, kSecond, Seconds(3));
  for (int i = 0; i < 10; ++i) sums.Add(0, 0, 1, TestTime(i + 0.5));
  EXPECT_EQ(sums.Sum(0, 0, TestTime(9.5)), 3);
  EXPECT_EQ(sums.Sum(0, 0, TestTime(8.9)), 3);
}

}  // namespace
}  // namespace tcpgauge
