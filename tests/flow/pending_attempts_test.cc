// SPDX-License-Identifier: Apache-2.0
// An attempt that no edge counts yet is pending.
#include <cstdint>
#include <utility>
#include <vector>

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

// The servers of the edges that are exported.
std::vector<Endpoint> ServersOf(const ConnectionTable& table) {
  std::vector<Endpoint> servers;
  table.edges()->VisitExported([&servers](const EdgeKey& key, const EdgeCounters&, const EdgeServices&, int64_t) {
    servers.push_back(key.server);
  });
  return servers;
}

TEST_F(PendingAttempts, AnAttemptThatOneStretchShowsIsPendingUntilItsSynIsRepeatedTwice) {
  FromClientOn({before_}, [](Segment s) { return s.Syn(1000); });
  FromClientOn({snat_}, [](Segment s) { return s.Syn(2000).Time(0.5); });  // a second stretch
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(0, 2));
  FromClientOn({before_}, [](Segment s) { return s.Syn(1000).Time(1); });
  FromClientOn({before_}, [](Segment s) { return s.Syn(1000).Time(3); });
  Advance(3.099);
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(0, 2)) << "a copy may still come";
  Advance(3.101);
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(1, 1));
  EXPECT_EQ(ServersOf(table()), std::vector<Endpoint>{service_});
  EXPECT_EQ(SumOfEdges(*table().edges()).syn_retransmissions, 2u);
}

TEST_F(PendingAttempts, AnAttemptWhoseFirstSynsWereLostBetweenTheStretchesHasTheAddressOfItsLaterCopy) {
  FromClientOn({before_}, [](Segment s) { return s.Syn(1000); });
  FromClientOn({snat_}, [](Segment s) { return s.Syn(2000).Time(0.5); });  // a second stretch
  FromClientOn({before_}, [](Segment s) { return s.Syn(1000).Time(1); });
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Syn(1000).Time(3); });
  Advance(4);
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(0, 2));
  FromServerOn({before_, dnat_}, [](Segment s) { return s.Syn(5000).Ack(1001).Time(4.020); });
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(1, 1));
  EXPECT_EQ(table().totals().opened_handshake, 2u);
  EXPECT_EQ(ServersOf(table()), std::vector<Endpoint>{pod_});
  EXPECT_EQ(SumOfEdges(*table().edges()).syn_retransmissions, 2u);
}

TEST_F(PendingAttempts, AnAttemptThatEndsWhileItWaitsIsToldOnce) {
  FromClientOn({before_}, [](Segment s) { return s.Syn(1000); });
  FromClientOn({snat_}, [](Segment s) { return s.Syn(2000).Time(0.5); });
  for (const double seconds : {1.0, 3.0}) {
    FromClientOn({before_}, [&](Segment s) { return s.Syn(1000).Time(seconds); });
  }
  FromServerOn({before_}, [](Segment s) { return s.Seq(0).Ack(1001).Rst().Time(3.050); });
  Advance(3.2);
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(1, 1));
}

TEST_F(PendingAttempts, ManyAttemptsThatAreRepeatedAtOnceAreAllTold) {
  constexpr int kAttempts = 1000;  // more than wait at a time
  for (const double seconds : {0.0, 1.0, 3.0}) {
    for (int i = 0; i < kAttempts; ++i) {
      const Endpoint client = {client_.address, static_cast<uint16_t>(10000 + i)};
      FromClientOn({Way{client, service_, 1}}, [&](Segment s) { return s.Syn(1000 + i * 7).Time(seconds); });
    }
    FromClientOn({snat_}, [&](Segment s) { return s.Syn(2).Time(seconds + 0.001); });
  }
  Advance(3.2);
  const auto [opened, pending] = EdgesOf(table());
  EXPECT_EQ(opened + pending, table().totals().opened_handshake);
  EXPECT_EQ(pending, 0u);
}

TEST_F(PendingAttempts, ATranslatedAttemptIsPendingUntilItsCopyIsRepeated) {
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Syn(1000); });
  FromClientOn({before_}, [](Segment s) { return s.Syn(1000).Time(1); });
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(0, 1));
  EXPECT_EQ(table().totals().syn_retransmissions, 1u);
  EXPECT_EQ(SumOfEdges(*table().edges()).syn_retransmissions, 0u);
  FromClientOn({dnat_}, [](Segment s) { return s.Syn(1000).Time(1.001); });
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(1, 0));
  EXPECT_EQ(SumOfEdges(*table().edges()).syn_retransmissions, 1u);
  EXPECT_EQ(ServersOf(table()), std::vector<Endpoint>{pod_});
  EXPECT_EQ(Duplicates(1, DuplicateKind::kTranslated), 2u);
  EXPECT_EQ(Only().server, pod_);
  EXPECT_EQ(Only().service, service_);
}

TEST_F(PendingAttempts, AnAttemptThatIsNoEmbryoIsPendingUntilItsCopyIsRepeated) {
  // The flags of ECN make it a record from the start.
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Syn(1000).Flags(kTcpSyn | kTcpEce | kTcpCwr); });
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Syn(1000).Time(1); });
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(1, 0));
  EXPECT_EQ(ServersOf(table()), std::vector<Endpoint>{pod_});
}

TEST_F(PendingAttempts, AnAttemptIsPendingUntilAllItsCopiesAreRepeated) {
  const Way last{node_, pod_, 2};
  FromClientOn({before_, snat_, last}, [](Segment s) { return s.Syn(1000); });
  FromClientOn({before_, snat_}, [](Segment s) { return s.Syn(1000).Time(1); });
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(0, 1));
  FromClientOn({last}, [](Segment s) { return s.Syn(1000).Time(1); });
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(1, 0));
  EXPECT_EQ(ServersOf(table()), std::vector<Endpoint>{pod_});
}

TEST_F(PendingAttempts, AnAttemptInAnOverlayHasTheServerAfterTranslation) {
  const Way overlay{client_, pod_, 2, 0, 42};
  for (const double at : {0, 1}) {
    FromClientOn({before_, dnat_, overlay}, [=](Segment s) { return s.Syn(1000).Time(at); });
  }
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(1, 0));
  EXPECT_EQ(ServersOf(table()), std::vector<Endpoint>{pod_});
  EXPECT_EQ(table().totals().syn_retransmissions, 1u);
}

TEST_F(PendingAttempts, ARepetitionOfTheCopyThatComesLateDecidesNothing) {
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Syn(1000); });
  FromClientOn({before_}, [](Segment s) { return s.Syn(1000).Time(1); });
  FromClientOn({dnat_}, [](Segment s) { return s.Syn(1000).Time(1.2); });
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(0, 1));
  Advance(200);
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(1, 0));
  EXPECT_EQ(SumOfEdges(*table().edges()).syn_retransmissions, 1u);
}

TEST_F(PendingAttempts, ARepetitionOfTheCopyAloneDecidesNothing) {
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Syn(1000); });
  FromClientOn({dnat_}, [](Segment s) { return s.Syn(1000).Time(0.05); });
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(0, 1));
  EXPECT_EQ(table().totals().syn_retransmissions, 0u);
}

TEST_F(PendingAttempts, AnswersBelongToTheAttemptThatARepetitionConfirmed) {
  for (const double at : {0, 1}) FromClientOn({before_, dnat_}, [=](Segment s) { return s.Syn(1000).Time(at); });
  FromServerOn({before_, dnat_}, [](Segment s) { return s.Syn(5000).Ack(1001).Time(1.02); });
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Seq(1001).Ack(5001).Time(1.03); });
  EXPECT_EQ(State(), ConnectionState::kEstablished);
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(1, 0));
  EXPECT_EQ(Only().server, pod_);
}

TEST_F(PendingAttempts, AnAttemptThatIsNotPendingMayHaveACopy) {
  Feed(Up(before_).Syn(1));
  Way way = before_, copy = dnat_;
  way.client.port = copy.client.port = 40001;
  FromClientOn({way, copy}, [](Segment s) { return s.Syn(1000).Time(0.2); });
  FromServerOn({way, copy}, [](Segment s) { return s.Syn(5000).Ack(1001).Time(0.22); });
  FromClientOn({way, copy}, [](Segment s) { return s.Seq(1001).Ack(5001).Payload(10).Time(0.23); });
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(1, 1));
  EXPECT_EQ(table().totals().opened_handshake, 2u);
}

// More repetitions than a record can keep for the edge.
TEST_F(PendingAttempts, AFloodOfRepetitionsIsToldInTheEnd) {
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Syn(1000); });
  for (int i = 1; i <= 16383; ++i) FromClientOn({before_}, [=](Segment s) { return s.Syn(1000).Time(0.0001 * i); });
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(1, 0));
  FromClientOn({before_}, [](Segment s) { return s.Syn(1000).Time(7); });
  EXPECT_EQ(SumOfEdges(*table().edges()).syn_retransmissions, 16384u);
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
