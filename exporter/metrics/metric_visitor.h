// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_METRIC_VISITOR_H_
#define TCPGAUGE_EXPORTER_METRICS_METRIC_VISITOR_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "exporter/metrics/metric_catalog.h"

namespace tcpgauge {

// A sample's value. Counts keep all their 64 bits for the formats that can carry them.
class MetricValue {
 public:
  constexpr MetricValue(uint64_t count) : is_count_(true), count_(count) {}  // NOLINT: a value is what it is made of
  constexpr MetricValue(double number) : number_(number) {}                  // NOLINT

  constexpr bool is_count() const { return is_count_; }
  constexpr uint64_t count() const { return count_; }
  constexpr double ToDouble() const { return is_count_ ? static_cast<double>(count_) : number_; }

 private:
  bool is_count_ = false;
  uint64_t count_ = 0;
  double number_ = 0;
};

// Writes one format. Families come in the order of the catalog, each once and only with samples; the samples of a
// family come after its BeginFamily().
class MetricVisitor {
 public:
  virtual ~MetricVisitor() = default;

  virtual void BeginFamily(const MetricInfo& family) = 0;

  // `label_values` in the order of the family's labels.
  virtual void Sample(absl::Span<const std::string_view> label_values, MetricValue value) = 0;

  // A sample about `connections[index]` of the exposition, whose labels come first; `state` is the value of the label
  // after them, or empty where the family has none.
  virtual void ConnectionSample(size_t index, std::string_view state, MetricValue value) = 0;

  // A sample about `edges[index]` of the exposition. By default one like any other.
  virtual void EdgeSample(size_t, absl::Span<const std::string_view> label_values, MetricValue value) {
    Sample(label_values, value);
  }

  // `count` observations with this sum, about `edges[index]`.
  virtual void EdgeSummarySample(size_t index, absl::Span<const std::string_view> label_values, uint64_t count,
                                 double sum) = 0;

  // `counts[i]` observations are at most `bounds[i]` and above `bounds[i - 1]`; one more count than bounds.
  virtual void HistogramSample(absl::Span<const double> bounds, absl::Span<const uint64_t> counts, double sum) = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_METRIC_VISITOR_H_
