// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_PROCESS_METRICS_H_
#define TCPGAUGE_EXPORTER_METRICS_PROCESS_METRICS_H_

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <string>
#include <utility>
#include <vector>

namespace tcpgauge {

// Collects the kernel's figures of this process: the metrics process_*, with the names and help texts that Prometheus's
// client libraries use.
//
// Errors: A metric is left out if its file cannot be read, or if the file gives no number (for example, the limit
// "unlimited").
// Thread: any.
class ProcessMetrics final : public prometheus::Collectable {
 public:
  // `proc` is the folder at which the proc file system is mounted.
  explicit ProcessMetrics(std::string proc = "/proc") : proc_(std::move(proc)) {}

  // Reads `<proc>/self/stat`, `<proc>/self/fd`, `<proc>/self/limits` and `<proc>/stat` (proc(5)) in each call.
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const std::string proc_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_PROCESS_METRICS_H_
