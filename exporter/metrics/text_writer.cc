// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/text_writer.h"

#include <cstddef>
#include <limits>
#include <vector>

#include "absl/types/span.h"
#include "exporter/metrics/metric_catalog.h"
#include "exporter/metrics/metric_visitor.h"
#include "exporter/metrics/series_plan.h"
#include "exporter/metrics/text_number.h"
#include "exporter/metrics/visit_metrics.h"

namespace tcpgauge {
namespace {

// Estimates of the bytes to reserve. A sample takes these beside its labels, for a name and a number.
constexpr size_t kTypicalSampleBytes = 80;
constexpr size_t kTypicalHeadBytes = 16 << 10;

void AppendEscaped(std::string_view value, std::string* text) {
  size_t special = value.find_first_of("\\\"\n");
  while (special != std::string_view::npos) {
    text->append(value.substr(0, special));
    text->append(value[special] == '\n' ? "\\n" : value[special] == '"' ? "\\\"" : "\\\\");
    value.remove_prefix(special + 1);
    special = value.find_first_of("\\\"\n");
  }
  text->append(value);
}

// Appends `name="value"`, after a comma unless the label is the first. An optional label without a value is left out.
void AppendLabel(const MetricLabel& label, std::string_view value, bool is_first, std::string* text) {
  if (value.empty() && label.is_optional) return;
  if (!is_first) text->push_back(',');
  text->append(label.name).append("=\"");
  AppendEscaped(value, text);
  text->push_back('"');
}

// The labels of all connections, edges or workload edges of an exposition, each rendered once.
class RenderedLabels {
 public:
  // `labels` are those of a metric. Each item of the list has values for the first of them.
  RenderedLabels(absl::Span<const MetricLabel> labels, size_t count) : labels_(labels) { ends_.reserve(count); }

  void Add(absl::Span<const std::string_view> values) {
    const size_t begin = text_.size();
    for (size_t i = 0; i < values.size(); ++i) AppendLabel(labels_[i], values[i], text_.size() == begin, &text_);
    ends_.push_back(text_.size());
  }

  // An estimate of the bytes that one sample of each item takes.
  size_t size_bytes_with_values() const { return text_.size() + ends_.size() * kTypicalSampleBytes; }

  std::string_view Of(size_t index) const {
    const size_t begin = index == 0 ? 0 : ends_[index - 1];
    return std::string_view(text_).substr(begin, ends_[index] - begin);
  }

 private:
  const absl::Span<const MetricLabel> labels_;
  std::string text_;
  std::vector<size_t> ends_;
};

RenderedLabels RenderConnections(const Exposition& exposition) {
  RenderedLabels rendered(InfoOf(Metric::kConnectionState).labels, exposition.connections.size());
  for (const ExportedConnection& exported : exposition.connections) {
    const Endpoint& client = exported.connection->client;
    const Endpoint& server = exported.connection->server;
    rendered.Add({client.address.ToString(), std::to_string(client.port), server.address.ToString(),
                  std::to_string(server.port), exposition.interfaces[exported.interface].name});
  }
  return rendered;
}

template <typename Edge>
RenderedLabels RenderEdges(Metric metric, const std::vector<Edge>& edges) {
  RenderedLabels rendered(InfoOf(metric).labels, edges.size());
  for (const Edge& edge : edges) rendered.Add(edge.label_values());
  return rendered;
}

class TextVisitor final : public MetricVisitor {
 public:
  TextVisitor(const Exposition& exposition, TextFormat format)
      : format_(format),
        connection_labels_(RenderConnections(exposition)),
        edge_labels_(RenderEdges(Metric::kEdgeClientPayloadBytes, exposition.edges)),
        workload_edge_labels_(RenderEdges(Metric::kWorkloadEdgeClientPayloadBytes, exposition.workload_edges)) {
    text_.reserve(kTypicalHeadBytes + connection_labels_.size_bytes_with_values() * kSamplesPerConnection +
                  edge_labels_.size_bytes_with_values() * SamplesPerEdge(exposition.edge_detail) +
                  workload_edge_labels_.size_bytes_with_values() * SamplesPerWorkloadEdge(exposition.edge_detail));
  }

  std::string Take() {
    if (format_ == TextFormat::kOpenMetrics) text_.append("# EOF\n");
    return std::move(text_);
  }

  void BeginFamily(const MetricInfo& family) override {
    info_ = &family;
    if (IsLeftOut()) return;
    std::string_view name = family.name;
    if (format_ == TextFormat::kOpenMetrics && family.type == MetricType::kCounter) {
      name.remove_suffix(std::string_view("_total").size());  // OpenMetrics: it ends the sample's name only
    }
    Describe("# HELP ", name, family.help);
    Describe("# TYPE ", name, MetricTypeName(family.type));
    if (format_ == TextFormat::kOpenMetrics && !family.unit.empty()) Describe("# UNIT ", name, family.unit);
  }

  void Sample(absl::Span<const std::string_view> label_values, MetricValue value) override {
    BeginSample("", label_values);
    EndSample(value);
  }

  void DistributionSample(absl::Span<const std::string_view> label_values, const Distribution& distribution) override {
    if (IsLeftOut()) return;
    BeginSample("_count", label_values);
    EndSample(distribution.count);
    BeginSample("_sum", label_values);
    EndSample(distribution.sum);
  }

  void EdgeSample(size_t index, absl::Span<const std::string_view> more_label_values, MetricValue value) override {
    RenderedSample("", edge_labels_.Of(index), more_label_values, value);
  }

  void EdgeDistributionSample(size_t index, const Distribution& distribution) override {
    RenderedDistribution(edge_labels_.Of(index), distribution);
  }

  void WorkloadEdgeSample(size_t index, absl::Span<const std::string_view> more_label_values,
                          MetricValue value) override {
    RenderedSample("", workload_edge_labels_.Of(index), more_label_values, value);
  }

  void WorkloadEdgeDistributionSample(size_t index, const Distribution& distribution) override {
    RenderedDistribution(workload_edge_labels_.Of(index), distribution);
  }

  void ConnectionSample(size_t index, std::string_view state, MetricValue value) override {
    text_.append(info_->name).push_back('{');
    text_.append(connection_labels_.Of(index));
    if (!state.empty()) AppendLabel(info_->labels.back(), state, false, &text_);
    text_.push_back('}');
    EndSample(value);
  }

  void HistogramSample(absl::Span<const double> bounds, absl::Span<const uint64_t> counts, double sum) override {
    uint64_t total = 0;
    for (const uint64_t count : counts) total += count;
    text_.append(info_->name).append("_count");
    EndSample(total);
    text_.append(info_->name).append("_sum");
    EndSample(sum);
    uint64_t cumulative = 0;
    for (size_t i = 0; i < counts.size(); ++i) {
      cumulative += counts[i];
      text_.append(info_->name).append("_bucket{le=\"");
      AppendBound(i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity());
      text_.append("\"}");
      EndSample(cumulative);
    }
  }

 private:
  // Whether the text formats lack the family.
  bool IsLeftOut() const { return info_->type == MetricType::kNativeHistogram; }

  void Describe(std::string_view what, std::string_view name, std::string_view text) {
    text_.append(what).append(name).append(" ").append(text).append("\n");
  }

  void BeginSample(std::string_view suffix, absl::Span<const std::string_view> label_values) {
    text_.append(info_->name).append(suffix);
    if (label_values.empty()) return;
    text_.push_back('{');
    const size_t begin = text_.size();
    for (size_t i = 0; i < label_values.size(); ++i) {
      AppendLabel(info_->labels[i], label_values[i], text_.size() == begin, &text_);
    }
    text_.push_back('}');
  }

  // A sample with labels that were rendered before, and the values of the metric's last labels.
  void RenderedSample(std::string_view suffix, std::string_view rendered,
                      absl::Span<const std::string_view> last_values, MetricValue value) {
    text_.append(info_->name).append(suffix).push_back('{');
    text_.append(rendered);
    const absl::Span<const MetricLabel> last = info_->labels.last(last_values.size());
    for (size_t i = 0; i < last_values.size(); ++i) AppendLabel(last[i], last_values[i], false, &text_);
    text_.push_back('}');
    EndSample(value);
  }

  void RenderedDistribution(std::string_view rendered, const Distribution& distribution) {
    if (IsLeftOut()) return;
    RenderedSample("_count", rendered, {}, distribution.count);
    RenderedSample("_sum", rendered, {}, distribution.sum);
  }

  void AppendBound(double bound) {
    if (format_ == TextFormat::kOpenMetrics) {
      AppendOpenMetricsBound(bound, &text_);
    } else {
      AppendNumber(bound, &text_);
    }
  }

  void EndSample(MetricValue value) {
    text_.push_back(' ');
    if (value.is_count()) {
      AppendCount(value.count(), &text_);
    } else {
      AppendNumber(value.ToDouble(), &text_);
    }
    text_.push_back('\n');
  }

  const TextFormat format_;
  const RenderedLabels connection_labels_;
  const RenderedLabels edge_labels_;
  const RenderedLabels workload_edge_labels_;
  const MetricInfo* info_ = nullptr;
  std::string text_;
};

}  // namespace

std::string_view ContentTypeOf(TextFormat format) {
  return format == TextFormat::kOpenMetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                            : "text/plain; version=0.0.4; charset=utf-8";
}

std::string WriteText(const Exposition& exposition, TextFormat format) {
  TextVisitor visitor(exposition, format);
  VisitMetrics(exposition, &visitor);
  return visitor.Take();
}

}  // namespace tcpgauge
