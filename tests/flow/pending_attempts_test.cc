// SPDX-License-Identifier: Apache-2.0
// An attempt that no edge counts yet is pending.
#include <cstdint>
#include <utility>

#include "gtest/gtest.h"
#include "tests/flow/views_test.h"
#include "tests/support/edge_sums.h"

namespace tcpgauge {
namespace {

class PendingAttempts : public ViewsTest {};

// Opened connections: those that the edges count, and the attempts that wait for their answer or end.
using OpenedAndPending = std::pair<uint64_t, uint64_t>;
OpenedAndPending EdgesOf(const ConnectionTable& table) {
  return {SumOfEdges(*table.edges()).connections_opened, table.pending_attempts()};
}

TEST_F(PendingAttempts, AnAttemptIsPendingUntilItIsAnswered) {
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Syn(1000); });
  EXPECT_EQ(table().totals().opened_handshake, 1u);
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(0, 1));
  FromServerOn({before_, dnat_}, [](Segment s) { return s.Syn(5000).Ack(1001).Time(0.020); });
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(1, 0));
}

TEST_F(PendingAttempts, AnAttemptThatIsRefusedIsPendingNoMore) {
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Syn(1000); });
  FromServerOn({before_, dnat_}, [](Segment s) { return s.Seq(0).Ack(1001).Rst().Time(0.020); });
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(1, 0));
}

TEST_F(PendingAttempts, AnAttemptThatTimesOutIsPendingNoMore) {
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Syn(1000); });
  Advance(200);
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(1, 0));
  EXPECT_EQ(table().edges()->other().connections, 0);
}

TEST_F(PendingAttempts, AnAttemptThatIsEvictedIsPendingNoMore) {
  options_.max_connections = 1;
  FromClientOn({before_}, [](Segment s) { return s.Syn(1000); });
  FromClientOn({snat_}, [](Segment s) { return s.Syn(2000); });
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(1, 1));
}

TEST_F(PendingAttempts, NoAttemptIsPendingAfterTheLastPacket) {
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Syn(1000); });
  FromClientOn({before_}, [](Segment s) { return s.Syn(1000).Time(1); });  // a record takes the embryo's place
  FromClientOn({snat_}, [](Segment s) { return s.Syn(2000).Time(1); });
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(0, 2));
  table().SettleAttempts();
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(2, 0));
}

TEST_F(PendingAttempts, ACopyThatBecomesAConnectionOfItsOwnIsCountedOnce) {
  FromClientOn({before_, both_}, [](Segment s) { return s.Syn(1000); });
  FromServerOn({both_}, [](Segment s) { return s.Syn(5000).Ack(1001).Time(0.020); });
  FromServerOn({before_}, [](Segment s) { return s.Syn(9000).Ack(1001).Time(0.030); });  // a proxy's own number
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(table().totals().opened_handshake, 0));
}

// The two directions of one interface with one connection: a second stretch is noticed only once a segment that is no
// SYN begins something. A SYN may be on the first stretch if its direction is not known.
TEST_F(PendingAttempts, ASynThatMayBeOnTheFirstStretchIsNotPending) {
  Feed(Up(before_).Syn(1000).Direction(PacketDirection::kIn));
  Feed(Down(before_).Syn(5000).Ack(1001).Time(0.01).Direction(PacketDirection::kOut));
  Feed(Up(snat_).On(0).Syn(2000).Time(0.2).Direction(PacketDirection::kIn));
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(2, 0));
  Feed(Up(both_).On(0).Syn(3000).Time(0.3));
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(3, 0));
}

TEST_F(PendingAttempts, NoAttemptIsPendingIfEachViewIsAConnection) {
  options_.count_views = true;
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Syn(1000); });
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(2, 0));
}

}  // namespace
}  // namespace tcpgauge
