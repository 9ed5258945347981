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

TEST(NearestVariable, ForgivesTypingMistakes) {
  EXPECT_EQ(NearestVariable("TCPGAUGE_METRIC_EDGES"), "TCPGAUGE_METRICS_EDGES");
  EXPECT_EQ(NearestVariable("TCPGAUGE_WEBCONFIG_FILE"), "TCPGAUGE_WEB_CONFIG_FILE");
  EXPECT_EQ(NearestVariable("TCPGAUGE_LISTEN_ADDRESS"), "TCPGAUGE_WEB_LISTEN_ADDRESS");
  EXPECT_EQ(NearestVariable("TCPGAUGE_metrics.edges"), "TCPGAUGE_METRICS_EDGES");
}

TEST(NearestVariable, KnowsOnlyOptionsThatHaveAVariable) {
  EXPECT_EQ(NearestVariable("TCPGAUGE_HELP"), "");
  EXPECT_EQ(NearestVariable("TCPGAUGE_VERSION"), "");
  EXPECT_EQ(NearestVariable("TCPGAUGE_"), "");
  EXPECT_EQ(NearestVariable("TCPGAUGE_" + std::string(1000000, 'X')), "");
}

TEST(NearestOption, SaysNothingWhenNoneIsNear) {
  EXPECT_EQ(NearestOption("frobnicate-it"), "");
  EXPECT_EQ(NearestOption(std::string(1000000, 'x')), "");
}

}  // namespace
}  // namespace tcpgauge
