// SPDX-License-Identifier: Apache-2.0
// Each SYN that a client sends again is counted once, for the totals and for the edge.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "tests/flow/views_test.h"
#include "tests/support/edge_sums.h"

namespace tcpgauge {
namespace {

class SynRetransmissions : public ViewsTest {
 protected:
  void FeedSyns(const std::vector<double>& seconds) {
    for (const double at : seconds) Feed(FromClient().Syn(1000).Time(at));
  }
  uint64_t Total() { return table().totals().syn_retransmissions; }
  uint64_t OfEdges() { return SumOfEdges(*table().edges()).syn_retransmissions; }
};

TEST_F(SynRetransmissions, TheFirstSynIsNone) {
  FeedSyns({0});
  EXPECT_EQ(Total(), 0u);
}

TEST_F(SynRetransmissions, EachRepetitionCountsForTheTotalAndTheEdge) {
  FeedSyns({0, 1, 3, 7});
  Advance(8);
  EXPECT_EQ(Total(), 3u);
  EXPECT_EQ(OfEdges(), 3u);
}

TEST_F(SynRetransmissions, CountOverIpv6) {
  client_ = At("[2001:db8::1]:40000");
  server_ = At("[2001:db8::2]:443");
  FeedSyns({0, 1, 3});
  Advance(4);
  EXPECT_EQ(Total(), 2u);
  EXPECT_EQ(OfEdges(), 2u);
}

TEST_F(SynRetransmissions, CountWithPayloadAndAfterIt) {
  Feed(FromClient().Syn(1000).Payload(100));
  Feed(FromClient().Syn(1000).Payload(100).Time(1));
  Feed(FromClient().Syn(1000).Time(3));  // the client gives TCP Fast Open up
  EXPECT_EQ(Total(), 2u);
  EXPECT_EQ(OfEdges(), 2u);
  EXPECT_EQ(table().totals().segments, 2u);
  EXPECT_EQ(table().totals().client_retransmitted_segments, 1u);
}

TEST_F(SynRetransmissions, CountAlthoughTheAnswerWasCaptured) {
  Feed(FromClient().Syn(1000));
  Feed(FromServer().Syn(5000).Ack(1001).Time(0.02));
  Feed(FromClient().Syn(1000).Time(1));
  EXPECT_EQ(Total(), 1u);
  EXPECT_EQ(OfEdges(), 1u);
}

TEST_F(SynRetransmissions, CountInAnEstablishedConnection) {
  Handshake();
  Feed(FromClient().Syn(1000).Time(1));
  EXPECT_EQ(Total(), 1u);
  EXPECT_EQ(OfEdges(), 1u);
}

TEST_F(SynRetransmissions, ASynThatComesAfterItsAnswerIsNone) {
  Feed(FromServer().Syn(5000).Ack(1001));
  Feed(FromClient().Syn(1000).Time(0.01));
  EXPECT_EQ(Total(), 0u);
  Feed(FromClient().Syn(1000).Time(1));
  EXPECT_EQ(Total(), 1u);
}

TEST_F(SynRetransmissions, ARepeatedSynAckIsNone) {
  Feed(FromClient().Syn(1000));
  for (const double at : {0.02, 1.02, 3.02}) Feed(FromServer().Syn(5000).Ack(1001).Time(at));
  EXPECT_EQ(Total(), 0u);
}

TEST_F(SynRetransmissions, ASynWithAnotherNumberIsNone) {
  Feed(FromClient().Syn(1000));
  Feed(FromClient().Syn(2000).Time(1));
  EXPECT_EQ(Total(), 0u);
  EXPECT_EQ(table().totals().opened_handshake, 2u);
}

TEST_F(SynRetransmissions, CountAfterARefusal) {
  Feed(FromClient().Syn(1000));
  Feed(FromServer().Rst().Ack(1001).Time(0.01));
  Feed(FromClient().Syn(1000).Time(0.5));
  EXPECT_EQ(Total(), 1u);
  EXPECT_EQ(OfEdges(), 1u);
}

TEST_F(SynRetransmissions, CountForAConnectionThatMayTakeThePlaceOfAnOpenOne) {
  Handshake();
  Feed(FromClient().Syn(900000).Time(10));  // the server may answer with a challenge ACK
  EXPECT_EQ(Total(), 0u);
  Feed(FromClient().Syn(900000).Time(11));
  EXPECT_EQ(Total(), 1u);
  EXPECT_EQ(OfEdges(), 1u);
}

TEST_F(SynRetransmissions, ACopyOnAnotherInterfaceIsNone) {
  for (const double at : {0, 1, 3}) {
    for (const uint32_t interface : {0, 1, 2}) Feed(FromClient().Syn(1000).Time(at).On(interface));
  }
  EXPECT_EQ(Total(), 2u);
}

TEST_F(SynRetransmissions, ACopyInTheOtherDirectionIsNone) {
  for (const double at : {0, 1, 3}) {
    for (const auto direction : {PacketDirection::kIn, PacketDirection::kOut}) {
      Feed(FromClient().Syn(1000).Time(at).Direction(direction));
    }
  }
  EXPECT_EQ(Total(), 2u);
}

TEST_F(SynRetransmissions, ATranslatedCopyIsNone) {
  for (const double at : {0, 1, 3}) FromClientOn({before_, dnat_}, [=](Segment s) { return s.Syn(1000).Time(at); });
  EXPECT_EQ(Total(), 2u);
  EXPECT_EQ(OfEdges(), 2u);
}

TEST_F(SynRetransmissions, ACopyInATunnelIsNone) {
  const Way overlay{client_, service_, 1, 0, 42};
  for (const double at : {0, 1, 3}) FromClientOn({before_, overlay}, [=](Segment s) { return s.Syn(1000).Time(at); });
  EXPECT_EQ(Total(), 2u);
  EXPECT_EQ(OfEdges(), 2u);
}

TEST_F(SynRetransmissions, EachViewHasItsOwnIfViewsAreCounted) {
  options_.count_views = true;
  for (const double at : {0, 1}) FromClientOn({before_, dnat_}, [=](Segment s) { return s.Syn(1000).Time(at); });
  EXPECT_EQ(Total(), 2u);
  EXPECT_EQ(OfEdges(), 2u);
}

TEST_F(SynRetransmissions, AreCountedWithoutEdges) {
  options_.keep_rates = false;
  FeedSyns({0, 1, 3});
  EXPECT_EQ(Total(), 2u);
}

}  // namespace
}  // namespace tcpgauge
