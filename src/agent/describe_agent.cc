// SPDX-License-Identifier: Apache-2.0
#include "src/agent/describe_agent.h"

#include "src/base/build_commit.h"
#include "src/base/version.h"

namespace tcpgauge {

void DescribeAgent(const Options& options, AgentMetrics* metrics) {
  metrics->Gauge(Metric::kBuildInfo, {kVersion, BuildCommit()}).Set(1);
  metrics->Gauge(Metric::kSeriesLimit).Set(static_cast<double>(options.series_limit));
  metrics->Gauge(Metric::kRateWindow).Set(options.rate_window_seconds);
}

}  // namespace tcpgauge
