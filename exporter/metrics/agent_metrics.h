// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_AGENT_METRICS_H_
#define TCPGAUGE_EXPORTER_METRICS_AGENT_METRICS_H_

#include <prometheus/collectable.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/metric_family.h>
#include <prometheus/registry.h>

#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "exporter/metrics/metric_catalog.h"

namespace tcpgauge {

// The agent's metrics of itself, as objects of prometheus-cpp. Names, labels and help come from the catalog.
//
// Each function returns the metric that has these label values. The first call creates it, with the value zero, and
// from then on it is exported. Later calls return the same object, so code that counts keeps the reference.
// `label_values` are UTF-8, in the order of the catalog's labels. REQUIRES: the catalog gives the metric this type and
// as many labels.
//
// prometheus-cpp stores a double: a counter is exact up to 2^53.
//
// Owner: AgentMetrics owns the metrics that it returns.
// Thread: any. Counters and gauges take no lock; a histogram does.
class AgentMetrics final : public prometheus::Collectable {
 public:
  prometheus::Counter& Counter(Metric metric, absl::Span<const std::string_view> label_values = {});
  prometheus::Gauge& Gauge(Metric metric, absl::Span<const std::string_view> label_values = {});

  // REQUIRES: `bounds` rise. The bounds of the first call stay. No histogram of the agent has labels.
  prometheus::Histogram& Histogram(Metric metric, absl::Span<const double> bounds);

  // Families and samples come in no particular order; CollectFamilies() sorts them.
  std::vector<prometheus::MetricFamily> Collect() const override { return registry_.Collect(); }

 private:
  prometheus::Registry registry_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_AGENT_METRICS_H_
