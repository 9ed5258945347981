// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/agent_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace tcpgauge {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

TEST(AgentMetrics, AFamilyExistsOnceSomebodyAsksForIt) {
  AgentMetrics metrics;
  EXPECT_THAT(metrics.Collect(), IsEmpty());
  metrics.Gauge(Metric::kSeriesLimit);
  metrics.Counter(Metric::kOtlpPushes);
  EXPECT_THAT(metrics.Collect(), SizeIs(2));
}

TEST(AgentMetrics, NamesLabelsAndHelpAreTheCatalogs) {
  AgentMetrics metrics;
  metrics.Gauge(Metric::kBuildInfo, {"1.2.3", "0123abc"}).Set(1);
  const auto families = metrics.Collect();
  ASSERT_THAT(families, SizeIs(1));
  EXPECT_EQ(families[0].name, InfoOf(Metric::kBuildInfo).name);
  EXPECT_EQ(families[0].help, InfoOf(Metric::kBuildInfo).help);
  EXPECT_EQ(families[0].type, prometheus::MetricType::Gauge);
  ASSERT_THAT(families[0].metric, SizeIs(1));
  const auto& labels = families[0].metric[0].label;
  ASSERT_THAT(labels, SizeIs(2));
  for (const auto& label : labels) EXPECT_EQ(label.value, label.name == "version" ? "1.2.3" : "0123abc");
}

TEST(AgentMetrics, WhoAsksAgainGetsTheSame) {
  AgentMetrics metrics;
  prometheus::Counter& lost = metrics.Counter(Metric::kConnectionLogLost, {"queue_full"});
  lost.Increment(3);
  EXPECT_EQ(&metrics.Counter(Metric::kConnectionLogLost, {"queue_full"}), &lost);
  EXPECT_NE(&metrics.Counter(Metric::kConnectionLogLost, {"write_error"}), &lost);
  EXPECT_EQ(metrics.Counter(Metric::kConnectionLogLost, {"queue_full"}).Value(), 3);
  prometheus::Histogram& seconds = metrics.Histogram(Metric::kHttpRequestDuration, {1, 2});
  EXPECT_EQ(&metrics.Histogram(Metric::kHttpRequestDuration, {3}), &seconds);
}

TEST(AgentMetrics, CountersAreExactUpTo2To53) {
  AgentMetrics metrics;
  prometheus::Counter& counter = metrics.Counter(Metric::kOtlpDataPointsSent);
  counter.Increment(9007199254740991);
  counter.Increment();
  EXPECT_EQ(counter.Value(), 9007199254740992.0);
}

TEST(AgentMetrics, ManyMayAskAtOnce) {
  AgentMetrics metrics;
  const auto count = [&metrics] {
    for (int i = 0; i < 1000; ++i) metrics.Counter(Metric::kHttpRequests, {"/", std::to_string(i % 10)}).Increment();
  };
  std::thread other(count);
  count();
  other.join();
  double sum = 0;
  const std::vector<prometheus::MetricFamily> families = metrics.Collect();
  for (const auto& sample : families[0].metric) sum += sample.counter.value;
  EXPECT_EQ(sum, 2000);
}

TEST(AgentMetricsDeathTest, TheCatalogsTypeAndLabelsHold) {
  AgentMetrics metrics;
  EXPECT_DEATH(metrics.Gauge(Metric::kOtlpPushes), "");
  EXPECT_DEATH(metrics.Counter(Metric::kConnectionLogLost), "");
}

}  // namespace
}  // namespace tcpgauge
