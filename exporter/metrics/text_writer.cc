// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/text_writer.h"

#include <cstddef>
#include <limits>
#include <vector>

#include "exporter/metrics/text_number.h"
#include "exporter/metrics/visit_metrics.h"

namespace tcpgauge {
namespace {

// Estimates of the bytes to reserve. A sample of a connection takes these beside its labels, for a name and a number.
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

// Appends `name="value"`, after a comma unless the label is the first.
void AppendLabel(std::string_view name, std::string_view value, bool is_first, std::string* text) {
  if (!is_first) text->push_back(',');
  text->append(name).append("=\"");
  AppendEscaped(value, text);
  text->push_back('"');
}

// The labels of all connections of an exposition, each rendered once.
class ConnectionLabels {
 public:
  explicit ConnectionLabels(const Exposition& exposition) {
    const auto labels = InfoOf(Metric::kConnectionState).labels;
    ends_.reserve(exposition.connections.size());
    for (const ExportedConnection& exported : exposition.connections) {
      const Endpoint& client = exported.connection->client;
      const Endpoint& server = exported.connection->server;
      AppendLabel(labels[0].name, client.address.ToString(), true, &text_);
      AppendLabel(labels[1].name, std::to_string(client.port), false, &text_);
      AppendLabel(labels[2].name, server.address.ToString(), false, &text_);
      AppendLabel(labels[3].name, std::to_string(server.port), false, &text_);
      AppendLabel(labels[4].name, exposition.interfaces[exported.interface].name, false, &text_);
      ends_.push_back(text_.size());
    }
  }

  size_t size_bytes() const { return text_.size(); }

  std::string_view Of(size_t index) const {
    const size_t begin = index == 0 ? 0 : ends_[index - 1];
    return std::string_view(text_).substr(begin, ends_[index] - begin);
  }

 private:
  std::string text_;
  std::vector<size_t> ends_;
};

class TextVisitor final : public MetricVisitor {
 public:
  TextVisitor(const Exposition& exposition, TextFormat format) : format_(format), connection_labels_(exposition) {
    const size_t per_family = connection_labels_.size_bytes() + exposition.connections.size() * kTypicalSampleBytes;
    text_.reserve(kTypicalHeadBytes + per_family * kConnectionFamilies);
  }

  std::string Take() {
    if (format_ == TextFormat::kOpenMetrics) text_.append("# EOF\n");
    return std::move(text_);
  }

  void BeginFamily(const MetricInfo& family) override {
    info_ = &family;
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

  void EdgeSummarySample(size_t, absl::Span<const std::string_view> label_values, uint64_t count, double sum) override {
    BeginSample("_count", label_values);
    EndSample(count);
    BeginSample("_sum", label_values);
    EndSample(sum);
  }

  void ConnectionSample(size_t index, std::string_view state, MetricValue value) override {
    text_.append(info_->name).push_back('{');
    text_.append(connection_labels_.Of(index));
    if (!state.empty()) AppendLabel(info_->labels.back().name, state, false, &text_);
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
  static constexpr size_t kConnectionFamilies = 9;

  void Describe(std::string_view what, std::string_view name, std::string_view text) {
    text_.append(what).append(name).append(" ").append(text).append("\n");
  }

  void BeginSample(std::string_view suffix, absl::Span<const std::string_view> label_values) {
    text_.append(info_->name).append(suffix);
    if (label_values.empty()) return;
    text_.push_back('{');
    for (size_t i = 0; i < label_values.size(); ++i)
      AppendLabel(info_->labels[i].name, label_values[i], i == 0, &text_);
    text_.push_back('}');
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
  const ConnectionLabels connection_labels_;
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
