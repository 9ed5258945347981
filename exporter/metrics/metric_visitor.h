// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_METRIC_VISITOR_H_
#define TCPGAUGE_EXPORTER_METRICS_METRIC_VISITOR_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "exporter/metrics/metric_catalog.h"

namespace tcpgauge {

// The value of a sample: a count or a number. A count keeps all its 64 bits, for the formats that can carry them.
class MetricValue {
 public:
  constexpr MetricValue(uint64_t count) : is_count_(true), count_(count) {}  // NOLINT: implicit on purpose
  constexpr MetricValue(double number) : number_(number) {}                  // NOLINT: implicit on purpose

  constexpr bool is_count() const { return is_count_; }
  constexpr uint64_t count() const { return count_; }
  constexpr double ToDouble() const { return is_count_ ? static_cast<double>(count_) : number_; }

 private:
  bool is_count_ = false;
  uint64_t count_ = 0;
  double number_ = 0;
};

// Receives the metrics of an exposition from VisitMetrics(); an implementation writes one format.
//
// Families come in the order of the catalog, each once, and none without samples. After BeginFamily() come the samples
// of that family. Views and spans are valid during the call.
class MetricVisitor {
 public:
  virtual ~MetricVisitor() = default;

  virtual void BeginFamily(const MetricInfo& family) = 0;

  // A sample. `label_values` are in the order of the family's labels.
  virtual void Sample(absl::Span<const std::string_view> label_values, MetricValue value) = 0;

  // A sample of `connections[index]` of the exposition. Its labels are those of the connection. If the family has one
  // more label, `state` is its value; otherwise `state` is empty.
  virtual void ConnectionSample(size_t index, std::string_view state, MetricValue value) = 0;

  // A sample of `edges[index]` of the exposition. By default it is an ordinary sample.
  virtual void EdgeSample(size_t, absl::Span<const std::string_view> label_values, MetricValue value) {
    Sample(label_values, value);
  }

  // A summary of `edges[index]` of the exposition: `count` observations whose sum is `sum`.
  virtual void EdgeSummarySample(size_t index, absl::Span<const std::string_view> label_values, uint64_t count,
                                 double sum) = 0;

  // A histogram: `counts[i]` observations are above `bounds[i - 1]` and at most `bounds[i]`. `counts` has one more
  // element than `bounds`: the observations above the last bound.
  virtual void HistogramSample(absl::Span<const double> bounds, absl::Span<const uint64_t> counts, double sum) = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_METRIC_VISITOR_H_
