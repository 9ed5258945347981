// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/edge_change_meter.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

constexpr int64_t kMs = 1000000;

EdgeView Edge(uint16_t port, uint64_t bytes, int64_t start_time_ns = 0) {
  EdgeView edge;
  edge.key.server.port = port;
  edge.counters.client_payload_bytes = bytes;
  edge.counters.connections = 3;
  edge.start_time_ns = start_time_ns;
  return edge;
}

EdgesView Edges(std::vector<EdgeView> exported, uint64_t other_bytes = 0, uint64_t retired_bytes = 0) {
  EdgesView edges;
  edges.exported = std::move(exported);
  edges.other.client_payload_bytes = other_bytes;
  edges.other.connections = 7;
  edges.retired.client_payload_bytes = retired_bytes;
  return edges;
}

// The changes of client_payload_bytes.
struct Bytes {
  double seconds;
  std::vector<uint64_t> exported;
  uint64_t other;

  friend bool operator==(const Bytes& a, const Bytes& b) {
    return a.seconds == b.seconds && a.exported == b.exported && a.other == b.other;
  }
  friend void PrintTo(const Bytes& bytes, std::ostream* out) {
    *out << testing::PrintToString(bytes.exported) << " and " << bytes.other << " in " << bytes.seconds << " s";
  }
};

Bytes Measure(EdgeChangeMeter* meter, const EdgesView& edges, int64_t time_ns) {
  const EdgeChanges changes = meter->Measure(edges, {}, time_ns);
  Bytes bytes{changes.seconds, {}, changes.other.client_payload_bytes};
  for (const EdgeCounters& change : changes.exported) bytes.exported.push_back(change.client_payload_bytes);
  return bytes;
}

TEST(EdgeChangeMeter, KnowsNothingBeforeTheSecondSnapshot) {
  EdgeChangeMeter meter(1);
  EXPECT_EQ(Measure(&meter, Edges({Edge(1, 10)}, 5), 1000 * kMs), (Bytes{0, {}, 0}));
  EXPECT_EQ(Measure(&meter, Edges({Edge(1, 10)}, 5), 1000 * kMs), (Bytes{0, {}, 0})) << "no time has passed";
  EXPECT_EQ(Measure(&meter, Edges({Edge(1, 10)}, 5), 999 * kMs), (Bytes{0, {}, 0})) << "time stepped back";
}

TEST(EdgeChangeMeter, ComparesEachEdgeWithItsEarlierCounters) {
  EdgeChangeMeter meter(1);
  Measure(&meter, Edges({Edge(1, 10), Edge(2, 20)}, 5, 1), 1000 * kMs);
  EXPECT_EQ(Measure(&meter, Edges({Edge(2, 24), Edge(3, 7, 1), Edge(1, 10)}, 6, 3), 3000 * kMs),
            (Bytes{2, {4, 7, 0}, 3}));
  EXPECT_EQ(Measure(&meter, Edges({Edge(2, 24), Edge(3, 7, 1), Edge(1, 11)}, 6, 3), 4000 * kMs),
            (Bytes{1, {0, 0, 1}, 0}));
}

TEST(EdgeChangeMeter, MeasuresEveryCounterAndNoGauge) {
  EdgeChangeMeter meter(1);
  EdgeCounters before{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  EdgeCounters now{1001, 1003, 1005, 1007, 1009, 1011, 1013, 1015, 1017, 1019, 1021, 1023, 1025, 90, 91};
  EdgeView edge = Edge(1, 0);
  EdgesView edges;
  edge.counters = edges.other = before;
  edges.exported = {edge};
  meter.Measure(edges, {}, 0);
  edges.exported[0].counters = edges.other = now;
  const EdgeChanges changes = meter.Measure(edges, {}, 1000 * kMs);
  for (const EdgeCounters& change : {changes.exported.at(0), changes.other}) {
    EXPECT_EQ(change.client_payload_bytes, 1000u);
    EXPECT_EQ(change.server_payload_bytes, 1001u);
    EXPECT_EQ(change.segments, 1002u);
    EXPECT_EQ(change.retransmitted_segments, 1003u);
    EXPECT_EQ(change.out_of_order_segments, 1004u);
    EXPECT_EQ(change.syn_retransmissions, 1005u);
    EXPECT_EQ(change.connections_opened, 1006u);
    EXPECT_EQ(change.connections_refused, 1007u);
    EXPECT_EQ(change.connections_timed_out, 1008u);
    EXPECT_EQ(change.handshake_rtt_count, 1009u);
    EXPECT_EQ(change.handshake_rtt_sum_seconds, 1010);
    EXPECT_EQ(change.response_count, 1011u);
    EXPECT_EQ(change.response_sum_seconds, 1012);
    EXPECT_EQ(change.connections, 0);
    EXPECT_EQ(change.stalled, 0);
  }
}

TEST(EdgeChangeMeter, CountsWhatAnEdgeRetiredWithOnlyOnce) {
  EdgeChangeMeter meter(1);
  Measure(&meter, Edges({Edge(1, 1000), Edge(2, 2000)}, 5), 1000 * kMs);
  EXPECT_EQ(Measure(&meter, Edges({Edge(2, 2001)}, 6, 1003), 2000 * kMs), (Bytes{1, {1}, 4}))
      << "3 bytes more before its series ended, and 1 of other edges";
  EXPECT_EQ(Measure(&meter, Edges({Edge(2, 2001)}, 6, 1003), 3000 * kMs), (Bytes{1, {0}, 0}));
}

TEST(EdgeChangeMeter, SeriesThatBeganAgainStartAtZero) {
  EdgeChangeMeter meter(1);
  Measure(&meter, Edges({Edge(1, 1000, 10)}), 1000 * kMs);
  EXPECT_EQ(Measure(&meter, Edges({Edge(1, 1500, 20)}, 0, 1002), 2000 * kMs), (Bytes{1, {1500}, 2}));
  EXPECT_EQ(Measure(&meter, Edges({Edge(1, 1700, 5)}, 0, 1002), 3000 * kMs), (Bytes{1, {200}, 0}))
      << "another worker's part of the edge began earlier";
}

TEST(EdgeChangeMeter, SnapshotsInQuickSuccessionAreComparedOverHalfAWindowAtLeast) {
  EdgeChangeMeter meter(1);
  std::vector<double> seconds;
  for (uint64_t tick = 0; tick <= 20; ++tick) {
    const Bytes changes = Measure(&meter, Edges({Edge(1, tick * 10)}), static_cast<int64_t>(tick) * 100 * kMs);
    seconds.push_back(changes.seconds);
    if (changes.exported.empty()) continue;
    EXPECT_DOUBLE_EQ(static_cast<double>(changes.exported[0]) / changes.seconds, 100);
  }
  EXPECT_EQ(seconds,
            (std::vector<double>{0, .1, .2, .3, .4, .5, .6, .7, .8, .9, .5, .6, .7, .8, .9, .5, .6, .7, .8, .9, .5}));
}

TEST(EdgeChangeMeter, TheLastSnapshotIsTheEarlierOneWhenReadersComeSeldom) {
  EdgeChangeMeter meter(1);
  for (int second = 0; second <= 90; second += 30) {
    EXPECT_EQ(Measure(&meter, Edges({}), int64_t{1000} * second * kMs).seconds, second == 0 ? 0 : 30);
  }
}

TEST(EdgeChangeMeter, ComparesInterfacesByNameAndStart) {
  EdgeChangeMeter meter(1);
  std::vector<InterfaceView> interfaces(2);
  interfaces[0].name = "eth0";
  interfaces[1].name = "veth1";
  interfaces[0].account.segments = 100;
  interfaces[1].account.segments = 50;
  EXPECT_TRUE(meter.Measure(EdgesView(), interfaces, 0).interfaces.empty());
  interfaces[0].account.segments = 130;
  interfaces[0].account.connections_refused = 1;
  // Another one of this name.
  interfaces[1].start_time_ns = 500 * kMs;
  interfaces[1].account.segments = 60;
  interfaces.emplace_back().account.segments = 7;
  interfaces[2].name = "veth2";
  const EdgeChanges changes = meter.Measure(EdgesView(), interfaces, 1000 * kMs);
  ASSERT_EQ(changes.interfaces.size(), 3u);
  EXPECT_EQ(changes.interfaces[0].segments, 30u);
  EXPECT_EQ(changes.interfaces[0].connections_refused, 1u);
  EXPECT_EQ(changes.interfaces[1].segments, 60u);
  EXPECT_EQ(changes.interfaces[2].segments, 7u);
  interfaces.pop_back();
  interfaces[1] = InterfaceView();
  interfaces[1].name = "veth1";
  interfaces[1].is_forgotten = true;
  EXPECT_EQ(meter.Measure(EdgesView(), interfaces, 2000 * kMs).interfaces.at(1).segments, 0u) << "nothing falls";
}

}  // namespace
}  // namespace tcpgauge
