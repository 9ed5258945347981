// SPDX-License-Identifier: Apache-2.0
#include "tests/exporter/metrics/prometheus_cpp_text.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

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
  }
  return prometheus::MetricType::Untyped;
}

class FamilyBuilder final : public MetricVisitor {
 public:
  explicit FamilyBuilder(const Exposition& exposition) : exposition_(exposition) {}

  std::vector<prometheus::MetricFamily> Take() { return std::move(families_); }

  void BeginFamily(const MetricInfo& family) override {
    info_ = &family;
    prometheus::MetricFamily& begun = families_.emplace_back();
    begun.name = std::string(family.name);
    begun.help = std::string(family.help);
    begun.type = TypeOf(family.type);
  }

  void Sample(absl::Span<const std::string_view> label_values, MetricValue value) override {
    prometheus::ClientMetric& metric = Add(value);
    for (size_t i = 0; i < label_values.size(); ++i) AddLabel(&metric, std::string(label_values[i]));
  }

  void ConnectionSample(size_t index, std::string_view state, MetricValue value) override {
    const ExportedConnection& exported = exposition_.connections[index];
    prometheus::ClientMetric& metric = Add(value);
    AddLabel(&metric, exported.connection->client.address.ToString());
    AddLabel(&metric, std::to_string(exported.connection->client.port));
    AddLabel(&metric, exported.connection->server.address.ToString());
    AddLabel(&metric, std::to_string(exported.connection->server.port));
    AddLabel(&metric, exposition_.interfaces[exported.interface].name);
    if (!state.empty()) AddLabel(&metric, std::string(state));
  }

  void EdgeSummarySample(size_t, absl::Span<const std::string_view> label_values, uint64_t count, double sum) override {
    prometheus::ClientMetric& metric = families_.back().metric.emplace_back();
    metric.summary.sample_count = count;
    metric.summary.sample_sum = sum;
    for (const std::string_view value : label_values) AddLabel(&metric, std::string(value));
  }

  void HistogramSample(absl::Span<const double> bounds, absl::Span<const uint64_t> counts, double sum) override {
    prometheus::ClientMetric::Histogram& histogram = families_.back().metric.emplace_back().histogram;
    histogram.sample_sum = sum;
    for (size_t i = 0; i < counts.size(); ++i) {
      histogram.sample_count += counts[i];
      const double bound = i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity();
      histogram.bucket.push_back({histogram.sample_count, bound});
    }
  }

 private:
  prometheus::ClientMetric& Add(MetricValue value) {
    prometheus::ClientMetric& metric = families_.back().metric.emplace_back();
    (info_->type == MetricType::kCounter ? metric.counter.value : metric.gauge.value) = value.ToDouble();
    return metric;
  }

  void AddLabel(prometheus::ClientMetric* metric, std::string value) const {
    metric->label.push_back({std::string(info_->labels[metric->label.size()].name), std::move(value)});
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
