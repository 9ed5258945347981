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

// What the agent counts of itself, in the types of prometheus-cpp. Names, labels and help come from the catalog. A
// metric is exported once somebody has asked for it here; whoever counts keeps the reference.
//
// Each function returns the metric with these label values, which are UTF-8 and in the order of the catalog's labels.
// The first call makes it, at zero; later calls return the same. REQUIRES: the catalog says that the metric is of this
// type and has as many labels.
//
// prometheus-cpp keeps a value as a double: a counter that counts one by one is exact up to 2^53.
//
// Owner: AgentMetrics owns what it returns. Thread: any; counting takes no lock, except in a histogram.
class AgentMetrics final : public prometheus::Collectable {
 public:
  prometheus::Counter& Counter(Metric metric, absl::Span<const std::string_view> label_values = {});
  prometheus::Gauge& Gauge(Metric metric, absl::Span<const std::string_view> label_values = {});

  // `bounds` rise; those of the first call hold. No histogram of the agent has labels.
  prometheus::Histogram& Histogram(Metric metric, absl::Span<const double> bounds);

  // Families and samples are in no order; CollectFamilies() sorts them.
  std::vector<prometheus::MetricFamily> Collect() const override { return registry_.Collect(); }

 private:
  prometheus::Registry registry_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_AGENT_METRICS_H_
