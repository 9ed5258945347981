// SPDX-License-Identifier: Apache-2.0
#include "exporter/otlp/push_metrics.h"

namespace tcpgauge {

PushMetrics MakePushMetrics(AgentMetrics* metrics) {
  PushMetrics push = {metrics->Counter(Metric::kOtlpPushes),
                      {},
                      metrics->Counter(Metric::kOtlpDataPointsSent),
                      metrics->Counter(Metric::kOtlpDataPointsRejected),
                      metrics->Counter(Metric::kOtlpDataPointsDropped),
                      metrics->Gauge(Metric::kOtlpQueueRequests),
                      metrics->Gauge(Metric::kOtlpQueueBytes)};
  for (size_t i = 0; i < kPushFailureCount; ++i) {
    push.failures[i] = &metrics->Counter(Metric::kOtlpPushFailures, {kPushFailureNames[i]});
  }
  return push;
}

}  // namespace tcpgauge
