// SPDX-License-Identifier: Apache-2.0
#include "src/options/nearest_option.h"

#include <gtest/gtest.h>

#include <string>

namespace tcpgauge {
namespace {

TEST(NearestOption, ForgivesTypingMistakes) {
  EXPECT_EQ(NearestOption("interfce"), "interface");
  EXPECT_EQ(NearestOption("max-conections"), "max-connections");
  EXPECT_EQ(NearestOption("idle_timeout"), "idle-timeout");
}

TEST(NearestOption, KnowsPartsOfNames) {
  EXPECT_EQ(NearestOption("telemetry-path"), "web.telemetry-path");
  EXPECT_EQ(NearestOption("inter"), "interface");
}

TEST(NearestOption, SaysNothingWhenNoneIsNear) {
  EXPECT_EQ(NearestOption("frobnicate-it"), "");
  EXPECT_EQ(NearestOption(std::string(1000000, 'x')), "");
}

}  // namespace
}  // namespace tcpgauge
