// SPDX-License-Identifier: Apache-2.0
#include "exporter/otlp/otlp_encoder.h"

#include <prometheus/metric_family.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <optional>

#include "absl/strings/numbers.h"
#include "exporter/metrics/visit_metrics.h"
#include "src/base/exponential_buckets.h"
#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

constexpr char kScopeName[] = "tcpgauge";
constexpr std::string_view kOther = "other";
constexpr char kOverflowAttribute[] = "otel.metric.overflow";
constexpr std::string_view kStatusAttribute = "http.response.status_code";
constexpr std::string_view kInterfaceAttribute = "network.interface.name";

using Attributes = google::protobuf::RepeatedPtrField<otlp::KeyValue>;
using LabelValues = absl::Span<const std::string_view>;

otlp::AnyValue* Add(std::string_view name, Attributes* attributes) {
  otlp::KeyValue* attribute = attributes->Add();
  attribute->set_key(name.data(), name.size());
  return attribute->mutable_value();
}

void AddText(std::string_view name, std::string_view value, Attributes* attributes) {
  Add(name, attributes)->set_string_value(value.data(), value.size());
}

bool IsNumber(std::string_view attribute) {
  return attribute == "client.port" || attribute == "server.port" || attribute == "tcpgauge.service.port" ||
         attribute == kStatusAttribute;
}

// A workload in a Kubernetes namespace has another attribute, which is named as OpenTelemetry's other attributes of
// Kubernetes are. `i` is the index of a label whose value is not empty.
void AddKubernetesWorkload(const MetricInfo& info, LabelValues values, size_t i, Attributes* attributes) {
  if (i == 0 || values[i - 1].empty()) return;
  if (info.labels[i - 1].name == "client_namespace") AddText("client.k8s.workload.name", values[i], attributes);
  if (info.labels[i - 1].name == "server_namespace") AddText("server.k8s.workload.name", values[i], attributes);
}

void AddLabels(const MetricInfo& info, LabelValues values, Attributes* attributes) {
  const bool is_traffic = !info.labels.empty() && info.labels[0].name == "client_address";
  const bool is_zones = info.metric == Metric::kZonePayloadBytes;
  const auto is_absent = [&](size_t i) { return values[i].empty() && info.labels[i].is_optional; };
  if ((is_traffic || is_zones) && values[0] == kOther) {
    Add(kOverflowAttribute, attributes)->set_bool_value(true);
    for (size_t i = 1; i < values.size(); ++i) {
      if (values[i] != kOther && !is_absent(i)) AddText(info.labels[i].attribute, values[i], attributes);
    }
    return;
  }
  for (size_t i = 0; i < values.size(); ++i) {
    if (is_absent(i)) continue;
    int64_t number = 0;
    if (IsNumber(info.labels[i].attribute) && absl::SimpleAtoi({values[i].data(), values[i].size()}, &number)) {
      Add(info.labels[i].attribute, attributes)->set_int_value(number);
    } else if (info.labels[i].attribute == kStatusAttribute && values[i] == kOther) {
      Add(kOverflowAttribute, attributes)->set_bool_value(true);
    } else {
      AddText(info.labels[i].attribute, values[i], attributes);
      AddKubernetesWorkload(info, values, i, attributes);
    }
  }
  if (is_traffic) {
    AddText("network.transport", "tcp", attributes);
    AddText("network.type", values[0].find(':') == std::string_view::npos ? "ipv4" : "ipv6", attributes);
  } else if (!values.empty() && info.labels[0].attribute == kInterfaceAttribute && values[0] == kOther) {
    Add(kOverflowAttribute, attributes)->set_bool_value(true);
  }
}

void AppendToKey(std::string_view value, std::string* key) {
  key->append(value);
  key->push_back('\0');
}

std::vector<std::string_view> SplitKey(std::string_view key) {
  std::vector<std::string_view> values;
  while (!key.empty()) {
    values.push_back(key.substr(0, key.find('\0')));
    key.remove_prefix(values.back().size() + 1);
  }
  return values;
}

std::optional<int64_t> ProcessStartNs(const Exposition& exposition) {
  for (const prometheus::MetricFamily& family : exposition.families) {
    if (family.name == InfoOf(Metric::kProcessStartTime).name) {
      return std::llround(family.metric.front().gauge.value * kNanosecondsPerSecond);
    }
  }
  return std::nullopt;
}

// The labels of one connection, rendered once for all its series.
struct ConnectionLabels {
  std::string texts[4];
  std::string_view values[6];  // the last is for the state
  std::string key;             // without the state
};

void SetValue(MetricValue value, otlp::NumberDataPoint* point) {
  if (value.is_count() && value.count() <= uint64_t{std::numeric_limits<int64_t>::max()}) {
    point->set_as_int(static_cast<int64_t>(value.count()));
  } else {
    point->set_as_double(value.ToDouble());
  }
}

// Whether `info` is sent as a sum. Sums have a start time.
bool IsSum(const MetricInfo& info) { return info.type == MetricType::kCounter || info.is_additive; }

bool IsOfProcess(const MetricInfo& info) { return info.name.substr(0, 8) == "process_"; }

// Whether a histogram with the counts `now` can be one that had the counts `before`.
bool HoldsAll(absl::Span<const uint64_t> before, absl::Span<const uint64_t> now) {
  return std::equal(before.begin(), before.end(), now.begin(), now.end(), std::less_equal<>());
}

// Returns what `now` counted and `before` did not. Its scale is the lower one of the two. Returns nullopt if `now` did
// not count all that `before` counted.
std::optional<ExponentialBuckets> IncreaseOf(const ExponentialBuckets& before, const ExponentialBuckets& now) {
  ExponentialBuckets increase = now;
  increase.Subtract(before);
  if (increase.Count() + before.Count() != now.Count()) return std::nullopt;
  return increase;
}

void SetBuckets(const ExponentialBuckets& buckets, double sum, otlp::ExponentialHistogramDataPoint* point) {
  const uint64_t count = buckets.Count();
  point->set_count(count);
  point->set_sum(count == 0 ? 0 : sum);
  point->set_scale(buckets.scale());
  point->set_zero_count(buckets.zero_count());
  point->set_zero_threshold(ExponentialBuckets::kZeroThreshold);
  if (buckets.counts().empty()) return;
  point->mutable_positive()->set_offset(buckets.first());
  point->mutable_positive()->mutable_bucket_counts()->Add(buckets.counts().begin(), buckets.counts().end());
}

class OtlpVisitor final : public MetricVisitor {
 public:
  OtlpVisitor(const Exposition& exposition, const OtlpEncoderOptions& options, int64_t time_ns, SeriesMemory* memory)
      : exposition_(exposition), options_(options), time_ns_(time_ns), memory_(memory) {
    memory_->BeginRound();
    LabelConnections();
  }

  std::vector<OtlpRequest> Take() {
    memory_->TakeEnded([this](Metric metric, const std::string& key, const RememberedSeries& series) {
      info_ = &InfoOf(metric);
      AddEnded(SplitKey(key), series);
    });
    FinishRequest();
    return std::move(requests_);
  }

  // Takes the catalog's row, because `family` says histogram for the summaries if edges have buckets.
  void BeginFamily(const MetricInfo& family) override { info_ = &InfoOf(family.metric); }

  void Sample(absl::Span<const std::string_view> label_values, MetricValue value) override {
    AddNumber(label_values, KeyOf(label_values), StartOfFamily(), value);
  }

  void InterfaceSample(size_t index, absl::Span<const std::string_view> label_values, MetricValue value) override {
    AddNumber(label_values, KeyOf(label_values), exposition_.interfaces[index].start_time_ns, value);
  }

  void DistributionSample(absl::Span<const std::string_view> label_values, const Distribution& distribution) override {
    AddExponential(label_values, KeyOf(label_values), StartOfFamily(), distribution);
  }

  void EdgeSample(size_t index, absl::Span<const std::string_view> more_label_values, MetricValue value) override {
    AddNumberOf(exposition_.edges[index], more_label_values, value);
  }

  void EdgeDistributionSample(size_t index, const Distribution& distribution) override {
    AddDistributionOf(exposition_.edges[index], distribution);
  }

  void WorkloadEdgeSample(size_t index, absl::Span<const std::string_view> more_label_values,
                          MetricValue value) override {
    AddNumberOf(exposition_.workload_edges[index], more_label_values, value);
  }

  void WorkloadEdgeDistributionSample(size_t index, const Distribution& distribution) override {
    AddDistributionOf(exposition_.workload_edges[index], distribution);
  }

  void ConnectionSample(size_t index, std::string_view state, MetricValue value) override {
    ConnectionLabels& labels = connections_[index];
    const int64_t start_ns = exposition_.connections[index].connection->start_time_ns;
    if (state.empty()) {
      AddNumber({labels.values, 5}, labels.key, start_ns, value);
      return;
    }
    labels.values[5] = state;
    key_ = labels.key;
    AppendToKey(state, &key_);
    AddNumber({labels.values, 6}, key_, start_ns, value);
  }

  void HistogramSample(absl::Span<const double> bounds, absl::Span<const uint64_t> counts, double sum) override {
    AddHistogram({}, KeyOf({}), StartOfFamily(), bounds, counts, sum);
  }

 private:
  void LabelConnections() {
    connections_.resize(exposition_.connections.size());
    for (size_t i = 0; i < connections_.size(); ++i) {
      const ExportedConnection& exported = exposition_.connections[i];
      ConnectionLabels& labels = connections_[i];
      labels.texts[0] = exported.connection->client.address.ToString();
      labels.texts[1] = std::to_string(exported.connection->client.port);
      labels.texts[2] = exported.connection->server.address.ToString();
      labels.texts[3] = std::to_string(exported.connection->server.port);
      std::copy(labels.texts, labels.texts + 4, labels.values);
      labels.values[4] = exposition_.interfaces[exported.interface].name;
      for (size_t j = 0; j < 5; ++j) AppendToKey(labels.values[j], &labels.key);
    }
  }

  // `Edge` is ExportedEdge or ExportedWorkloadEdge.
  template <typename Edge>
  void AddNumberOf(const Edge& edge, LabelValues more_label_values, MetricValue value) {
    const auto first = edge.label_values();
    label_values_.assign(first.begin(), first.end());
    label_values_.insert(label_values_.end(), more_label_values.begin(), more_label_values.end());
    AddNumber(label_values_, KeyOf(label_values_), edge.start_time_ns, value);
  }

  template <typename Edge>
  void AddDistributionOf(const Edge& edge, const Distribution& distribution) {
    const auto values = edge.label_values();
    AddExponential(values, KeyOf(values), edge.start_time_ns, distribution);
  }

  std::string_view KeyOf(LabelValues values) {
    key_.clear();
    for (const std::string_view value : values) AppendToKey(value, &key_);
    return key_;
  }

  int64_t StartOfFamily() const {
    const int64_t agent_ns = exposition_.snapshot->capture_start_time_ns;
    return IsOfProcess(*info_) ? ProcessStartNs(exposition_).value_or(agent_ns) : agent_ns;
  }

  // Whether the points of info_ are increases. REQUIRES: they are no gauges.
  bool UsesDeltas() const {
    switch (options_.temporality) {
      case Temporality::kCumulative:
        return false;
      case Temporality::kDelta:
        return info_->type != MetricType::kGauge;
      case Temporality::kLowMemory:
        return info_->type == MetricType::kHistogram || info_->type == MetricType::kSummary;
    }
    return false;
  }

  // Returns the metric of info_ in a request that has room for one more point, and counts that point.
  otlp::Metric* Family() {
    if (points_ == options_.max_points_per_request) FinishRequest();
    if (arena_ == nullptr) BeginRequest();
    ++points_;
    otlp::Metric*& family = families_[static_cast<size_t>(info_->metric)];
    if (family != nullptr) return family;
    family = scope_->add_metrics();
    family->set_name(info_->otlp_name.data(), info_->otlp_name.size());
    family->set_description(info_->help.data(), info_->help.size());
    family->set_unit(info_->otlp_unit.data(), info_->otlp_unit.size());
    const auto temporality =
        UsesDeltas() ? otlp::AGGREGATION_TEMPORALITY_DELTA : otlp::AGGREGATION_TEMPORALITY_CUMULATIVE;
    switch (info_->type) {
      case MetricType::kGauge:
        if (info_->is_additive) {
          family->mutable_sum()->set_aggregation_temporality(temporality);
        } else {
          family->mutable_gauge();
        }
        break;
      case MetricType::kCounter:
        family->mutable_sum()->set_is_monotonic(true);
        family->mutable_sum()->set_aggregation_temporality(temporality);
        break;
      case MetricType::kHistogram:
        family->mutable_histogram()->set_aggregation_temporality(temporality);
        break;
      case MetricType::kSummary:
        family->mutable_exponential_histogram()->set_aggregation_temporality(temporality);
        break;
      case MetricType::kNativeHistogram:  // has no points; see AddExponential()
        break;
    }
    return family;
  }

  otlp::NumberDataPoint* AddNumberPoint(LabelValues values) {
    otlp::Metric* family = Family();
    return Describe(values, family->has_sum() ? family->mutable_sum()->add_data_points()
                                              : family->mutable_gauge()->add_data_points());
  }

  otlp::HistogramDataPoint* AddHistogramPoint(LabelValues values) {
    return Describe(values, Family()->mutable_histogram()->add_data_points());
  }

  otlp::ExponentialHistogramDataPoint* AddExponentialPoint(LabelValues values) {
    return Describe(values, Family()->mutable_exponential_histogram()->add_data_points());
  }

  template <typename Point>
  Point* Describe(LabelValues values, Point* point) const {
    AddLabels(*info_, values, point->mutable_attributes());
    point->set_time_unix_nano(static_cast<uint64_t>(time_ns_));
    return point;
  }

  void AddNumber(LabelValues values, std::string_view key, int64_t start_ns, MetricValue value) {
    RememberedSeries& series = memory_->MarkSeen(info_->metric, key);
    otlp::NumberDataPoint* point = AddNumberPoint(values);
    if (!IsSum(*info_)) {
      SetValue(value, point);
      return;
    }
    MetricValue shown = value;
    if (UsesDeltas()) {
      const bool continues = series.time_ns != 0 && series.start_ns == start_ns && value.count() >= series.count &&
                             (value.is_count() || value.ToDouble() >= series.number);
      if (continues) {
        shown = value.is_count() ? MetricValue(value.count() - series.count)
                                 : MetricValue(value.ToDouble() - series.number);
      }
      point->set_start_time_unix_nano(StartOfDelta(series, start_ns, continues));
    } else {
      point->set_start_time_unix_nano(StartOfSum(start_ns));
    }
    SetValue(shown, point);
    series.start_ns = start_ns;
    series.time_ns = time_ns_;
    series.count = value.count();
    series.number = value.ToDouble();
  }

  void AddHistogram(LabelValues values, std::string_view key, int64_t start_ns, absl::Span<const double> bounds,
                    absl::Span<const uint64_t> counts, double sum) {
    RememberedSeries& series = memory_->MarkSeen(info_->metric, key);
    otlp::HistogramDataPoint* point = AddHistogramPoint(values);
    bool subtracts = false;
    if (UsesDeltas()) {
      subtracts = series.time_ns != 0 && series.start_ns == start_ns && HoldsAll(series.buckets, counts);
      point->set_start_time_unix_nano(StartOfDelta(series, start_ns, subtracts));
    } else {
      point->set_start_time_unix_nano(StartOfSum(start_ns));
    }
    point->mutable_explicit_bounds()->Add(bounds.begin(), bounds.end());
    uint64_t count = 0;
    for (size_t i = 0; i < counts.size(); ++i) {
      const uint64_t bucket = subtracts ? counts[i] - series.buckets[i] : counts[i];
      point->add_bucket_counts(bucket);
      count += bucket;
    }
    point->set_count(count);
    point->set_sum(subtracts ? sum - series.number : sum);
    series.start_ns = start_ns;
    series.time_ns = time_ns_;
    series.number = sum;
    series.bounds.assign(bounds.begin(), bounds.end());
    series.buckets.assign(counts.begin(), counts.end());
  }

  void AddExponential(LabelValues values, std::string_view key, int64_t start_ns, const Distribution& distribution) {
    if (info_->type == MetricType::kNativeHistogram) return;  // the summary of the same values is sent
    const ExponentialBuckets& buckets = distribution.buckets;
    const double sum = distribution.sum;
    RememberedSeries& series = memory_->MarkSeen(info_->metric, key);
    otlp::ExponentialHistogramDataPoint* point = AddExponentialPoint(values);
    if (UsesDeltas()) {
      std::optional<ExponentialBuckets> increase;
      if (series.time_ns != 0 && series.start_ns == start_ns) increase = IncreaseOf(*series.exponential, buckets);
      point->set_start_time_unix_nano(StartOfDelta(series, start_ns, increase.has_value()));
      if (increase.has_value()) {
        SetBuckets(*increase, sum - series.number, point);
      } else {
        SetBuckets(buckets, sum, point);
      }
      series.exponential = std::make_unique<ExponentialBuckets>(buckets);
    } else {
      point->set_start_time_unix_nano(StartOfSum(start_ns));
      SetBuckets(buckets, sum, point);
    }
    series.start_ns = start_ns;
    series.time_ns = time_ns_;
    series.number = sum;
  }

  void AddEnded(const std::vector<std::string_view>& values, const RememberedSeries& series) {
    switch (info_->type) {
      case MetricType::kHistogram: {
        otlp::HistogramDataPoint* point = AddHistogramPoint(values);
        // Some receivers refuse a request with a histogram point that has no bounds.
        point->mutable_explicit_bounds()->Add(series.bounds.begin(), series.bounds.end());
        point->mutable_bucket_counts()->Resize(static_cast<int>(series.buckets.size()), 0);
        End(series, point);
        break;
      }
      case MetricType::kSummary:
        End(series, AddExponentialPoint(values));
        break;
      case MetricType::kCounter:
      case MetricType::kGauge:
        End(series, AddNumberPoint(values));
        break;
      case MetricType::kNativeHistogram:
        break;
    }
  }

  template <typename Point>
  void End(const RememberedSeries& series, Point* point) const {
    point->set_flags(otlp::DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK);
    if (series.time_ns != 0) point->set_start_time_unix_nano(StartOfSum(series.start_ns));
  }

  // A point must not start after its own time, even if the clock was set back.
  uint64_t StartOfSum(int64_t start_ns) const { return static_cast<uint64_t>(std::min(start_ns, time_ns_)); }

  // A delta begins at the previous point, or at the counter's start if that is later.
  uint64_t StartOfDelta(const RememberedSeries& series, int64_t start_ns, bool continues) const {
    return StartOfSum(continues ? series.time_ns : std::max(start_ns, series.time_ns));
  }

  void BeginRequest() {
    arena_ = std::make_unique<google::protobuf::Arena>();
    request_ = google::protobuf::Arena::CreateMessage<otlp::ExportMetricsServiceRequest>(arena_.get());
    otlp::ResourceMetrics* metrics = request_->add_resource_metrics();
    for (const auto& [name, value] : options_.resource) {
      AddText(name, value, metrics->mutable_resource()->mutable_attributes());
    }
    scope_ = metrics->add_scope_metrics();
    scope_->mutable_scope()->set_name(kScopeName);
    scope_->mutable_scope()->set_version(options_.scope_version);
  }

  void FinishRequest() {
    if (arena_ == nullptr) return;
    requests_.push_back({WriteOtlp(*request_, options_.format), points_});
    families_.fill(nullptr);
    points_ = 0;
    arena_.reset();
  }

  const Exposition& exposition_;
  const OtlpEncoderOptions& options_;
  const int64_t time_ns_;
  SeriesMemory* const memory_;
  std::vector<ConnectionLabels> connections_;
  std::string key_;
  std::vector<std::string_view> label_values_;  // of the sample that is being added
  const MetricInfo* info_ = nullptr;

  std::unique_ptr<google::protobuf::Arena> arena_;  // owns the messages below; null between two requests
  otlp::ExportMetricsServiceRequest* request_ = nullptr;
  otlp::ScopeMetrics* scope_ = nullptr;
  std::array<otlp::Metric*, kMetricCount> families_{};  // of this request
  size_t points_ = 0;
  std::vector<OtlpRequest> requests_;
};

}  // namespace

std::vector<OtlpRequest> OtlpEncoder::Encode(const Exposition& exposition, int64_t time_ns) {
  OtlpVisitor visitor(exposition, options_, time_ns, &memory_);
  VisitMetrics(exposition, &visitor);
  return visitor.Take();
}

}  // namespace tcpgauge
