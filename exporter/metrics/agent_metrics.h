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

// The metrics that the agent keeps about itself, as objects of prometheus-cpp. Their names, labels and help texts come
// from the catalog.
//
// Counter(), Gauge() and Histogram() return the metric with the given label values. The first call creates the metric
// with the value zero, and from then on Collect() includes it. Later calls take a lock to find the metric, so code
// that counts keeps the reference.
//
// `label_values` are UTF-8, in the order of the catalog's labels. REQUIRES: the catalog gives `metric` the type that
// the function returns, and as many labels as there are values.
//
// Precision: prometheus-cpp stores a double, so a counter is exact up to 2^53.
// Owner: AgentMetrics owns the metrics. A reference to one is valid while the AgentMetrics exists.
// Thread: any. To change a counter or a gauge takes no lock; to observe a value in a histogram does.
class AgentMetrics final : public prometheus::Collectable {
 public:
  prometheus::Counter& Counter(Metric metric, absl::Span<const std::string_view> label_values = {});
  prometheus::Gauge& Gauge(Metric metric, absl::Span<const std::string_view> label_values = {});

  // `bounds` are the upper bounds of the buckets, in the metric's unit, without the infinite one. REQUIRES: `bounds`
  // ascend strictly; the metric has no labels. Later calls ignore `bounds`.
  prometheus::Histogram& Histogram(Metric metric, absl::Span<const double> bounds);

  // Returns the families, and the samples of each, in no particular order. CollectFamilies() sorts them.
  std::vector<prometheus::MetricFamily> Collect() const override { return registry_.Collect(); }

 private:
  prometheus::Registry registry_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_AGENT_METRICS_H_
