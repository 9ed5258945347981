// SPDX-License-Identifier: Apache-2.0
#include "src/flow/rtt_minimum.h"

#include <cstdint>

#include "gtest/gtest.h"
#include "src/flow/packed_duration.h"

namespace tcpgauge {
namespace {

constexpr int64_t kWindowNs = RttMinimum::kWindowNs;
constexpr int64_t kStartNs = 56666667 * kWindowNs;  // the beginning of a window

// An RttMinimum whose times count from kStartNs.
class RttMinimumTest : public testing::Test {
 protected:
  void Add(uint32_t sample_us, double seconds) { minimum_.Add(sample_us, Time(seconds)); }
  void AddMaybeDelayed(uint32_t sample_us, double seconds) { minimum_.AddMaybeDelayed(sample_us, Time(seconds)); }
  // REQUIRES: a sample was used.
  uint32_t Least() const { return UnpackDuration(minimum_.Least()); }

  RttMinimum minimum_ = {};

 private:
  static int64_t Time(double seconds) { return kStartNs + static_cast<int64_t>(seconds * 1e9); }
};

TEST_F(RttMinimumTest, ThereIsNoneBeforeTheFirstSample) { EXPECT_EQ(minimum_.Least(), kNoDuration); }

TEST_F(RttMinimumTest, IsTheLeastOfTheSamples) {
  Add(300, 0);
  Add(200, 1);
  Add(400, 2);
  EXPECT_EQ(Least(), 200);
}

TEST_F(RttMinimumTest, ASampleOfZeroIsASample) {
  Add(0, 0);
  EXPECT_NE(minimum_.Least(), kNoDuration);
  Add(100, 1);
  EXPECT_EQ(Least(), 0);
}

TEST_F(RttMinimumTest, AShorterSampleCountsAtOnce) {
  Add(20000, 0);
  Add(1000, 31);
  EXPECT_EQ(Least(), 1000);
  Add(20000, 61);
  EXPECT_EQ(Least(), 1000);
}

TEST_F(RttMinimumTest, ASampleIsForgottenAfterThirtyToSixtySeconds) {
  for (const double first : {0.0, 10.0, 29.9}) {
    minimum_ = {};
    Add(1000, first);
    double forgotten = 0;
    for (double seconds = first + 1; seconds < first + 100 && forgotten == 0; seconds += 1) {
      Add(3000, seconds);
      if (Least() == 3000) forgotten = seconds - first;
    }
    EXPECT_GT(forgotten, 30) << first;
    EXPECT_LE(forgotten, 61) << first;
  }
}

TEST_F(RttMinimumTest, SilenceForgetsNothingUntilTheNextSample) {
  Add(1000, 0);
  EXPECT_EQ(Least(), 1000);
  Add(3000, 3600);
  EXPECT_EQ(Least(), 3000) << "both windows are long over";
}

TEST_F(RttMinimumTest, KeepsOnlyTheWindowBefore) {
  Add(1000, 0);
  Add(2000, 30);
  EXPECT_EQ(Least(), 1000);
  Add(3000, 60);
  EXPECT_EQ(Least(), 2000);
  Add(3000, 120);
  EXPECT_EQ(Least(), 3000) << "the window between had no sample";
}

TEST_F(RttMinimumTest, AnEarlierSampleCountsInTheCurrentWindow) {
  Add(1000, 15);
  Add(3000, 30.1);
  Add(2000, 29.9);
  Add(2500, 60);
  EXPECT_EQ(Least(), 2000) << "it was not taken for a sample of another window";
}

TEST_F(RttMinimumTest, WhatMayBeDelayedCountsOnlyBelowTheMinimum) {
  AddMaybeDelayed(40000, 0);
  EXPECT_EQ(minimum_.Least(), kNoDuration) << "there is no minimum to compare with";
  Add(1000, 1);
  AddMaybeDelayed(1000, 2);
  AddMaybeDelayed(900, 3);
  EXPECT_EQ(Least(), 900);
  for (double seconds = 4; seconds < 600; seconds += 1) AddMaybeDelayed(40000, seconds);
  EXPECT_EQ(Least(), 900) << "minutes later";
}

TEST_F(RttMinimumTest, TheFirstSampleCountsInAnyWindow) {
  // The number of the window is 0 modulo 2^16, as in a value without samples.
  minimum_.Add(5, (int64_t{1} << 16) * kWindowNs);
  EXPECT_EQ(Least(), 5);
}

TEST_F(RttMinimumTest, NumbersOfWindowsMayWrap) {
  // The windows' numbers are 2^16 - 1, 2^16 and 2^16 + 1, modulo 2^16.
  constexpr int64_t kWrapNs = (int64_t{865} << 16) * kWindowNs;
  minimum_.Add(1000, kWrapNs - 1);
  minimum_.Add(2000, kWrapNs);
  EXPECT_EQ(Least(), 1000);
  minimum_.Add(3000, kWrapNs + kWindowNs);
  EXPECT_EQ(Least(), 2000);
}

TEST_F(RttMinimumTest, DaysOfSilenceKeepAnOldMinimumForTwoMinutesAtMost) {
  constexpr double kWrapSeconds = 30.0 * (1 << 16);  // some 22 days
  for (const double silence :
       {86400.0, 10 * 86400.0, 15 * 86400.0, kWrapSeconds - 30, kWrapSeconds, kWrapSeconds + 30, 100 * 86400.0}) {
    minimum_ = {};
    Add(1000, 0);
    for (double seconds = 0; seconds <= 120; seconds += 1) Add(3000, silence + seconds);
    EXPECT_EQ(Least(), 3000) << silence;
  }
}

}  // namespace
}  // namespace tcpgauge
