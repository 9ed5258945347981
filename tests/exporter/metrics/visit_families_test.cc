// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/visit_families.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "exporter/metrics/agent_metrics.h"

namespace tcpgauge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Records its calls as text.
class Transcript final : public MetricVisitor {
 public:
  void BeginFamily(const MetricInfo& family) override { lines.push_back(std::string(family.name)); }
  void Sample(absl::Span<const std::string_view> label_values, MetricValue value) override {
    std::string line = value.is_count() ? "count " : "number ";
    for (const std::string_view label : label_values) line.append(label).append(" ");
    lines.push_back(line + std::to_string(value.is_count() ? static_cast<double>(value.count()) : value.ToDouble()));
  }
  void ConnectionSample(size_t, std::string_view, MetricValue) override { FAIL(); }
  void DistributionSample(absl::Span<const std::string_view>, const Distribution&) override { FAIL(); }
  void EdgeSample(size_t, absl::Span<const std::string_view>, MetricValue) override { FAIL(); }
  void EdgeDistributionSample(size_t, const Distribution&) override { FAIL(); }
  void WorkloadEdgeSample(size_t, absl::Span<const std::string_view>, MetricValue) override { FAIL(); }
  void WorkloadEdgeDistributionSample(size_t, const Distribution&) override { FAIL(); }
  void HistogramSample(absl::Span<const double> bounds, absl::Span<const uint64_t> counts, double sum) override {
    std::string line;
    for (const double bound : bounds) line += std::to_string(bound) + " ";
    line += "|";
    for (const uint64_t count : counts) line += " " + std::to_string(count);
    lines.push_back(line + " | " + std::to_string(sum));
  }

  std::vector<std::string> lines;
};

std::vector<std::string> Visit(absl::Span<const prometheus::Collectable* const> sources) {
  Transcript transcript;
  const std::vector<prometheus::MetricFamily> families = CollectFamilies(sources);
  EXPECT_THAT(VisitFamilies(families, Metric::kCount, &transcript), IsEmpty());
  return transcript.lines;
}

TEST(VisitFamilies, FamiliesOfAllSourcesComeInTheOrderOfTheCatalog) {
  AgentMetrics first, second;
  first.Gauge(Metric::kProcessOpenFds).Set(3);
  first.Counter(Metric::kOtlpPushes).Increment(2);
  second.Gauge(Metric::kSeriesLimit).Set(5000);
  EXPECT_THAT(Visit({&first, &second}),
              ElementsAre("tcpgauge_series_limit", "count 5000.000000", "tcpgauge_otlp_pushes_total", "count 2.000000",
                          "process_open_fds", "count 3.000000"));
}

TEST(VisitFamilies, SamplesAreSortedByLabelsInTheOrderOfTheCatalog) {
  AgentMetrics metrics;
  for (const char* route : {"b", "c", "a"}) {
    for (const char* code : {"503", "200"}) metrics.Counter(Metric::kHttpRequests, {route, code}).Increment();
  }
  EXPECT_THAT(Visit({&metrics}), ElementsAre("tcpgauge_http_requests_total", "count a 200 1.000000",
                                             "count a 503 1.000000", "count b 200 1.000000", "count b 503 1.000000",
                                             "count c 200 1.000000", "count c 503 1.000000"));
}

TEST(VisitFamilies, ThingsAreCountsAndMeasuresAreNumbers) {
  AgentMetrics metrics;
  metrics.Gauge(Metric::kOtlpQueueBytes).Set(654321);
  metrics.Gauge(Metric::kScrapeDuration).Set(2);
  metrics.Counter(Metric::kProcessCpu).Increment(12.25);
  EXPECT_THAT(Visit({&metrics}),
              ElementsAre("tcpgauge_scrape_duration_seconds", "number 2.000000", "tcpgauge_otlp_queue_bytes",
                          "count 654321.000000", "process_cpu_seconds_total", "number 12.250000"));
}

TEST(VisitFamilies, AValueThatIsNoCountStaysANumber) {
  AgentMetrics metrics;
  metrics.Gauge(Metric::kProcessMaxFds).Set(1e30);
  metrics.Gauge(Metric::kProcessOpenFds).Set(-1);
  EXPECT_THAT(Visit({&metrics}),
              ElementsAre("process_open_fds", "number -1.000000", "process_max_fds", "number " + std::to_string(1e30)));
}

TEST(VisitFamilies, BucketsOfAHistogramAreNotCumulative) {
  AgentMetrics metrics;
  prometheus::Histogram& seconds = metrics.Histogram(Metric::kHttpRequestDuration, {0.5, 2});
  for (const double value : {0.25, 0.5, 1.0, 8.0}) seconds.Observe(value);
  EXPECT_THAT(Visit({&metrics}),
              ElementsAre("tcpgauge_http_request_duration_seconds", "0.500000 2.000000 | 2 1 1 | 9.750000"));
}

TEST(VisitFamilies, StopsBeforeTheMetricThatIsNamed) {
  AgentMetrics metrics;
  metrics.Gauge(Metric::kSeriesLimit).Set(5000);
  metrics.Gauge(Metric::kRateWindow).Set(1);
  const std::vector<prometheus::MetricFamily> families = CollectFamilies({&metrics});
  Transcript transcript;
  const auto rest = VisitFamilies(families, Metric::kSeries, &transcript);
  EXPECT_THAT(transcript.lines, ElementsAre("tcpgauge_series_limit", "count 5000.000000"));
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest[0].name, "tcpgauge_rate_window_seconds");
}

TEST(VisitFamilies, FamiliesWithoutASampleAreLeftOut) {
  prometheus::MetricFamily empty;
  empty.name = "tcpgauge_otlp_pushes_total";
  Transcript transcript;
  VisitFamilies({empty}, Metric::kCount, &transcript);
  EXPECT_THAT(transcript.lines, IsEmpty());
}

}  // namespace
}  // namespace tcpgauge
