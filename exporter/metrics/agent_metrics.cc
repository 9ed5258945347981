// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/agent_metrics.h"

#include <string>

#include "src/base/check.h"

namespace tcpgauge {
namespace {

// The family of `info` in `registry`; `builder` builds families of its type. Creates the family if it is missing.
template <typename Builder>
auto& FamilyOf(const MetricInfo& info, Builder builder, prometheus::Registry* registry) {
  return builder.Name(std::string(info.name)).Help(std::string(info.help)).Register(*registry);
}

prometheus::Labels LabelsOf(const MetricInfo& info, absl::Span<const std::string_view> values) {
  TCPGAUGE_CHECK(values.size() == info.labels.size());
  prometheus::Labels labels;
  for (size_t i = 0; i < values.size(); ++i) labels.emplace(info.labels[i].name, values[i]);
  return labels;
}

}  // namespace

prometheus::Counter& AgentMetrics::Counter(Metric metric, absl::Span<const std::string_view> label_values) {
  const MetricInfo& info = InfoOf(metric);
  TCPGAUGE_CHECK(info.type == MetricType::kCounter);
  return FamilyOf(info, prometheus::BuildCounter(), &registry_).Add(LabelsOf(info, label_values));
}

prometheus::Gauge& AgentMetrics::Gauge(Metric metric, absl::Span<const std::string_view> label_values) {
  const MetricInfo& info = InfoOf(metric);
  TCPGAUGE_CHECK(info.type == MetricType::kGauge);
  return FamilyOf(info, prometheus::BuildGauge(), &registry_).Add(LabelsOf(info, label_values));
}

prometheus::Histogram& AgentMetrics::Histogram(Metric metric, absl::Span<const double> bounds) {
  const MetricInfo& info = InfoOf(metric);
  TCPGAUGE_CHECK(info.type == MetricType::kHistogram);
  return FamilyOf(info, prometheus::BuildHistogram(), &registry_)
      .Add(LabelsOf(info, {}), prometheus::Histogram::BucketBoundaries(bounds.begin(), bounds.end()));
}

}  // namespace tcpgauge
