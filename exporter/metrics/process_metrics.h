// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_PROCESS_METRICS_H_
#define TCPGAUGE_EXPORTER_METRICS_PROCESS_METRICS_H_

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <string>
#include <utility>
#include <vector>

namespace tcpgauge {

// The kernel's figures of this process: the process_* metrics, with the names and help that Prometheus's client
// libraries use. Collect() reads `<proc>/self/...` and `<proc>/stat` (proc(5)).
//
// Errors: a metric whose file cannot be read is left out.
// Thread: any.
class ProcessMetrics final : public prometheus::Collectable {
 public:
  explicit ProcessMetrics(std::string proc = "/proc") : proc_(std::move(proc)) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const std::string proc_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_PROCESS_METRICS_H_
