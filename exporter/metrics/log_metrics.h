// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_LOG_METRICS_H_
#define TCPGAUGE_EXPORTER_METRICS_LOG_METRICS_H_

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <vector>

namespace tcpgauge {

// Collects what the log of the process counts: the lines that were lost. The log belongs to the process and not to an
// agent, so its count is read here instead of being kept in AgentMetrics.
//
// Thread: any.
class LogMetrics final : public prometheus::Collectable {
 public:
  std::vector<prometheus::MetricFamily> Collect() const override;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_LOG_METRICS_H_
