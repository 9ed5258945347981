// SPDX-License-Identifier: Apache-2.0
#include "tui/sparkline.h"

#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

TEST(Sparkline, ScalesToItsHighestAndStandsAtTheRight) {
  EXPECT_EQ(Sparkline({0, 1, 4, 8}, 6, true), "   ▁▄█");
  EXPECT_EQ(Sparkline({0, 1, 4, 8}, 6, false), "   .:#");
}

TEST(Sparkline, ShowsTheNewestWhereRoomIsShort) { EXPECT_EQ(Sparkline({8, 8, 1, 8}, 2, true), "▁█"); }

TEST(Sparkline, WhatIsAboveZeroIsVisible) { EXPECT_EQ(Sparkline({1, 1e9}, 2, true), "▁█"); }

TEST(Sparkline, NothingIsBlank) {
  EXPECT_EQ(Sparkline({}, 3, true), "   ");
  EXPECT_EQ(Sparkline({0, 0}, 3, true), "   ");
  EXPECT_EQ(Sparkline({1}, 0, true), "");
}

TEST(Chart, FillsLinesFromBelow) {
  EXPECT_EQ(Chart({2, 4, 8}, 8, 2, 3, true), (std::vector<std::string>{"  █", "▄██"}));
  EXPECT_EQ(Chart({16}, 8, 2, 2, false), (std::vector<std::string>{" #", " #"})) << "above full is full";
}

}  // namespace
}  // namespace tcpgauge
