// SPDX-License-Identifier: Apache-2.0
#include "src/attach/history_from_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "exporter/web/history_json.h"
#include "src/base/time_units.h"
#include "src/snapshot/history_counts.h"
#include "tests/json/text_body.h"
#include "tests/support/example_identities.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

using testing::HasSubstr;

class HistoryFromJsonTest : public testing::Test {
 protected:
  absl::StatusOr<HistoryAnswer> Read(const std::string& text, size_t limit = 100) {
    TextBody body(text);
    return HistoryFromJson(&body, limit, &pool_);
  }
  // Reads a history of a second, with this edge.
  absl::StatusOr<HistoryAnswer> ReadEdge(const std::string& members) {
    return Read(R"({"begin_time":1,"end_times":[2],"edges":[{)" + members + "}]}");
  }
  static std::string Written(const History& history) {
    HistoryQuery query;
    query.limit = kMaxHistoryEdgesListed;
    return *HistoryJson(history.Now(), Snapshot(), query, "node7", [] { return false; });
  }

  IdentityPool pool_;
};

constexpr char kEnds[] = R"("client":{"address":"10.0.0.1"},"server":{"address":"10.0.0.2","port":80})";

HistoryEdge Edge(uint16_t port) {
  HistoryEdge edge;
  edge.key.client = *IpAddress::Parse("10.0.0.1");
  edge.key.server = {*IpAddress::Parse("10.0.0.2"), port};
  return edge;
}

// Different numbers in all members.
HistoryCounts Counts(uint64_t number) {
  HistoryCounts counts;
  for (const HistoryCounter& counter : kHistoryCounters) counts.*counter.member = number++;
  counts.connections = number;
  return counts;
}

TEST_F(HistoryFromJsonTest, TellsWhatTheAgentRecorded) {
  History history(300, HistoryView::kMaxSeconds);
  history.Record({kTestStartNs + kNanosecondsPerSecond, 0, {}, {{Edge(80), Counts(1000000)}}});
  history.Record({kTestStartNs + 3 * kNanosecondsPerSecond, 0, {}, {{Edge(80), Counts(7)}, {Edge(443), Counts(500)}}});
  const HistoryAnswer answer = Read(Written(history)).value();
  EXPECT_EQ(answer.begin_time_ns, kTestStartNs);
  ASSERT_EQ(answer.seconds.size(), 2);
  EXPECT_EQ(answer.seconds[0].time_ns, kTestStartNs + kNanosecondsPerSecond);
  EXPECT_EQ(answer.seconds[1].time_ns, kTestStartNs + 3 * kNanosecondsPerSecond);
  ASSERT_EQ(answer.seconds[0].edges.size(), 1) << "the other edge was not recorded yet";
  ASSERT_EQ(answer.seconds[1].edges.size(), 2);
  EXPECT_EQ(answer.seconds[1].edges[1].edge.key, Edge(443).key);
  const struct {
    const HistoryEdgeCounts& read;
    HistoryCounts recorded;
  } kEdges[] = {{answer.seconds[0].edges[0], Counts(1000000)},
                {answer.seconds[1].edges[0], Counts(7)},
                {answer.seconds[1].edges[1], Counts(500)}};
  for (const auto& edge : kEdges) {
    EXPECT_EQ(edge.read.counts.connections, edge.recorded.connections);
    for (const HistoryCounter& counter : kHistoryCounters) {
      EXPECT_EQ(edge.read.counts.*counter.member, edge.recorded.*counter.member) << counter.name;
    }
  }
}

TEST_F(HistoryFromJsonTest, NamesTellEqualEdgesApart) {
  History history(300, HistoryView::kMaxSeconds);
  HistoryEdge named = Edge(80);
  named.client = ExampleUnit();
  named.server = ExamplePod();
  named.key.server_identity = 7;
  HistoryEdge grouped = Edge(443);
  grouped.key.is_server_prefix = true;
  history.Record({kTestStartNs, 0, {}, {{Edge(80), Counts(1)}, {named, Counts(2)}, {grouped, Counts(3)}}});
  Snapshot snapshot;
  snapshot.edges.v4_server_prefix_bits = 24;
  HistoryQuery query;
  query.limit = kMaxHistoryEdgesListed;
  const HistoryAnswer answer =
      Read(*HistoryJson(history.Now(), snapshot, query, "node7", [] { return false; })).value();
  ASSERT_EQ(answer.seconds.at(0).edges.size(), 3);
  const HistoryEdge& first = answer.seconds[0].edges[0].edge;
  EXPECT_TRUE(first.key.is_server_prefix);
  EXPECT_EQ(first.key.server_identity, 0u);
  const HistoryEdge& second = answer.seconds[0].edges[1].edge;
  EXPECT_FALSE(second.key.is_server_prefix);
  EXPECT_EQ(second.client->identity, ExampleUnit()->identity);
  EXPECT_EQ(second.server->identity, ExamplePod()->identity);
  EXPECT_EQ(second.server, pool_.Get(ExamplePod()->identity)) << "the pool knows the identity";
  const HistoryEdge& third = answer.seconds[0].edges[2].edge;
  EXPECT_EQ(third.key.server, second.key.server);
  EXPECT_FALSE(third.key == second.key);
}

TEST_F(HistoryFromJsonTest, AnEmptyHistoryHasNoSeconds) {
  const HistoryAnswer answer = Read(Written(History(300, HistoryView::kMaxSeconds))).value();
  EXPECT_EQ(answer.begin_time_ns, 0);
  EXPECT_TRUE(answer.seconds.empty());
}

TEST_F(HistoryFromJsonTest, WhatIsMissingIsZero) {
  const auto answer = ReadEdge(absl::StrCat(kEnds, R"(,"connections":[3],"segments":[null],"newer":[[1]])"));
  ASSERT_TRUE(answer.ok()) << answer.status();
  const HistoryCounts& counts = answer->seconds.at(0).edges.at(0).counts;
  EXPECT_EQ(counts.connections, 3u);
  EXPECT_TRUE(counts.CountsNothing());
}

TEST_F(HistoryFromJsonTest, ValuesAreBounded) {
  const auto answer =
      ReadEdge(absl::StrCat(kEnds, R"(,"connections":[18446744073709551615],"segments":[18446744073709551615],)"
                                   R"("responses":[-1],"connections_opened":["9"],)"
                                   R"("response_seconds_sum":[1e300],"handshake_rtt_seconds_sum":[-1])"));
  ASSERT_TRUE(answer.ok()) << answer.status();
  const HistoryCounts& counts = answer->seconds.at(0).edges.at(0).counts;
  EXPECT_EQ(counts.connections, UINT32_MAX);
  EXPECT_EQ(counts.segments, HistoryAnswerBounds::kCount);
  EXPECT_EQ(counts.responses, 0u);
  EXPECT_EQ(counts.connections_opened, 0u);
  EXPECT_EQ(counts.response_us_sum, 1000000000000000u);
  EXPECT_EQ(counts.handshake_rtt_us_sum, 0u);
}

TEST_F(HistoryFromJsonTest, TimesMustRise) {
  const auto error = [this](const std::string& times) {
    return std::string(Read("{" + times + R"(,"edges":[]})").status().message());
  };
  for (const char* times :
       {R"("end_times":[1,2])", R"("begin_time":"1","end_times":[2])", R"("begin_time":-1,"end_times":[2])",
        R"("begin_time":1e300,"end_times":[])", R"("begin_time":1,"end_times":[1])",
        R"("begin_time":5,"end_times":[2])", R"("begin_time":1,"end_times":[2,3,3])",
        R"("begin_time":1,"end_times":[3,2])", R"("begin_time":1,"end_times":[null])",
        R"("begin_time":1,"end_times":[1e300])", R"("begin_time":1,"end_times":[{}])"}) {
    EXPECT_THAT(error(times), HasSubstr("not that of a tcpgauge agent")) << times;
  }
  EXPECT_EQ(error(R"("begin_time":1,"end_times":[2,2.5])"), "");
}

TEST_F(HistoryFromJsonTest, RefusesWhatIsNoHistory) {
  for (const char* text : {"[]", "{}", "7", "<html>", R"({"begin_time":1,"end_times":[]})",
                           R"({"begin_time":1,"edges":{}})", R"({"begin_time":1,"end_times":[)"}) {
    EXPECT_THAT(std::string(Read(text).status().message()), HasSubstr("not that of a tcpgauge agent")) << text;
  }
  for (const std::string& edge :
       {std::string(R"("client":{"address":"x"})"), std::string(R"("connections":[1])"), std::string(kEnds),
        absl::StrCat(kEnds, R"(,"connections":[1,2])"), absl::StrCat(kEnds, R"(,"connections":[[1]])")}) {
    EXPECT_THAT(std::string(ReadEdge(edge).status().message()), HasSubstr("an edge that cannot be read")) << edge;
  }
  EXPECT_THAT(std::string(Read(R"({"begin_time":1,"edges":[7]})").status().message()),
              HasSubstr("an edge that cannot be read"));
}

TEST_F(HistoryFromJsonTest, RefusesMoreThanItAskedFor) {
  const std::string edge = absl::StrCat("{", kEnds, R"(,"connections":[]})");
  const std::string two = absl::StrCat(R"({"begin_time":1,"end_times":[],"edges":[)", edge, ",", edge, "]}");
  EXPECT_TRUE(Read(two, 2).ok());
  EXPECT_THAT(std::string(Read(two, 1).status().message()), HasSubstr("more edges than the 1"));

  std::string times = "2", values = "0";
  for (size_t i = 1; i < HistoryAnswerBounds::kSeconds; ++i) {
    absl::StrAppend(&times, ",", i + 2);
    absl::StrAppend(&values, ",0");
  }
  const auto with = [&](const std::string& more_times, const std::string& more_values) {
    return Read(absl::StrCat(R"({"begin_time":1,"end_times":[)", times, more_times, R"(],"edges":[{)", kEnds,
                             R"(,"connections":[)", values, more_values, "]}]}"));
  };
  EXPECT_TRUE(with("", "").ok());
  EXPECT_EQ(with(",1000", "").status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(with("", ",0").status().code(), absl::StatusCode::kResourceExhausted);

  const std::string space(HistoryAnswerBounds::kBytes / 8, ' ');
  std::string long_text = R"({"begin_time":1)";
  for (int i = 0; i < 8; ++i) absl::StrAppend(&long_text, space, R"(,"a":1)");
  EXPECT_THAT(std::string(Read(long_text + R"(,"edges":[]})").status().message()),
              HasSubstr("more than 4194304 bytes"));
}

}  // namespace
}  // namespace tcpgauge
