// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/request_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

#include "exporter/metrics/series_plan.h"

namespace tcpgauge {
namespace {

using testing::ElementsAre;
using testing::Pair;
using testing::UnorderedElementsAre;

const std::vector<std::string> kRoutes = {"/", "/-/healthy", "/metrics"};

// Counts of requests by "ROUTE CODE".
std::map<std::string, double> Requests(const AgentMetrics& metrics) {
  std::map<std::string, double> counts;
  for (const prometheus::MetricFamily& family : metrics.Collect()) {
    if (family.name != "tcpgauge_http_requests_total") continue;
    for (const prometheus::ClientMetric& sample : family.metric) {
      std::map<std::string, std::string> labels;
      for (const auto& label : sample.label) labels[label.name] = label.value;
      counts[labels["route"] + " " + labels["code"]] = sample.counter.value;
    }
  }
  return counts;
}

// The number of samples, as the text formats count them.
size_t Samples(const AgentMetrics& metrics) {
  size_t samples = 0;
  for (const prometheus::MetricFamily& family : metrics.Collect()) {
    for (const prometheus::ClientMetric& sample : family.metric) {
      samples += family.type == prometheus::MetricType::Histogram ? sample.histogram.bucket.size() + 2 : 1;
    }
  }
  return samples;
}

TEST(RequestMetrics, EachRouteCanSucceedFromTheStart) {
  AgentMetrics metrics;
  const RequestMetrics requests(kRoutes, &metrics);
  EXPECT_THAT(Requests(metrics), ElementsAre(Pair("/ 200", 0), Pair("/-/healthy 200", 0), Pair("/metrics 200", 0)));
}

TEST(RequestMetrics, CountsByRouteAndStatus) {
  AgentMetrics metrics;
  RequestMetrics requests(kRoutes, &metrics);
  requests.OnAnswer({"/metrics", 200, 0.002});
  requests.OnAnswer({"/metrics", 200, 0.002});
  requests.OnAnswer({"/metrics", 401, 0});
  requests.OnAnswer({"/wp-login.php", 404, 0});
  requests.OnAnswer({"/.env", 404, 0});
  EXPECT_THAT(Requests(metrics),
              UnorderedElementsAre(Pair("/ 200", 0), Pair("/-/healthy 200", 0), Pair("/metrics 200", 2),
                                   Pair("/metrics 401", 1), Pair("other 404", 2)));
}

TEST(RequestMetrics, ObservesHowLongAnAnswerTook) {
  AgentMetrics metrics;
  RequestMetrics requests(kRoutes, &metrics);
  requests.OnAnswer({"/metrics", 200, 0.002});
  requests.OnAnswer({"/nowhere", 404, 3});
  const auto families = metrics.Collect();
  ASSERT_EQ(families.back().name, "tcpgauge_http_request_duration_seconds");
  const prometheus::ClientMetric::Histogram& seconds = families.back().metric[0].histogram;
  EXPECT_EQ(seconds.sample_count, 2u);
  EXPECT_DOUBLE_EQ(seconds.sample_sum, 3.002);
}

TEST(RequestMetrics, NoClientCanMakeMoreSamplesThanThePlanSays) {
  AgentMetrics metrics;
  RequestMetrics requests({"/", "/a", "/b", "/c", "/d", "/e"}, &metrics);
  size_t answered = 0;
  for (const char* path : {"/", "/a", "/b", "/c", "/d", "/e", "/x", "other"}) {
    for (int status = 200; status < 600; ++status, ++answered) requests.OnAnswer({path, status, 0});
  }
  EXPECT_EQ(Samples(metrics), kRequestSamples);
  double counted = 0;
  const std::map<std::string, double> counts = Requests(metrics);
  for (const auto& [series, count] : counts) counted += count;
  EXPECT_EQ(counted, static_cast<double>(answered));
  EXPECT_GT(counts.at("other other"), 0);
  EXPECT_EQ(counts.at("/e 200"), 1) << "no other counter takes the place of a route's status 200";
}

TEST(RequestMetrics, ARouteIsAlwaysValidUtf8) {
  AgentMetrics metrics;
  RequestMetrics requests({"/\xff"}, &metrics);
  requests.OnAnswer({"/\xff", 200, 0});
  EXPECT_THAT(Requests(metrics), ElementsAre(Pair("/\xef\xbf\xbd 200", 1)));
}

TEST(RequestMetrics, ManyThreadsCountAtOnce) {
  AgentMetrics metrics;
  RequestMetrics requests(kRoutes, &metrics);
  const auto answer = [&requests] {
    for (int i = 0; i < 1000; ++i) requests.OnAnswer({"/x", 400 + i % 5, 0});
  };
  std::thread other(answer);
  answer();
  other.join();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Requests(metrics)["other " + std::to_string(400 + i)], 400);
}

}  // namespace
}  // namespace tcpgauge
