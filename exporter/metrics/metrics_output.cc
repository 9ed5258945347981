// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/metrics_output.h"

#include <utility>

#include "src/base/time_units.h"

namespace tcpgauge {

MetricsOutput::MetricsOutput(const ExpositionLimits& limits, const AgentMetrics* agent)
    : limits_(limits), agent_(*agent), duration_seconds_(own_.Gauge(Metric::kScrapeDuration)) {}

Exposition MetricsOutput::Expose(std::shared_ptr<const Snapshot> snapshot) const {
  return MakeExposition(std::move(snapshot), limits_, {&agent_, &own_, &log_, &process_});
}

void MetricsOutput::SetDuration(int64_t nanoseconds) { duration_seconds_.Set(ToSeconds(nanoseconds)); }

}  // namespace tcpgauge
