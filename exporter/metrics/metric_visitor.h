// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_METRIC_VISITOR_H_
#define TCPGAUGE_EXPORTER_METRICS_METRIC_VISITOR_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "exporter/metrics/metric_catalog.h"
#include "src/base/exponential_buckets.h"

namespace tcpgauge {

// The value of a sample: either a count or a double. A count is exact until a format rounds it.
class MetricValue {
 public:
  // Both constructors are implicit, so that callers pass plain numbers to MetricVisitor::Sample().
  // NOLINTNEXTLINE(google-explicit-constructor): see above
  constexpr MetricValue(uint64_t count) : is_count_(true), count_(count) {}
  // NOLINTNEXTLINE(google-explicit-constructor): see above
  constexpr MetricValue(double number) : number_(number) {}

  constexpr bool is_count() const { return is_count_; }
  constexpr uint64_t count() const { return count_; }  // 0 if the value is a double
  // Rounds a count above 2^53.
  constexpr double ToDouble() const { return is_count_ ? static_cast<double>(count_) : number_; }

 private:
  bool is_count_ = false;
  uint64_t count_ = 0;
  double number_ = 0;
};

// The values that one sample of a summary or histogram of edges sums up.
//
// Lifetime: refers to the buckets that it was made of.
struct Distribution {
  uint64_t count = 0;
  double sum = 0;                     // of all values, in the family's unit
  const ExponentialBuckets& buckets;  // of the same values
};

// Receives the metrics of an exposition from VisitMetrics(). Each implementation writes one format.
//
// A family is all samples of one metric. Here a summary or a histogram with its labels is one sample. (The series limit
// counts it as several, see CountSamples().) VisitMetrics() goes through the families in the order of the catalog. For
// each family it calls BeginFamily(), and then one of the other functions for each sample. It skips families without
// samples.
//
// Lifetime: the views and spans are valid during the call. BeginFamily() gets what InfoOf() or
// HistogramInfoOf() returns, which stays valid.
class MetricVisitor {
 public:
  virtual ~MetricVisitor() = default;

  virtual void BeginFamily(const MetricInfo& family) = 0;

  // A sample of a counter or a gauge. `label_values` are in the order of the family's labels. If there are fewer values
  // than labels, the sample has only the first labels. An optional label (see MetricLabel) whose value is empty is not
  // a label of the sample.
  virtual void Sample(absl::Span<const std::string_view> label_values, MetricValue value) = 0;

  // A sample of a summary, of a native histogram, or of a histogram with the buckets of kEdgeBounds; the family's type
  // says which. A format without native histograms ignores their families.
  virtual void DistributionSample(absl::Span<const std::string_view> label_values,
                                  const Distribution& distribution) = 0;

  // A sample of `interfaces[index]` of the exposition. By default, calls Sample().
  virtual void InterfaceSample(size_t, absl::Span<const std::string_view> label_values, MetricValue value) {
    Sample(label_values, value);
  }

  // A sample of `connections[index]` of the exposition. All samples of a connection have the connection's labels, so a
  // writer can render the labels once for all families. The family kConnectionState has one more label, and `state` is
  // the value of that label. In other families `state` is empty.
  virtual void ConnectionSample(size_t index, std::string_view state, MetricValue value) = 0;

  // A sample of `edges[index]` of the exposition. All samples of an edge have its ExportedEdge::label_values(), so a
  // writer can render these labels once for all families. `more_label_values` are the values of the labels that follow.
  virtual void EdgeSample(size_t index, absl::Span<const std::string_view> more_label_values, MetricValue value) = 0;
  virtual void EdgeDistributionSample(size_t index, const Distribution& distribution) = 0;

  // The same for `workload_edges[index]` of the exposition, with its ExportedWorkloadEdge::label_values().
  virtual void WorkloadEdgeSample(size_t index, absl::Span<const std::string_view> more_label_values,
                                  MetricValue value) = 0;
  virtual void WorkloadEdgeDistributionSample(size_t index, const Distribution& distribution) = 0;

  // A histogram without labels. `bounds` ascend. `counts` are not cumulative: counts[i] is the number of observations
  // above bounds[i - 1] and at most bounds[i]. `counts` has one element more than `bounds`: the last element is the
  // number of observations above all bounds. `sum` is the sum of all observations, in the family's unit.
  virtual void HistogramSample(absl::Span<const double> bounds, absl::Span<const uint64_t> counts, double sum) = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_METRIC_VISITOR_H_
