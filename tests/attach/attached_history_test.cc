// SPDX-License-Identifier: Apache-2.0
#include "src/attach/attached_history.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/example_identities.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

HistoryCounts Bytes(uint64_t bytes) {
  HistoryCounts counts;
  counts.client_payload_bytes = bytes;
  counts.connections = 4;
  return counts;
}

// A snapshot with one edge, which was credited with `bytes` in the last `change_seconds`.
Snapshot SnapshotAt(double second, uint64_t bytes, double change_seconds = 1) {
  Snapshot snapshot;
  snapshot.time_ns = TestTime(second);
  snapshot.edges.exported.resize(1);
  snapshot.edges.exported[0].key.server = At("10.0.0.2:80");
  snapshot.edges.exported[0].counters.connections = 3;
  snapshot.edge_changes.seconds = change_seconds;
  snapshot.edge_changes.exported.resize(1);
  snapshot.edge_changes.exported[0].client_payload_bytes = bytes;
  return snapshot;
}

class AttachedHistoryTest : public testing::Test {
 protected:
  // A history of the same edge, of seconds from 0 on.
  static HistoryAnswer Past(const std::vector<uint64_t>& bytes) {
    HistoryAnswer past;
    past.begin_time_ns = TestTime(0);
    HistoryEdge edge;
    edge.key.server = At("10.0.0.2:80");
    for (size_t i = 0; i < bytes.size(); ++i) {
      past.seconds.push_back({TestTime(static_cast<double>(i + 1)), 0, {}, {{edge, Bytes(bytes[i])}}});
    }
    return past;
  }
  // The bytes that came in each second.
  std::vector<uint64_t> BytesBySecond() const {
    std::vector<uint64_t> bytes;
    for (const HistoryCounts& counts : history_.history().Now().SumOf([](const HistoryEdge&) { return true; })) {
      bytes.push_back(counts.client_payload_bytes);
    }
    return bytes;
  }
  std::vector<double> Ends() const {
    std::vector<double> ends;
    const HistoryView view = history_.history().Now();
    for (const HistorySecond& second : view.seconds()) {
      ends.push_back(static_cast<double>(second.end_ns - kTestStartNs) / 1e9);
    }
    return ends;
  }

  using Numbers = std::vector<uint64_t>;
  using Times = std::vector<double>;
  AttachedHistory history_{1000};
};

TEST_F(AttachedHistoryTest, GoesOnWhereThePastEnds) {
  Snapshot snapshot = SnapshotAt(4, 30);
  EXPECT_FALSE(history_.LeadsTo(snapshot)) << "nothing is known";
  history_.Begin(Past({10, 20, 25}), snapshot);
  history_.Record(snapshot);
  snapshot = SnapshotAt(5, 40);
  ASSERT_TRUE(history_.LeadsTo(snapshot));
  history_.Record(snapshot);
  EXPECT_EQ(BytesBySecond(), (Numbers{10, 20, 25, 30, 40}));
  EXPECT_EQ(Ends(), (Times{1, 2, 3, 4, 5}));
  const HistoryView view = history_.history().Now();
  EXPECT_EQ(view.edges().size(), 1);
  std::vector<uint64_t> connections;
  view.VisitEdges([&](size_t, size_t, const HistoryCounts& counts) { connections.push_back(counts.connections); });
  EXPECT_EQ(connections, (Numbers{4, 4, 4, 3, 3}));
}

TEST_F(AttachedHistoryTest, TheFirstSecondBeginsWhereTheAgentSays) {
  HistoryAnswer past = Past({10});
  past.begin_time_ns = TestTime(-0.75);
  history_.Begin(past, SnapshotAt(1.5, 0));
  EXPECT_EQ(history_.history().Now().seconds().at(0).begin_ns, TestTime(-0.75));
}

TEST_F(AttachedHistoryTest, ASampleCountsForTheTimeSinceTheLastOne) {
  history_.Begin(Past({10}), SnapshotAt(3, 0));
  history_.Record(SnapshotAt(3, 50, 1));
  history_.Record(SnapshotAt(4, 300, 3));
  history_.Record(SnapshotAt(4.5, 77, 1));
  EXPECT_EQ(BytesBySecond(), (Numbers{10, 100, 100})) << "two seconds, a third of three, and none too early";
}

TEST_F(AttachedHistoryTest, AnUnknownChangeIsNoSample) {
  history_.Begin(Past({10}), SnapshotAt(2, 0));
  history_.Record(SnapshotAt(2, 0, 0));
  EXPECT_EQ(BytesBySecond(), (Numbers{10}));
}

TEST_F(AttachedHistoryTest, ATimeWithoutEdgesIsNotFilledIn) {
  history_.Begin(Past({10}), SnapshotAt(2, 0));
  EXPECT_TRUE(history_.LeadsTo(SnapshotAt(4.5, 1)));
  EXPECT_TRUE(history_.LeadsTo(SnapshotAt(30, 1, 29))) << "the change is of this time";
  EXPECT_FALSE(history_.LeadsTo(SnapshotAt(30, 1)));
  EXPECT_FALSE(history_.LeadsTo(SnapshotAt(-30, 1))) << "the clock was set back";
  EXPECT_TRUE(history_.LeadsTo(SnapshotAt(0.5, 1))) << "the agent's history may be newer than its snapshot";
}

TEST_F(AttachedHistoryTest, BeginsAnewWithAnotherPast) {
  history_.Begin(Past({10, 20}), SnapshotAt(2, 0));
  history_.Begin(Past({1}), SnapshotAt(1, 0));
  EXPECT_EQ(BytesBySecond(), (Numbers{1}));
}

TEST_F(AttachedHistoryTest, APastThatDoesNotLeadToNowIsNone) {
  for (const double now : {100.0, -100.0}) {
    history_.Begin(Past({10, 20}), SnapshotAt(now, 0));
    EXPECT_EQ(BytesBySecond(), Numbers());
    history_.Record(SnapshotAt(now, 5));
    history_.Record(SnapshotAt(now + 1, 7));
    EXPECT_EQ(BytesBySecond(), (Numbers{7}));
    EXPECT_EQ(history_.history().Now().seconds()[0].begin_ns, TestTime(now));
  }
}

TEST_F(AttachedHistoryTest, AnEdgeKeepsItsNamesFromThePastOn) {
  const auto unit = history_.identities()->Get(ExampleUnit()->identity);
  HistoryAnswer past = Past({10});
  past.seconds[0].edges[0].edge.server = unit;
  past.seconds[0].edges[0].edge.key.server_identity = unit->label_number;
  Snapshot snapshot = SnapshotAt(2, 20);
  snapshot.edges.exported[0].server = ExampleUnit();
  history_.Begin(past, snapshot);
  history_.Record(snapshot);
  snapshot = SnapshotAt(3, 30);
  snapshot.edges.exported[0].server = ExamplePod();
  history_.Record(snapshot);
  const HistoryView view = history_.history().Now();
  ASSERT_EQ(view.edges().size(), 2) << "with other names, it is another edge";
  for (const HistoryEdge& edge : view.edges()) {
    const auto sum = view.SumOf([&edge](const HistoryEdge& other) { return other.key == edge.key; });
    EXPECT_EQ(sum[1].client_payload_bytes, edge.server == unit ? 20u : 0u);
    EXPECT_EQ(sum[2].client_payload_bytes, edge.server == unit ? 0u : 30u);
  }
}

TEST_F(AttachedHistoryTest, NumbersOfAnySizeAreBounded) {
  history_.Begin(Past({10}), SnapshotAt(2, 0));
  Snapshot snapshot = SnapshotAt(2, uint64_t{1} << 53, 1e-300);
  snapshot.edge_changes.exported[0].response_count = 1;
  snapshot.edge_changes.exported[0].response_sum_seconds = 1e300;
  history_.Record(snapshot);
  EXPECT_EQ(BytesBySecond(), (Numbers{10, HistoryAnswerBounds::kCount}));
}

}  // namespace
}  // namespace tcpgauge
