// SPDX-License-Identifier: Apache-2.0
#include "tests/exporter/metrics/prometheus_cpp_text.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "exporter/metrics/edge_buckets.h"
#include "exporter/metrics/visit_metrics.h"

namespace tcpgauge {
namespace {

prometheus::MetricType TypeOf(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return prometheus::MetricType::Counter;
    case MetricType::kGauge:
      return prometheus::MetricType::Gauge;
    case MetricType::kHistogram:
      return prometheus::MetricType::Histogram;
    case MetricType::kSummary:
      return prometheus::MetricType::Summary;
    case MetricType::kNativeHistogram:
      break;
  }
  return prometheus::MetricType::Untyped;
}

class FamilyBuilder final : public MetricVisitor {
 public:
  explicit FamilyBuilder(const Exposition& exposition) : exposition_(exposition) {}

  std::vector<prometheus::MetricFamily> Take() { return std::move(families_); }

  void BeginFamily(const MetricInfo& family) override {
    info_ = &family;
    if (IsLeftOut()) return;
    prometheus::MetricFamily& begun = families_.emplace_back();
    begun.name = std::string(family.name);
    begun.help = std::string(family.help);
    begun.type = TypeOf(family.type);
  }

  void Sample(absl::Span<const std::string_view> label_values, MetricValue value) override {
    AddLabels(label_values, 0, &Add(value));
  }

  void DistributionSample(absl::Span<const std::string_view> label_values, const Distribution& distribution) override {
    AddSummary(label_values, distribution);
  }

  void EdgeSample(size_t index, absl::Span<const std::string_view> more_label_values, MetricValue value) override {
    AddNumberOf(exposition_.edges[index], more_label_values, value);
  }

  void EdgeDistributionSample(size_t index, const Distribution& distribution) override {
    AddSummary(exposition_.edges[index].label_values(), distribution);
  }

  void WorkloadEdgeSample(size_t index, absl::Span<const std::string_view> more_label_values,
                          MetricValue value) override {
    AddNumberOf(exposition_.workload_edges[index], more_label_values, value);
  }

  void WorkloadEdgeDistributionSample(size_t index, const Distribution& distribution) override {
    AddSummary(exposition_.workload_edges[index].label_values(), distribution);
  }

  void ConnectionSample(size_t index, std::string_view state, MetricValue value) override {
    const ExportedConnection& exported = exposition_.connections[index];
    std::vector<std::string> values = {
        exported.connection->client.address.ToString(), std::to_string(exported.connection->client.port),
        exported.connection->server.address.ToString(), std::to_string(exported.connection->server.port),
        exposition_.interfaces[exported.interface].name};
    if (!state.empty()) values.emplace_back(state);
    AddLabels(std::vector<std::string_view>(values.begin(), values.end()), 0, &Add(value));
  }

  void HistogramSample(absl::Span<const double> bounds, absl::Span<const uint64_t> counts, double sum) override {
    AddHistogram(bounds, counts, sum);
  }

 private:
  // Whether prometheus-cpp lacks the type of the family.
  bool IsLeftOut() const { return info_->type == MetricType::kNativeHistogram; }

  prometheus::ClientMetric& Add(MetricValue value) {
    prometheus::ClientMetric& metric = families_.back().metric.emplace_back();
    (info_->type == MetricType::kCounter ? metric.counter.value : metric.gauge.value) = value.ToDouble();
    return metric;
  }

  void AddSummary(absl::Span<const std::string_view> label_values, const Distribution& distribution) {
    if (IsLeftOut()) return;
    if (info_->type == MetricType::kHistogram) {
      AddLabels(label_values, 0, &AddHistogram(kEdgeBounds, EdgeBucketCounts(distribution.buckets), distribution.sum));
      return;
    }
    prometheus::ClientMetric& metric = families_.back().metric.emplace_back();
    metric.summary.sample_count = distribution.count;
    metric.summary.sample_sum = distribution.sum;
    AddLabels(label_values, 0, &metric);
  }

  prometheus::ClientMetric& AddHistogram(absl::Span<const double> bounds, absl::Span<const uint64_t> counts,
                                         double sum) {
    prometheus::ClientMetric& metric = families_.back().metric.emplace_back();
    metric.histogram.sample_sum = sum;
    for (size_t i = 0; i < counts.size(); ++i) {
      metric.histogram.sample_count += counts[i];
      const double bound = i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity();
      metric.histogram.bucket.push_back({metric.histogram.sample_count, bound});
    }
    return metric;
  }

  template <typename Edge>
  void AddNumberOf(const Edge& edge, absl::Span<const std::string_view> more_label_values, MetricValue value) {
    prometheus::ClientMetric& metric = Add(value);
    const auto first = edge.label_values();
    AddLabels(first, 0, &metric);
    AddLabels(more_label_values, first.size(), &metric);
  }

  // Adds the labels of the family from number `begin` on.
  void AddLabels(absl::Span<const std::string_view> values, size_t begin, prometheus::ClientMetric* metric) const {
    for (size_t i = 0; i < values.size(); ++i) {
      const MetricLabel& label = info_->labels[begin + i];
      if (!values[i].empty() || !label.is_optional) {
        metric->label.push_back({std::string(label.name), std::string(values[i])});
      }
    }
  }

  const Exposition& exposition_;
  const MetricInfo* info_ = nullptr;
  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace

std::string PrometheusCppText(const Exposition& exposition) {
  FamilyBuilder builder(exposition);
  VisitMetrics(exposition, &builder);
  return prometheus::TextSerializer().Serialize(builder.Take());
}

}  // namespace tcpgauge
