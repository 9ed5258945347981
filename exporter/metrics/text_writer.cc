// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/text_writer.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

#include "absl/types/span.h"
#include "exporter/metrics/edge_buckets.h"
#include "exporter/metrics/metric_catalog.h"
#include "exporter/metrics/metric_visitor.h"
#include "exporter/metrics/rendered_labels.h"
#include "exporter/metrics/series_plan.h"
#include "exporter/metrics/text_number.h"
#include "exporter/metrics/visit_metrics.h"

namespace tcpgauge {
namespace {

// Estimates of the bytes to reserve. A sample takes these beside its labels, for a name and a number.
constexpr size_t kTypicalSampleBytes = 80;
constexpr size_t kTypicalHeadBytes = 16 << 10;

void AppendEscaped(std::string_view value, std::string* text) {
  // std::string_view::find_first_of() would call memchr() for each character.
  const auto needs_escape = [](char c) { return c == '\\' || c == '"' || c == '\n'; };
  auto special = std::find_if(value.begin(), value.end(), needs_escape);
  while (special != value.end()) {
    text->append(value.begin(), special);
    text->append(*special == '\n' ? "\\n" : *special == '"' ? "\\\"" : "\\\\");
    value.remove_prefix(static_cast<size_t>(special - value.begin()) + 1);
    special = std::find_if(value.begin(), value.end(), needs_escape);
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

// An estimate of the bytes that one sample of each item takes.
size_t TypicalBytes(const RenderedLabels& labels) { return labels.size_bytes() + labels.count() * kTypicalSampleBytes; }

class TextVisitor final : public MetricVisitor {
 public:
  TextVisitor(const Exposition& exposition, TextFormat format)
      : format_(format), item_labels_(exposition, AppendLabel) {
    text_.reserve(kTypicalHeadBytes + TypicalBytes(item_labels_.connections) * kSamplesPerConnection +
                  TypicalBytes(item_labels_.edges) * SamplesPerEdge(exposition.edge_detail, exposition.edge_buckets) +
                  TypicalBytes(item_labels_.workload_edges) *
                      SamplesPerWorkloadEdge(exposition.edge_detail, exposition.edge_buckets));
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
    BeginSample(label_values);
    EndSample(value);
  }

  void DistributionSample(absl::Span<const std::string_view> label_values, const Distribution& distribution) override {
    rendered_.clear();
    for (size_t i = 0; i < label_values.size(); ++i) {
      AppendLabel(info_->labels[i], label_values[i], rendered_.empty(), &rendered_);
    }
    RenderedDistribution(rendered_, distribution);
  }

  void EdgeSample(size_t index, absl::Span<const std::string_view> more_label_values, MetricValue value) override {
    RenderedSample("", item_labels_.edges.Of(index), more_label_values, value);
  }

  void EdgeDistributionSample(size_t index, const Distribution& distribution) override {
    RenderedDistribution(item_labels_.edges.Of(index), distribution);
  }

  void WorkloadEdgeSample(size_t index, absl::Span<const std::string_view> more_label_values,
                          MetricValue value) override {
    RenderedSample("", item_labels_.workload_edges.Of(index), more_label_values, value);
  }

  void WorkloadEdgeDistributionSample(size_t index, const Distribution& distribution) override {
    RenderedDistribution(item_labels_.workload_edges.Of(index), distribution);
  }

  void ConnectionSample(size_t index, std::string_view state, MetricValue value) override {
    text_.append(info_->name).push_back('{');
    text_.append(item_labels_.connections.Of(index));
    if (!state.empty()) AppendLabel(info_->labels.back(), state, false, &text_);
    text_.push_back('}');
    EndSample(value);
  }

  void HistogramSample(absl::Span<const double> bounds, absl::Span<const uint64_t> counts, double sum) override {
    RenderedHistogram("", bounds, counts, sum);
  }

 private:
  // Whether the text formats lack the family.
  bool IsLeftOut() const { return info_->type == MetricType::kNativeHistogram; }

  void Describe(std::string_view what, std::string_view name, std::string_view text) {
    text_.append(what).append(name).append(" ").append(text).append("\n");
  }

  void BeginSample(absl::Span<const std::string_view> label_values) {
    text_.append(info_->name);
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
    text_.append(info_->name).append(suffix);
    if (rendered.empty()) {  // a histogram without labels
      EndSample(value);
      return;
    }
    text_.append("{").append(rendered);
    const absl::Span<const MetricLabel> last = info_->labels.last(last_values.size());
    for (size_t i = 0; i < last_values.size(); ++i) AppendLabel(last[i], last_values[i], false, &text_);
    text_.push_back('}');
    EndSample(value);
  }

  void RenderedDistribution(std::string_view rendered, const Distribution& distribution) {
    if (IsLeftOut()) return;
    if (info_->type == MetricType::kHistogram) {
      RenderedHistogram(rendered, kEdgeBounds, EdgeBucketCounts(distribution.buckets), distribution.sum);
      return;
    }
    RenderedSample("_count", rendered, {}, distribution.count);
    RenderedSample("_sum", rendered, {}, distribution.sum);
  }

  void RenderedHistogram(std::string_view rendered, absl::Span<const double> bounds, absl::Span<const uint64_t> counts,
                         double sum) {
    uint64_t total = 0;
    for (const uint64_t count : counts) total += count;
    RenderedSample("_count", rendered, {}, total);
    RenderedSample("_sum", rendered, {}, sum);
    uint64_t cumulative = 0;
    for (size_t i = 0; i < counts.size(); ++i) {
      cumulative += counts[i];
      text_.append(info_->name).append("_bucket{").append(rendered);
      text_.append(rendered.empty() ? "le=\"" : ",le=\"");
      AppendBound(i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity());
      text_.append("\"}");
      EndSample(cumulative);
    }
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
  const ItemLabels item_labels_;
  const MetricInfo* info_ = nullptr;
  std::string rendered_;  // the labels of one sample
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
