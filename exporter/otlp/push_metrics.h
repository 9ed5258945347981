// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_OTLP_PUSH_METRICS_H_
#define TCPGAUGE_EXPORTER_OTLP_PUSH_METRICS_H_

#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include <array>

#include "exporter/metrics/agent_metrics.h"
#include "exporter/otlp/push_outcome.h"

namespace tcpgauge {

// Counts the pushes. Each data point is either sent, dropped or still in the queue; the rejected ones are among the
// sent.
struct PushMetrics {
  prometheus::Counter& pushes;                                   // requests that the receiver accepted
  std::array<prometheus::Counter*, kPushFailureCount> failures;  // failed attempts, by PushFailure
  prometheus::Counter& data_points_sent;                         // in accepted requests
  prometheus::Counter& data_points_rejected;                     // in accepted requests, rejected by the receiver
  prometheus::Counter& data_points_dropped;                      // in requests that were never accepted
  prometheus::Gauge& queue_requests;
  prometheus::Gauge& queue_bytes;
};

// `metrics` owns the counters and gauges, and must outlive the result.
PushMetrics MakePushMetrics(AgentMetrics* metrics);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_PUSH_METRICS_H_
