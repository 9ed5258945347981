// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_METRICS_OUTPUT_H_
#define TCPGAUGE_EXPORTER_METRICS_METRICS_OUTPUT_H_

#include <prometheus/gauge.h>

#include <cstdint>
#include <memory>

#include "exporter/metrics/agent_metrics.h"
#include "exporter/metrics/exposition.h"
#include "exporter/metrics/make_exposition.h"
#include "exporter/metrics/process_metrics.h"

namespace tcpgauge {

// One output of the metrics: the page, the push, or the text that is printed at the end.
//
// It makes expositions of the snapshot, the agent's metrics, the process's metrics and one metric of its own: how long
// its previous exposition took. Each output has its own duration, because a push takes several times as long as a page.
//
// Thread: any.
class MetricsOutput {
 public:
  // `agent` must outlive the output.
  MetricsOutput(const ExpositionLimits& limits, const AgentMetrics* agent);

  Exposition Expose(std::shared_ptr<const Snapshot> snapshot) const;

  // Sets tcpgauge_scrape_duration_seconds of the expositions that follow; it is 0 before the first call.
  void SetDuration(int64_t nanoseconds);

 private:
  const ExpositionLimits limits_;
  const AgentMetrics& agent_;
  const ProcessMetrics process_;
  AgentMetrics own_;
  prometheus::Gauge& duration_seconds_;  // in own_
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_METRICS_OUTPUT_H_
