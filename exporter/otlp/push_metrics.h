// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_OTLP_PUSH_METRICS_H_
#define TCPGAUGE_EXPORTER_OTLP_PUSH_METRICS_H_

#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include <array>

#include "exporter/metrics/agent_metrics.h"
#include "exporter/otlp/push_outcome.h"

namespace tcpgauge {

// What becomes of the metrics that are pushed. Each point that is made is sent, dropped, or in the queue.
struct PushMetrics {
  prometheus::Counter& pushes;                                   // requests that the receiver took
  std::array<prometheus::Counter*, kPushFailureCount> failures;  // by PushFailure
  prometheus::Counter& data_points_sent;                         // in the requests that it took
  prometheus::Counter& data_points_rejected;                     // of those, what it said that it left out
  prometheus::Counter& data_points_dropped;                      // of requests that it never took
  prometheus::Gauge& queue_requests;
  prometheus::Gauge& queue_bytes;
};

// `metrics` owns what they refer to.
PushMetrics MakePushMetrics(AgentMetrics* metrics);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_OTLP_PUSH_METRICS_H_
