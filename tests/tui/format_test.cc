// SPDX-License-Identifier: Apache-2.0
#include "tui/format.h"

#include <gtest/gtest.h>

#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

TEST(Format, RatesAreInStepsOf1024AsTcptrackHasThem) {
  EXPECT_EQ(FormatRate(0, RateUnit::kBytes), "0 B/s");
  EXPECT_EQ(FormatRate(1023.9, RateUnit::kBytes), "1023 B/s");
  EXPECT_EQ(FormatRate(1024, RateUnit::kBytes), "1.0 KB/s");
  EXPECT_EQ(FormatRate(384 * 1024 + 700, RateUnit::kBytes), "384 KB/s");
  EXPECT_EQ(FormatRate(1024 * 1024 - 1, RateUnit::kBytes), "1023 KB/s");
  EXPECT_EQ(FormatRate(2.5e9, RateUnit::kBytes), "2.3 GB/s");
}

TEST(Format, BitsAreInStepsOf1000) {
  EXPECT_EQ(FormatRate(125, RateUnit::kBits), "1.0 Kb/s");
  EXPECT_EQ(FormatRate(1.25e9, RateUnit::kBits), "10 Gb/s");
}

TEST(Format, ARateThatIsNoNumberIsZero) {
  EXPECT_EQ(FormatRate(0.0 / 0.0, RateUnit::kBytes), "0 B/s");
  EXPECT_EQ(FormatRate(-5, RateUnit::kBytes), "0 B/s");
}

TEST(Format, TheLargestCounterFitsItsColumn) {
  EXPECT_EQ(FormatBytes(0), "0 B");
  EXPECT_EQ(FormatBytes(10240), "10 KB");
  EXPECT_EQ(FormatBytes(UINT64_MAX), "16384 PB");
}

TEST(Format, IdleTimesAreInTheirLargestUnit) {
  EXPECT_EQ(FormatIdle(-kNanosecondsPerSecond), "0s");
  EXPECT_EQ(FormatIdle(59 * kNanosecondsPerSecond), "59s");
  EXPECT_EQ(FormatIdle(60 * kNanosecondsPerSecond), "1m");
  EXPECT_EQ(FormatIdle(3599 * kNanosecondsPerSecond), "59m");
  EXPECT_EQ(FormatIdle(99 * 3600 * kNanosecondsPerSecond), "99h");
  EXPECT_EQ(FormatIdle(100 * 3600 * kNanosecondsPerSecond), "4d");
}

TEST(Format, SharesArePercentThatAreNeverRoundedUp) {
  const std::pair<double, const char*> kCases[] = {{0, "0%"},     {0.0005, "<.1%"}, {0.003, "0.3%"}, {0.0999, "9.9%"},
                                                   {0.12, "12%"}, {0.999, "99%"},   {1, "100%"},     {7, "100%"}};
  for (const auto& [share, want] : kCases) EXPECT_EQ(FormatPercent(share), want) << share;
}

TEST(Format, AShortRateLeavesTheSecondToItsTitle) {
  EXPECT_EQ(FormatShortRate(1023.5 * 1024, RateUnit::kBytes), "1023 KB");
  EXPECT_EQ(FormatShortRate(125000, RateUnit::kBits), "1.0 Mb");
}

}  // namespace
}  // namespace tcpgauge
