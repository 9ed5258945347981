// SPDX-License-Identifier: Apache-2.0
// What the dearest requests cost, in processor time of the thread that answers them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <string>

#include "exporter/metrics/agent_metrics.h"
#include "exporter/web/web_routes.h"
#include "tests/exporter/metrics/random_snapshot.h"

namespace tcpgauge {
namespace {

// The longest that a listing may go on after its client has gone.
constexpr int64_t kLongestGapNs = 100 * kNanosecondsPerMillisecond;

std::string Terms(size_t count, const std::string& term) {
  std::string terms;
  for (size_t i = 0; i < count; ++i) terms += term + std::to_string(10 + i) + " ";
  return terms;
}

class RequestCostTest : public testing::Test {
 protected:
  RequestCostTest() {
    sources_.hub = &hub_;
    sources_.clock = &SystemClock();
    sources_.metrics = &metrics_;
    sources_.telemetry_path = "/metrics";
    sources_.exposition.series = 5000;
    sources_.is_healthy = sources_.is_ready = [] { return true; };
    sources_.cpu_clock = [this] {
      const int64_t now_ns = ThreadCpuNanoseconds();
      if (last_ns_ != 0) longest_gap_ns_ = std::max(longest_gap_ns_, now_ns - last_ns_);
      if (last_ns_ == 0) begin_ns_ = now_ns;
      last_ns_ = now_ns;
      return now_ns;
    };
  }

  // Lists connections of 100,000 with the name `interface`, and prints the cost.
  HttpResponse List(const HttpFields& query, const std::string& interface) {
    static const Snapshot kMany = RandomSnapshot(1, 100000, Values::kPlausible);
    Snapshot snapshot = kMany;
    for (InterfaceView& view : snapshot.interfaces) view.name = interface;
    hub_.Publish(std::make_shared<const Snapshot>(std::move(snapshot)));
    HttpRequest request;
    request.path = "/api/v1/connections";
    request.query = query;
    request.headers = {{"Accept-Encoding", "gzip"}};
    last_ns_ = longest_gap_ns_ = 0;
    HttpResponse response = WebRoutes(sources_)(request);
    after_last_ns_ = ThreadCpuNanoseconds() - last_ns_;
    std::cout << response.status << ", " << response.body.size() << " bytes, "
              << (last_ns_ - begin_ns_) / kNanosecondsPerMicrosecond << " us; at most "
              << longest_gap_ns_ / kNanosecondsPerMicrosecond << " us between two looks at the client\n";
    return response;
  }

  SnapshotHub hub_;
  AgentMetrics metrics_;
  WebSources sources_;
  int64_t begin_ns_ = 0;
  int64_t last_ns_ = 0;
  int64_t longest_gap_ns_ = 0;
  int64_t after_last_ns_ = 0;  // the processor time between the last look at the clock and the end
};

TEST_F(RequestCostTest, AnHonestListingIsFarWithinItsSecond) {
  for (const HttpFields& query :
       {HttpFields{{"limit", "0"}}, HttpFields{{"limit", "10000"}}, HttpFields{{"limit", "10000"}, {"sort", "state"}},
        HttpFields{{"limit", "10000"}, {"sort", "-client"}, {"filter", "!eth7 !port:1 host:::/0 2001"}}}) {
    EXPECT_EQ(List(query, "eth0").status, 200);
    EXPECT_LT(last_ns_ - begin_ns_, kNanosecondsPerSecond / 2);
    EXPECT_LT(longest_gap_ns_, kLongestGapNs);
  }
}

TEST_F(RequestCostTest, CompressionIsAPartOfTheCost) {
  EXPECT_EQ(List({{"limit", "10000"}}, "eth0").status, 200);
  EXPECT_LT(after_last_ns_, longest_gap_ns_ / 2) << "compressing takes longest, and the cost is measured after it";
}

TEST_F(RequestCostTest, TheDearestListingEndsAfterItsSecond) {
  const std::string almost(120, 'a');
  for (const std::string& filter : {Terms(64, "!" + almost + "b"), Terms(64, "!interface:" + almost + "b"),
                                    Terms(64, "!z"), Terms(32, "!" + almost + "b") + Terms(32, "!host:10.0.0.")}) {
    const int status = List({{"limit", "10000"}, {"sort", "state"}, {"filter", filter}}, std::string(256, 'a')).status;
    EXPECT_TRUE(status == 200 || status == 503) << status;
    EXPECT_LT(last_ns_ - begin_ns_, kNanosecondsPerSecond + kLongestGapNs);
    EXPECT_LT(longest_gap_ns_, kLongestGapNs);
  }
  EXPECT_EQ(List({{"limit", "0"}, {"filter", Terms(64, "!" + almost + "b")}}, std::string(256, 'a')).status, 503);
}

TEST_F(RequestCostTest, TheHistoryOfTheBusiestEdgesIsCheap) {
  History history(150, HistoryView::kMaxSeconds);
  HistorySample sample;
  for (uint16_t second = 1; second <= 660; ++second) {
    sample.time_ns = second * kNanosecondsPerSecond;
    sample.edges.clear();
    for (uint16_t i = 0; i < 150; ++i) {
      HistoryEdgeCounts& edge = sample.edges.emplace_back();
      edge.edge.key.server.port = i;
      for (const HistoryCounter& counter : kHistoryCounters) {
        edge.counts.*counter.member = 1000u * i + second * 77777u % (i + 1000u);
        sample.totals.*counter.member += edge.counts.*counter.member;
      }
    }
    history.Record(sample);
  }
  sources_.history = &history;
  for (const char* limit : {"0", "100"}) {
    HttpRequest request;
    request.path = "/api/v1/history";
    request.query = {{"limit", limit}};
    request.headers = {{"Accept-Encoding", "gzip"}};
    last_ns_ = longest_gap_ns_ = 0;
    const HttpResponse response = WebRoutes(sources_)(request);
    std::cout << "limit=" << limit << ": " << response.status << ", " << response.body.size() << " bytes, "
              << (last_ns_ - begin_ns_) / kNanosecondsPerMicrosecond << " us; at most "
              << longest_gap_ns_ / kNanosecondsPerMicrosecond << " us between two looks at the client\n";
    EXPECT_EQ(response.status, 200);
    EXPECT_LT(last_ns_ - begin_ns_, kNanosecondsPerSecond / 2);
    EXPECT_LT(longest_gap_ns_, kLongestGapNs);
  }
}

TEST_F(RequestCostTest, TheMostEdgesThereCanBeAreCheapHoweverManyConnectionsThereAre) {
  constexpr size_t kMostEdges = 15000;  // of --metrics.edges
  Snapshot snapshot = RandomSnapshot(1, 100000, Values::kPlausible);
  for (size_t i = 0; i < kMostEdges; ++i) {
    EdgeView& edge = snapshot.edges.exported.emplace_back();
    const uint8_t client[4] = {10, 0, static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i)};
    edge.key.client = IpAddress::FromV4(client);
    edge.key.server = {edge.key.client, static_cast<uint16_t>(i)};
    for (size_t value = 1; value <= 40; ++value) {
      edge.distributions.response_seconds.Observe(static_cast<double>(value * (i + 1)) * 1e-6);
    }
    edge.counters.response_count = 40;
    snapshot.edge_changes.exported.push_back(edge.counters);
  }
  snapshot.edge_changes.seconds = 1;
  hub_.Publish(std::make_shared<const Snapshot>(std::move(snapshot)));
  for (const char* path : {"/api/v1/edges", "/api/v1/services"}) {
    for (const char* sort : {"rate", "server", "server_name", "-response"}) {
      HttpRequest request;
      request.path = path;
      request.query = {{"limit", "10000"}, {"sort", sort}};
      request.headers = {{"Accept-Encoding", "gzip"}};
      last_ns_ = longest_gap_ns_ = 0;
      const HttpResponse response = WebRoutes(sources_)(request);
      std::cout << path << " by " << sort << ": " << response.status << ", " << response.body.size() << " bytes, "
                << (last_ns_ - begin_ns_) / kNanosecondsPerMicrosecond << " us; at most "
                << longest_gap_ns_ / kNanosecondsPerMicrosecond << " us between two looks at the client\n";
      EXPECT_EQ(response.status, 200);
      EXPECT_LT(last_ns_ - begin_ns_, kNanosecondsPerSecond / 2);
      EXPECT_LT(longest_gap_ns_, kLongestGapNs);
    }
  }
}

TEST_F(RequestCostTest, PagesWithoutConnectionsAreCheapHoweverManyInterfacesThereAre) {
  Snapshot snapshot;
  snapshot.interfaces.resize(1024);
  for (InterfaceView& interface : snapshot.interfaces) interface.name = std::string(256, '\x01');
  hub_.Publish(std::make_shared<const Snapshot>(std::move(snapshot)));
  const HttpRouter routes = WebRoutes(sources_);
  for (const char* path : {"/", "/-/healthy", "/-/ready", "/api/v1/status", "/api/v1/connections", "/api/v1/edges",
                           "/api/v1/services", "/api/v1/history", "/metrics"}) {
    HttpRequest request;
    request.path = path;
    const int64_t begin_ns = ThreadCpuNanoseconds();
    const HttpResponse response = routes(request);
    const int64_t took_ns = ThreadCpuNanoseconds() - begin_ns;
    std::cout << path << ": " << response.status << ", " << response.body.size() << " bytes, "
              << took_ns / kNanosecondsPerMicrosecond << " us\n";
    EXPECT_EQ(response.status, 200);
    EXPECT_LT(took_ns, kLongestGapNs) << path;
  }
}

}  // namespace
}  // namespace tcpgauge
