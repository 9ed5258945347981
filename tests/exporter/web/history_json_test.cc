// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/history_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "src/base/time_units.h"
#include "src/snapshot/history.h"
#include "tests/support/example_identities.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

using Json = nlohmann::json;
using testing::StartsWith;

HistoryEdge Edge(const char* client, const char* server) {
  HistoryEdge edge;
  edge.key.client = *IpAddress::Parse(client);
  edge.key.server = At(server);
  return edge;
}

HistoryCounts Counts(uint64_t client_bytes, uint64_t responses = 0, uint64_t response_us = 0) {
  HistoryCounts counts;
  counts.client_payload_bytes = client_bytes;
  counts.responses = responses;
  counts.response_us_sum = response_us;
  counts.connections = 2;
  return counts;
}

class HistoryJsonTest : public testing::Test {
 protected:
  HistoryJsonTest() { snapshot_.capture_start_time_ns = kTestStartNs; }

  // Records the next second.
  void Record(std::vector<HistoryEdgeCounts> edges) {
    sample_.time_ns += kNanosecondsPerSecond;
    sample_.totals.connections = 0;
    for (const HistoryEdgeCounts& edge : edges) sample_.totals.Add(edge.counts);
    sample_.edges = std::move(edges);
    history_.Record(sample_);
  }

  Json Get(HttpFields parameters) {
    HttpRequest request;
    request.query = std::move(parameters);
    const auto query = ParseHistoryQuery(request);
    EXPECT_TRUE(query.ok()) << query.status();
    return Json::parse(*HistoryJson(history_.Now(), snapshot_, *query, "node \"7\"", [] { return false; }));
  }

  const HistoryEdge web_ = Edge("10.0.0.1", "10.0.0.2:80");
  const HistoryEdge other_client_ = Edge("10.0.0.9", "10.0.0.2:80");
  const HistoryEdge tls_ = Edge("2001:db8::1", "[2001:db8::2]:443");
  HistorySample sample_ = {kTestStartNs, 0, {}, {}};
  Snapshot snapshot_;
  History history_{300, HistoryView::kMaxSeconds};
};

TEST_F(HistoryJsonTest, AnEmptyHistoryHasNoSeconds) {
  const Json answer = Get({});
  EXPECT_EQ(answer["agent"], "node \"7\"");
  EXPECT_EQ(answer["end_times"], Json::array());
  EXPECT_EQ(answer["begin_time"], 1700000000);
  EXPECT_EQ(answer["before"]["client_payload_bytes"], 0);
  EXPECT_EQ(answer["totals"]["client_payload_bytes"], Json::array());
  EXPECT_EQ(answer["edges"], Json::array());
  EXPECT_FALSE(answer.contains("matching"));
}

TEST_F(HistoryJsonTest, ShowsTheTotalsOfEachSecond) {
  Record({{web_, Counts(100, 2, 1500)}, {tls_, Counts(50)}});
  Record({{web_, Counts(7)}});
  const Json answer = Get({});
  EXPECT_EQ(answer["end_times"], Json::array({1700000001, 1700000002}));
  EXPECT_EQ(answer["totals"]["client_payload_bytes"], Json::array({150, 7}));
  EXPECT_EQ(answer["totals"]["server_payload_bytes"], Json::array({0, 0}));
  EXPECT_EQ(answer["totals"]["responses"], Json::array({2, 0}));
  EXPECT_EQ(answer["totals"]["response_seconds_sum"], Json::array({0.0015, 0}));
  EXPECT_EQ(answer["totals"]["connections"], Json::array({4, 2}));
  EXPECT_EQ(answer["totals"].size(), 14);
  EXPECT_EQ(answer["edges"], Json::array()) << "none is listed unless asked for";
}

TEST_F(HistoryJsonTest, ShowsTheEdgesOfAServiceAndTheirSum) {
  Record({{web_, Counts(100)}, {tls_, Counts(50)}});
  Record({{web_, Counts(0)}, {other_client_, Counts(1000, 1, 250000)}, {tls_, Counts(50)}});
  const Json answer = Get({{"server", "10.0.0.2:80"}});
  EXPECT_EQ(answer["matching"]["client_payload_bytes"], Json::array({100, 1000}));
  EXPECT_EQ(answer["matching"]["connections"], Json::array({2, 4}));
  ASSERT_EQ(answer["edges"].size(), 2);
  EXPECT_EQ(answer["edges"][0], Json({{"client", {{"address", "10.0.0.9"}}},
                                      {"server", {{"address", "10.0.0.2"}, {"port", 80}}},
                                      {"connections", {nullptr, 2}},
                                      {"client_payload_bytes", {nullptr, 1000}},
                                      {"responses", {nullptr, 1}},
                                      {"response_seconds_sum", {nullptr, 0.25}}}));
  EXPECT_EQ(answer["edges"][1]["client"]["address"], "10.0.0.1");
  EXPECT_EQ(answer["edges"][1]["client_payload_bytes"], Json::array({100, 0}));
}

TEST_F(HistoryJsonTest, ShowsTheResponseTimesOfAService) {
  ResponseCounts fast, slow;
  fast.counts[10] = 2;
  fast.counts[12] = 3;
  slow.counts[35] = 1;
  Record({{web_, Counts(1, 5), fast}, {other_client_, Counts(2, 1), slow}});
  for (size_t i = 1; i < History::kResponseSeconds; ++i) Record({{web_, Counts(0)}, {other_client_, Counts(0)}});
  // The first second is the turn of the heavier edge.
  EXPECT_EQ(Get({{"server", "10.0.0.2:80"}})["matching"]["response_buckets"],
            Json::parse("[[0, 7, 1], [9, -18, 2, 0, 3]]"));
  EXPECT_EQ(Get({{"client", "10.0.0.1"}, {"since", "1700000005"}})["matching"]["response_buckets"],
            Json::parse("[[4, -18, 2, 0, 3]]"));
  EXPECT_FALSE(Get({})["totals"].contains("response_buckets"));
  EXPECT_FALSE(Get({{"server", "10.0.0.2:81"}})["matching"].contains("response_buckets"));
}

TEST_F(HistoryJsonTest, SelectsByServerAndClient) {
  Record({{web_, Counts(1)}, {tls_, Counts(2)}, {other_client_, Counts(4)}});
  const auto sum = [this](HttpFields parameters) {
    return Get(std::move(parameters))["matching"]["client_payload_bytes"][0].get<int>();
  };
  EXPECT_EQ(sum({{"server", "10.0.0.2:80"}}), 5);
  EXPECT_EQ(sum({{"server", "10.0.0.2:81"}}), 0);
  EXPECT_EQ(sum({{"client", "10.0.0.9"}}), 4);
  EXPECT_EQ(sum({{"client", "10.0.0.9"}, {"server", "10.0.0.2:80"}}), 4);
  EXPECT_EQ(sum({{"client", "10.0.0.9"}, {"server", "[2001:db8::2]:443"}}), 0);
  EXPECT_EQ(sum({{"server", "[2001:DB8:0::2]:443"}}), 2);
}

TEST_F(HistoryJsonTest, ListsTheHeaviestEdges) {
  Record({{web_, Counts(1)}, {tls_, Counts(2)}, {other_client_, Counts(4)}});
  EXPECT_EQ(Get({{"limit", "100"}})["edges"].size(), 3);
  const Json two = Get({{"limit", "2"}});
  ASSERT_EQ(two["edges"].size(), 2);
  EXPECT_EQ(two["edges"][0]["client"]["address"], "10.0.0.9");
  EXPECT_EQ(two["edges"][1]["client"]["address"], "2001:db8::1");
  const Json none = Get({{"server", "10.0.0.2:80"}, {"limit", "0"}});
  EXPECT_EQ(none["edges"].size(), 0);
  EXPECT_EQ(none["matching"]["client_payload_bytes"], Json::array({5}));
}

TEST_F(HistoryJsonTest, TellsOnlyWhatIsNew) {
  Record({{web_, Counts(1)}});
  Record({{web_, Counts(2)}});
  Record({{web_, Counts(4)}});
  for (const char* since : {"1700000001", "1700000001.0", "1700000000.9999", "1700000001.0004", "1.700000001e9"}) {
    const Json answer = Get({{"since", since}, {"limit", "1"}});
    EXPECT_EQ(answer["begin_time"], 1700000001) << since;
    EXPECT_EQ(answer["end_times"], Json::array({1700000002, 1700000003}));
    EXPECT_EQ(answer["before"]["client_payload_bytes"], 1);
    EXPECT_EQ(answer["before"]["connections"], 2);
    EXPECT_EQ(answer["totals"]["client_payload_bytes"], Json::array({2, 4}));
    EXPECT_EQ(answer["edges"][0]["client_payload_bytes"], Json::array({2, 4}));
  }
  const Json nothing = Get({{"since", "1700000003"}});
  EXPECT_EQ(nothing["end_times"], Json::array());
  EXPECT_EQ(nothing["begin_time"], 1700000003);
  EXPECT_EQ(nothing["before"]["client_payload_bytes"], 7);
}

TEST_F(HistoryJsonTest, TimesAreThoseOfTheWallClock) {
  sample_.clock_stepped_ns = 3600 * kNanosecondsPerSecond;
  Record({{web_, Counts(1)}});
  Record({{web_, Counts(2)}});
  EXPECT_EQ(Get({})["end_times"], Json::array({1700003601, 1700003602}));
  EXPECT_EQ(Get({{"since", "1700003601"}})["end_times"], Json::array({1700003602}));
}

TEST_F(HistoryJsonTest, NamesTheEndsAndTheirPrefixes) {
  HistoryEdge edge = Edge("10.1.0.0", "10.2.0.0:80");
  edge.key.is_server_prefix = true;
  edge.client = ExampleUnit();
  edge.server = ExamplePod();
  snapshot_.edges.v4_prefix_bits = 16;
  snapshot_.edges.v4_server_prefix_bits = 24;
  Record({{edge, Counts(1)}});
  const Json listed = Get({{"limit", "1"}})["edges"][0];
  EXPECT_EQ(listed["client"]["prefix_length"], 16);
  EXPECT_EQ(listed["server"]["prefix_length"], 24);
  EXPECT_TRUE(listed["client"].contains("workload"));
  EXPECT_TRUE(listed["server"].contains("pod"));
  EXPECT_EQ(Get({{"server", "10.2.0.0:80"}})["edges"].size(), 1);
}

TEST_F(HistoryJsonTest, ListsMoreEdgesThanItHasInMemoryAtATime) {
  for (int second = 0; second < 3; ++second) {
    std::vector<HistoryEdgeCounts> edges;
    for (uint16_t i = 0; i < 100; ++i) {
      HistoryEdge edge = web_;
      edge.key.server.port = i;
      edges.push_back({edge, Counts(1000u + i)});
    }
    Record(edges);
  }
  const Json answer = Get({{"limit", "100"}});
  ASSERT_EQ(answer["edges"].size(), 100);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(answer["edges"][i]["server"]["port"], 99 - i);
    EXPECT_EQ(answer["edges"][i]["client_payload_bytes"], Json::array({1099 - i, 1099 - i, 1099 - i}));
  }
}

TEST_F(HistoryJsonTest, AnAnswerIsBounded) {
  HistoryCounts most;
  for (const HistoryCounter& counter : kHistoryCounters) most.*counter.member = 1'000'000;
  std::vector<HistoryEdgeCounts> edges;
  for (uint16_t i = 0; i < 100; ++i) {
    HistoryEdge edge = web_;
    edge.key.server.port = i;
    edges.push_back({edge, most});
  }
  for (int second = 0; second < 660; ++second) Record(edges);
  HistoryQuery query;
  query.limit = 100;
  const std::string answer = *HistoryJson(history_.Now(), snapshot_, query, "", [] { return false; });
  EXPECT_GT(answer.size(), kMostHistoryBytes);
  EXPECT_LT(answer.size(), 1'000'000);
  EXPECT_GT(Json::parse(answer)["edges"].size(), 10);
}

TEST_F(HistoryJsonTest, StopsWhenItMust) {
  Record({{web_, Counts(1)}});
  EXPECT_FALSE(HistoryJson(history_.Now(), snapshot_, {}, "", [] { return true; }).has_value());
}

TEST(HistoryQueryTest, WrongParametersAreNamed) {
  const auto error = [](const char* name, const char* value) {
    HttpRequest request;
    request.query = {{name, value}};
    return std::string(ParseHistoryQuery(request).status().message());
  };
  for (const char* server : {"10.0.0.2", ":80", "web:80", "10.0.0.2:", "10.0.0.2:65536", "10.0.0.2:80x",
                             "2001:db8::2:443", "[2001:db8::2]", "[10.0.0.2:80", "10.0.0.0/24:80"}) {
    EXPECT_EQ(error("server", server), std::string("server: \"") + server +
                                           "\" is not an address and a port, such as 192.0.2.1:443 or "
                                           "[2001:db8::1]:443");
  }
  EXPECT_EQ(error("client", "web"), "client: \"web\" is not an address");
  EXPECT_EQ(error("limit", "101"), "limit: \"101\" is not a number from 0 to 100");
  for (const char* since : {"-1", "x", "1e30", "nan", "1 "}) {
    EXPECT_THAT(error("since", since), StartsWith("since: \"" + std::string(since) + "\" is not a number of seconds"));
  }
  HttpRequest twice;
  twice.query = {{"server", "10.0.0.2:80"}, {"server", "10.0.0.2:80"}};
  EXPECT_EQ(ParseHistoryQuery(twice).status().message(), "server: is given 2 times; give it once");
}

}  // namespace
}  // namespace tcpgauge
