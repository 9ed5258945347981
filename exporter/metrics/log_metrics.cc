// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/log_metrics.h"

#include <string>

#include "exporter/metrics/metric_catalog.h"
#include "src/base/log.h"

namespace tcpgauge {

std::vector<prometheus::MetricFamily> LogMetrics::Collect() const {
  const MetricInfo& info = InfoOf(Metric::kLogLinesLost);
  prometheus::MetricFamily family;
  family.name = std::string(info.name);
  family.help = std::string(info.help);
  family.type = prometheus::MetricType::Counter;
  family.metric.emplace_back().counter.value = static_cast<double>(LostLogLines());
  return {family};
}

}  // namespace tcpgauge
