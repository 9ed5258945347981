// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/protobuf_writer.h"

#include <cstddef>
#include <limits>
#include <utility>

#include "absl/types/span.h"
#include "exporter/metrics/edge_buckets.h"
#include "exporter/metrics/metric_catalog.h"
#include "exporter/metrics/metric_visitor.h"
#include "exporter/metrics/protobuf_wire.h"
#include "exporter/metrics/rendered_labels.h"
#include "exporter/metrics/series_plan.h"
#include "exporter/metrics/visit_metrics.h"

namespace tcpgauge {
namespace {

// Estimates of the bytes to reserve. A sample takes these beside its labels. Native histograms take more.
constexpr size_t kTypicalSampleBytes = 24;
constexpr size_t kTypicalHeadBytes = 32 << 10;

// Numbers of fields and values in io/prometheus/client/metrics.proto.
namespace family {
constexpr uint32_t kName = 1, kHelp = 2, kType = 3, kMetric = 4;
}  // namespace family
namespace metric {
constexpr uint32_t kLabel = 1, kGauge = 2, kCounter = 3, kSummary = 4, kHistogram = 7;
}  // namespace metric
namespace label {
constexpr uint32_t kName = 1, kValue = 2;
}  // namespace label
namespace number {
constexpr uint32_t kValue = 1;  // of Gauge and Counter
}  // namespace number
namespace summary {
constexpr uint32_t kSampleCount = 1, kSampleSum = 2;
}  // namespace summary
namespace histogram {
constexpr uint32_t kSampleCount = 1, kSampleSum = 2, kBucket = 3, kSchema = 5, kZeroThreshold = 6, kZeroCount = 7,
                   kPositiveSpan = 12, kPositiveDelta = 13;
}  // namespace histogram
namespace bucket {
constexpr uint32_t kCumulativeCount = 1, kUpperBound = 2;
}  // namespace bucket
namespace span {
constexpr uint32_t kOffset = 1, kLength = 2;
}  // namespace span

uint64_t TypeNumber(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return 0;
    case MetricType::kGauge:
      return 1;
    case MetricType::kSummary:
      return 2;
    case MetricType::kHistogram:
    case MetricType::kNativeHistogram:
      return 4;
  }
  return 3;  // untyped
}

void AppendLabel(const MetricLabel& label, std::string_view value, bool, std::string* out) {
  if (value.empty() && label.is_optional) return;
  AppendBytesHead(metric::kLabel, BytesFieldSize(label.name.size()) + BytesFieldSize(value.size()), out);
  AppendBytesField(label::kName, label.name, out);
  AppendBytesField(label::kValue, value, out);
}

// An estimate of the bytes that one sample of each item takes.
size_t TypicalBytes(const RenderedLabels& labels) { return labels.size_bytes() + labels.count() * kTypicalSampleBytes; }

class ProtobufVisitor final : public MetricVisitor {
 public:
  explicit ProtobufVisitor(const Exposition& exposition) : item_labels_(exposition, AppendLabel) {
    out_.reserve(kTypicalHeadBytes + TypicalBytes(item_labels_.connections) * kSamplesPerConnection +
                 TypicalBytes(item_labels_.edges) * SamplesPerEdge(exposition.edge_detail, exposition.edge_buckets) +
                 TypicalBytes(item_labels_.workload_edges) *
                     SamplesPerWorkloadEdge(exposition.edge_detail, exposition.edge_buckets));
  }

  std::string Take() {
    FinishFamily();
    return std::move(out_);
  }

  void BeginFamily(const MetricInfo& info) override {
    FinishFamily();
    info_ = &info;
    AppendBytesField(family::kName, info.name, &family_);
    AppendBytesField(family::kHelp, info.help, &family_);
    AppendVarintField(family::kType, TypeNumber(info.type), &family_);
  }

  void Sample(absl::Span<const std::string_view> label_values, MetricValue value) override {
    RenderMore(info_->labels.first(label_values.size()), label_values);
    AddNumber("", value);
  }

  void DistributionSample(absl::Span<const std::string_view> label_values, const Distribution& distribution) override {
    RenderMore(info_->labels.first(label_values.size()), label_values);
    AddDistribution("", distribution);
  }

  void EdgeSample(size_t index, absl::Span<const std::string_view> more_label_values, MetricValue value) override {
    RenderMore(info_->labels.last(more_label_values.size()), more_label_values);
    AddNumber(item_labels_.edges.Of(index), value);
  }

  void EdgeDistributionSample(size_t index, const Distribution& distribution) override {
    RenderMore({}, {});
    AddDistribution(item_labels_.edges.Of(index), distribution);
  }

  void WorkloadEdgeSample(size_t index, absl::Span<const std::string_view> more_label_values,
                          MetricValue value) override {
    RenderMore(info_->labels.last(more_label_values.size()), more_label_values);
    AddNumber(item_labels_.workload_edges.Of(index), value);
  }

  void WorkloadEdgeDistributionSample(size_t index, const Distribution& distribution) override {
    RenderMore({}, {});
    AddDistribution(item_labels_.workload_edges.Of(index), distribution);
  }

  void ConnectionSample(size_t index, std::string_view state, MetricValue value) override {
    more_labels_.clear();
    if (!state.empty()) AppendLabel(info_->labels.back(), state, false, &more_labels_);
    AddNumber(item_labels_.connections.Of(index), value);
  }

  void HistogramSample(absl::Span<const double> bounds, absl::Span<const uint64_t> counts, double sum) override {
    RenderMore({}, {});
    AddClassicHistogram("", bounds, counts, sum);
  }

 private:
  void FinishFamily() {
    if (info_ == nullptr) return;
    AppendVarint(family_.size(), &out_);
    out_.append(family_);
    family_.clear();
  }

  // Sets more_labels_.
  void RenderMore(absl::Span<const MetricLabel> labels, absl::Span<const std::string_view> values) {
    more_labels_.clear();
    for (size_t i = 0; i < values.size(); ++i) AppendLabel(labels[i], values[i], false, &more_labels_);
  }

  void AddNumber(std::string_view labels, MetricValue value) {
    value_.clear();
    AppendDoubleField(number::kValue, value.ToDouble(), &value_);
    AddMetric(labels, info_->type == MetricType::kCounter ? metric::kCounter : metric::kGauge);
  }

  void AddDistribution(std::string_view labels, const Distribution& distribution) {
    if (info_->type == MetricType::kNativeHistogram) {
      AddNativeHistogram(labels, distribution.buckets, distribution.sum);
    } else if (info_->type == MetricType::kHistogram) {
      AddClassicHistogram(labels, kEdgeBounds, EdgeBucketCounts(distribution.buckets), distribution.sum);
    } else {
      value_.clear();
      AppendVarintField(summary::kSampleCount, distribution.count, &value_);
      AppendDoubleField(summary::kSampleSum, distribution.sum, &value_);
      AddMetric(labels, metric::kSummary);
    }
  }

  void AddClassicHistogram(std::string_view labels, absl::Span<const double> bounds, absl::Span<const uint64_t> counts,
                           double sum) {
    uint64_t total = 0;
    for (const uint64_t count : counts) total += count;
    value_.clear();
    AppendVarintField(histogram::kSampleCount, total, &value_);
    AppendDoubleField(histogram::kSampleSum, sum, &value_);
    uint64_t cumulative = 0;
    for (size_t i = 0; i < counts.size(); ++i) {
      cumulative += counts[i];
      part_.clear();
      AppendVarintField(bucket::kCumulativeCount, cumulative, &part_);
      AppendDoubleField(bucket::kUpperBound, i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity(),
                        &part_);
      AppendBytesField(histogram::kBucket, part_, &value_);
    }
    AddMetric(labels, metric::kHistogram);
  }

  void AddNativeHistogram(std::string_view labels, const ExponentialBuckets& buckets, double sum) {
    value_.clear();
    AppendVarintField(histogram::kSampleCount, buckets.Count(), &value_);
    AppendDoubleField(histogram::kSampleSum, sum, &value_);
    AppendVarintField(histogram::kSchema, ZigZag(buckets.scale()), &value_);
    AppendDoubleField(histogram::kZeroThreshold, ExponentialBuckets::kZeroThreshold, &value_);
    AppendVarintField(histogram::kZeroCount, buckets.zero_count(), &value_);
    const absl::Span<const uint64_t> counts = buckets.counts();
    if (!counts.empty()) {
      part_.clear();
      AppendVarintField(span::kOffset, ZigZag(int64_t{buckets.first()} + 1), &part_);
      AppendVarintField(span::kLength, counts.size(), &part_);
      AppendBytesField(histogram::kPositiveSpan, part_, &value_);
      // Each count as its difference to the one before.
      part_.clear();
      uint64_t before = 0;
      for (const uint64_t count : counts) {
        AppendVarint(ZigZag(static_cast<int64_t>(count - before)), &part_);
        before = count;
      }
      AppendBytesField(histogram::kPositiveDelta, part_, &value_);
    }
    AddMetric(labels, metric::kHistogram);
  }

  // Adds a Metric with `labels`, with more_labels_, and with value_ as the field `kind`.
  void AddMetric(std::string_view labels, uint32_t kind) {
    AppendBytesHead(family::kMetric, labels.size() + more_labels_.size() + BytesFieldSize(value_.size()), &family_);
    family_.append(labels).append(more_labels_);
    AppendBytesField(kind, value_, &family_);
  }

  const ItemLabels item_labels_;
  const MetricInfo* info_ = nullptr;  // of the family that has begun
  std::string out_;                   // the families before that one
  std::string family_;
  // Parts of the sample that is being written. They are members so that their memory is used again.
  std::string more_labels_;
  std::string value_;
  std::string part_;
};

}  // namespace

std::string WriteProtobuf(const Exposition& exposition) {
  ProtobufVisitor visitor(exposition);
  VisitMetrics(exposition, &visitor);
  return visitor.Take();
}

}  // namespace tcpgauge
