// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/metrics_output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "exporter/metrics/text_writer.h"
#include "tests/exporter/metrics/example_snapshot.h"

namespace tcpgauge {
namespace {

using testing::HasSubstr;

constexpr ExpositionLimits kLimits = {1000, 2};

std::string TextOf(const MetricsOutput& output) {
  return WriteText(output.Expose(std::make_shared<const Snapshot>(ExampleSnapshot())), TextFormat::kPrometheus);
}

TEST(MetricsOutput, ExposesTheSnapshotTheAgentAndTheProcess) {
  AgentMetrics agent;
  const MetricsOutput output(kLimits, &agent);
  agent.Counter(Metric::kConnectionLogLines).Increment(5);
  const std::string text = TextOf(output);
  EXPECT_THAT(text, HasSubstr("\ntcpgauge_client_payload_bytes_total 77777\n"));
  EXPECT_THAT(text, HasSubstr("\ntcpgauge_connection_log_lines_total 5\n"));
  EXPECT_THAT(text, HasSubstr("\nprocess_open_fds "));
}

TEST(MetricsOutput, HoldsNoMoreThanItsLimits) {
  const AgentMetrics agent;
  const Exposition exposition =
      MetricsOutput(kLimits, &agent).Expose(std::make_shared<const Snapshot>(ExampleSnapshot()));
  EXPECT_EQ(exposition.connections.size(), kLimits.connections);
  EXPECT_LE(exposition.series, kLimits.series);
}

TEST(MetricsOutput, EachOutputHasTheDurationOfItsOwnPreviousExposition) {
  const AgentMetrics agent;
  MetricsOutput page(kLimits, &agent);
  const MetricsOutput push(kLimits, &agent);
  EXPECT_THAT(TextOf(page), HasSubstr("\ntcpgauge_scrape_duration_seconds 0\n"));
  page.SetDuration(250000000);
  EXPECT_THAT(TextOf(page), HasSubstr("\ntcpgauge_scrape_duration_seconds 0.25\n"));
  EXPECT_THAT(TextOf(push), HasSubstr("\ntcpgauge_scrape_duration_seconds 0\n"));
}

}  // namespace
}  // namespace tcpgauge
