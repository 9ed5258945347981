// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/web_config_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/support/hand_moved_clock.h"

namespace tcpgauge {
namespace {

using testing::Pair;
using testing::UnorderedElementsAre;

std::map<std::string, double> Values(const AgentMetrics& metrics) {
  std::map<std::string, double> values;
  for (const prometheus::MetricFamily& family : metrics.Collect()) {
    for (const prometheus::ClientMetric& sample : family.metric) values[family.name] = sample.gauge.value;
  }
  return values;
}

TEST(WebConfigMetrics, KeepTheTimeOfTheLastSuccess) {
  constexpr char kSuccessful[] = "tcpgauge_web_config_last_reload_successful";
  constexpr char kTime[] = "tcpgauge_web_config_last_reload_success_timestamp_seconds";
  AgentMetrics metrics;
  HandMovedClock clock;
  WebConfigMetrics observer(&metrics, clock);
  observer.OnRead(true);
  EXPECT_THAT(Values(metrics), UnorderedElementsAre(Pair(kSuccessful, 1), Pair(kTime, 1700000000)));
  clock.Move(5 * kNanosecondsPerSecond / 2);
  observer.OnRead(false);
  EXPECT_THAT(Values(metrics), UnorderedElementsAre(Pair(kSuccessful, 0), Pair(kTime, 1700000000)));
  observer.OnRead(true);
  EXPECT_THAT(Values(metrics), UnorderedElementsAre(Pair(kSuccessful, 1), Pair(kTime, 1700000002.5)));
}

}  // namespace
}  // namespace tcpgauge
