// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_METRICS_OUTPUT_H_
#define TCPGAUGE_EXPORTER_METRICS_METRICS_OUTPUT_H_

#include <prometheus/gauge.h>

#include <cstdint>
#include <memory>

#include "exporter/metrics/agent_metrics.h"
#include "exporter/metrics/exposition.h"
#include "exporter/metrics/log_metrics.h"
#include "exporter/metrics/make_exposition.h"
#include "exporter/metrics/process_metrics.h"

namespace tcpgauge {

// Makes the expositions of one output: of the metrics page, of the push over OTLP, or of the text that the agent prints
// when it ends.
//
// An exposition has the metrics of the snapshot, of the agent and of the process. It also has one metric of the output,
// tcpgauge_scrape_duration_seconds: how long the output's previous exposition took. Each output measures this for
// itself, because a push takes several times as long as a page.
//
// Thread: any.
class MetricsOutput {
 public:
  // `agent` must outlive this object.
  MetricsOutput(const ExpositionLimits& limits, const AgentMetrics* agent);

  // Makes an exposition of `snapshot`, which must not be null.
  Exposition Expose(std::shared_ptr<const Snapshot> snapshot) const;

  // Sets tcpgauge_scrape_duration_seconds for the expositions that follow. Before the first call it is 0.
  void SetDuration(int64_t nanoseconds);

 private:
  const ExpositionLimits limits_;
  const AgentMetrics& agent_;
  const LogMetrics log_;
  const ProcessMetrics process_;
  AgentMetrics own_;
  prometheus::Gauge& duration_seconds_;  // in own_
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_METRICS_OUTPUT_H_
