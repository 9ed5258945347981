// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_OTLP_PUSH_METRICS_H_
#define TCPGAUGE_EXPORTER_OTLP_PUSH_METRICS_H_

#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include <array>

#include "exporter/metrics/agent_metrics.h"
#include "exporter/otlp/push_outcome.h"

namespace tcpgauge {

// The agent's metrics of its own pushes. Each data point is in the queue, counted as sent, or counted as dropped. Data
// points that count as rejected count as sent too.
struct PushMetrics {
  prometheus::Counter& pushes;                                   // requests that the receiver accepted
  std::array<prometheus::Counter*, kPushFailureCount> failures;  // failed attempts, by PushFailure; none is null
  prometheus::Counter& data_points_sent;                         // in accepted requests
  prometheus::Counter& data_points_rejected;                     // the rejected part of accepted requests
  prometheus::Counter& data_points_dropped;                      // in requests that PushQueue dropped
  prometheus::Gauge& queue_requests;                             // requests in the queue
  prometheus::Gauge& queue_bytes;                                // bytes of the requests' bodies in the queue
};

// Returns the counters and gauges of the push. `metrics` owns them, and must outlive the result.
PushMetrics MakePushMetrics(AgentMetrics* metrics);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_PUSH_METRICS_H_
