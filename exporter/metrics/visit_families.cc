// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/visit_families.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "src/base/check.h"

namespace tcpgauge {
namespace {

const MetricInfo& InfoOf(const prometheus::MetricFamily& family) {
  const MetricInfo* const info = FindMetric(family.name);
  TCPGAUGE_CHECK(info != nullptr);
  return *info;
}

// The values in the order of the catalog's labels; prometheus-cpp orders labels by name.
std::vector<std::string_view> LabelValues(const MetricInfo& info, const prometheus::ClientMetric& sample) {
  TCPGAUGE_CHECK(sample.label.size() == info.labels.size());
  std::vector<std::string_view> values;
  values.reserve(info.labels.size());
  for (const MetricLabel& label : info.labels) {
    const auto found = std::find_if(sample.label.begin(), sample.label.end(),
                                    [&](const prometheus::ClientMetric::Label& has) { return has.name == label.name; });
    TCPGAUGE_CHECK(found != sample.label.end());
    values.push_back(found->value);
  }
  return values;
}

// prometheus-cpp stores every value as a double. This makes counts of it again, without a loss up to 2^53.
MetricValue ValueOf(const MetricInfo& info, double number) {
  constexpr double kTwoTo64 = 18446744073709551616.0;
  if (info.counts_whole() && number >= 0 && number < kTwoTo64) return static_cast<uint64_t>(number);
  return number;
}

void VisitHistogram(const prometheus::ClientMetric::Histogram& histogram, MetricVisitor* visitor) {
  std::vector<double> bounds;
  std::vector<uint64_t> counts;
  uint64_t below = 0;
  for (const prometheus::ClientMetric::Bucket& bucket : histogram.bucket) {
    bounds.push_back(bucket.upper_bound);
    counts.push_back(bucket.cumulative_count - below);
    below = bucket.cumulative_count;
  }
  TCPGAUGE_CHECK(!bounds.empty());
  bounds.pop_back();  // the infinite one
  visitor->HistogramSample(bounds, counts, histogram.sample_sum);
}

}  // namespace

std::vector<prometheus::MetricFamily> CollectFamilies(absl::Span<const prometheus::Collectable* const> sources) {
  std::vector<prometheus::MetricFamily> families;
  for (const prometheus::Collectable* const source : sources) {
    std::vector<prometheus::MetricFamily> collected = source->Collect();
    std::move(collected.begin(), collected.end(), std::back_inserter(families));
  }
  std::sort(families.begin(), families.end(),
            [](const auto& a, const auto& b) { return InfoOf(a).metric < InfoOf(b).metric; });
  const auto duplicate = std::adjacent_find(families.begin(), families.end(),
                                            [](const auto& a, const auto& b) { return a.name == b.name; });
  TCPGAUGE_CHECK(duplicate == families.end());
  for (prometheus::MetricFamily& family : families) {
    const MetricInfo& info = InfoOf(family);
    std::sort(family.metric.begin(), family.metric.end(),
              [&](const auto& a, const auto& b) { return LabelValues(info, a) < LabelValues(info, b); });
  }
  return families;
}

absl::Span<const prometheus::MetricFamily> VisitFamilies(absl::Span<const prometheus::MetricFamily> families,
                                                         Metric end, MetricVisitor* visitor) {
  while (!families.empty() && InfoOf(families.front()).metric < end) {
    const prometheus::MetricFamily& family = families.front();
    const MetricInfo& info = InfoOf(family);
    families.remove_prefix(1);
    if (family.metric.empty()) continue;
    visitor->BeginFamily(info);
    TCPGAUGE_CHECK(info.type != MetricType::kSummary && info.type != MetricType::kNativeHistogram);
    for (const prometheus::ClientMetric& sample : family.metric) {
      if (info.type == MetricType::kHistogram) {
        VisitHistogram(sample.histogram, visitor);
      } else {
        const bool is_counter = info.type == MetricType::kCounter;
        visitor->Sample(LabelValues(info, sample),
                        ValueOf(info, is_counter ? sample.counter.value : sample.gauge.value));
      }
    }
  }
  return families;
}

}  // namespace tcpgauge
