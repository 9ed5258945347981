// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_EXPORTER_OTLP_PUSH_COUNTS_H_
#define TCPGAUGE_TESTS_EXPORTER_OTLP_PUSH_COUNTS_H_

#include <cstdint>

#include "exporter/metrics/agent_metrics.h"
#include "exporter/otlp/push_metrics.h"

namespace tcpgauge {

// Owns the metrics that count pushes over OTLP. A test passes metrics() to the object under test, and reads the counts
// here. This object must outlive the object under test.
//
// Thread: any.
class PushCounts {
 public:
  const PushMetrics& metrics() const { return metrics_; }

  uint64_t pushes() const { return Read(metrics_.pushes); }
  // The attempts that failed for the reason `why`.
  uint64_t failures(PushFailure why) const { return Read(*metrics_.failures[static_cast<size_t>(why)]); }
  uint64_t data_points_sent() const { return Read(metrics_.data_points_sent); }
  uint64_t data_points_rejected() const { return Read(metrics_.data_points_rejected); }
  uint64_t data_points_dropped() const { return Read(metrics_.data_points_dropped); }
  uint64_t queued_requests() const { return Read(metrics_.queue_requests); }
  uint64_t queued_bytes() const { return Read(metrics_.queue_bytes); }

 private:
  template <typename T>
  static uint64_t Read(const T& metric) {
    return static_cast<uint64_t>(metric.Value());
  }

  AgentMetrics agent_;
  const PushMetrics metrics_ = MakePushMetrics(&agent_);
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_EXPORTER_OTLP_PUSH_COUNTS_H_
