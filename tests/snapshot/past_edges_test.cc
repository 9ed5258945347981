// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/past_edges.h"

#include <cstdint>
#include <memory>
#include <vector>

#include "gtest/gtest.h"
#include "src/base/time_units.h"
#include "src/snapshot/history.h"

namespace tcpgauge {
namespace {

constexpr int64_t kStartNs = 1700000000 * kNanosecondsPerSecond;

HistoryEdgeCounts Edge(uint16_t port, const HistoryCounts& counts) {
  HistoryEdgeCounts edge;
  edge.edge.key.server.port = port;
  edge.counts = counts;
  return edge;
}

std::vector<std::shared_ptr<const Snapshot>> Seconds(const History& history, size_t count, int64_t until_ns) {
  std::vector<std::shared_ptr<const Snapshot>> seconds;
  VisitPastEdges(history.Now(), count, until_ns,
                 [&](const std::shared_ptr<const Snapshot>& second) { seconds.push_back(second); });
  return seconds;
}

TEST(PastEdges, EachSecondHasItsEdgesAndWhatTheyCounted) {
  EdgeCounters counters;
  counters.client_payload_bytes = 1;
  counters.server_payload_bytes = 2;
  counters.segments = 3;
  counters.retransmitted_segments = 4;
  counters.out_of_order_segments = 5;
  counters.syn_retransmissions = 6;
  counters.connections_opened = 7;
  counters.connections_refused = 8;
  counters.connections_timed_out = 9;
  counters.handshake_rtt_count = 10;
  counters.handshake_rtt_sum_seconds = 0.5;
  counters.response_count = 11;
  counters.response_sum_seconds = 0.25;
  counters.connections = 12;
  History history(300, HistoryView::kMaxSeconds);
  history.Record({kStartNs + kNanosecondsPerSecond, 0, {}, {Edge(80, HistoryCountsOf(counters))}});
  history.Record({kStartNs + 3 * kNanosecondsPerSecond, 0, {}, {Edge(80, {}), Edge(443, {})}});
  const auto seconds = Seconds(history, 10, INT64_MAX);
  ASSERT_EQ(seconds.size(), 2);
  EXPECT_EQ(seconds[0]->time_ns, kStartNs + kNanosecondsPerSecond);
  ASSERT_EQ(seconds[0]->edges.exported.size(), 1);
  EXPECT_EQ(seconds[0]->edges.exported[0].key.server.port, 80);
  EXPECT_EQ(seconds[0]->edges.exported[0].counters.connections, 12);
  const EdgeCounters& change = seconds[0]->edge_changes.exported.at(0);
  EXPECT_EQ(change.client_payload_bytes, 1);
  EXPECT_EQ(change.server_payload_bytes, 2);
  EXPECT_EQ(change.segments, 3);
  EXPECT_EQ(change.retransmitted_segments, 4);
  EXPECT_EQ(change.out_of_order_segments, 5);
  EXPECT_EQ(change.syn_retransmissions, 6);
  EXPECT_EQ(change.connections_opened, 7);
  EXPECT_EQ(change.connections_refused, 8);
  EXPECT_EQ(change.connections_timed_out, 9);
  EXPECT_EQ(change.handshake_rtt_count, 10);
  EXPECT_DOUBLE_EQ(change.handshake_rtt_sum_seconds, 0.5);
  EXPECT_EQ(change.response_count, 11);
  EXPECT_DOUBLE_EQ(change.response_sum_seconds, 0.25);
  EXPECT_EQ(change.connections, 0);
  EXPECT_EQ(seconds[1]->edges.exported.size(), 2);
  EXPECT_EQ(seconds[1]->edge_changes.exported.size(), 2);
  EXPECT_DOUBLE_EQ(seconds[1]->edge_changes.seconds, 2);
}

TEST(PastEdges, TheNewestSecondsUntilATime) {
  History history(300, HistoryView::kMaxSeconds);
  for (int64_t second = 1; second <= 50; ++second) {
    history.Record({kStartNs + second * kNanosecondsPerSecond, 0, {}, {Edge(80, {})}});
  }
  const auto seconds = Seconds(history, 10, kStartNs + 40 * kNanosecondsPerSecond);
  ASSERT_EQ(seconds.size(), 10);
  EXPECT_EQ(seconds.front()->time_ns, kStartNs + 31 * kNanosecondsPerSecond);
  EXPECT_EQ(seconds.back()->time_ns, kStartNs + 40 * kNanosecondsPerSecond);
  EXPECT_TRUE(Seconds(history, 10, kStartNs).empty());
}

}  // namespace
}  // namespace tcpgauge
