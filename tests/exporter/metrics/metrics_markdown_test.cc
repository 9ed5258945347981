// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/metrics_markdown.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "exporter/metrics/metric_catalog.h"

namespace tcpgauge {
namespace {

TEST(MetricsMarkdown, IsWhatTheFileInTheTreeHolds) {
  std::ifstream file("METRICS.md");
  ASSERT_TRUE(file) << "METRICS.md is missing";
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), MetricsMarkdown()) << "METRICS.md is stale: bazel run //exporter/metrics:write_metrics_md";
}

TEST(MetricsMarkdown, HoldsEveryMetric) {
  const std::string page = MetricsMarkdown();
  for (const MetricInfo& info : MetricCatalog()) {
    EXPECT_NE(page.find("| `" + std::string(info.name) + "` |"), std::string::npos) << info.name;
  }
}

}  // namespace
}  // namespace tcpgauge
