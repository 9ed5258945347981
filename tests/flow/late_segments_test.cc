// SPDX-License-Identifier: Apache-2.0
// After the end of a connection, its late segments begin no other connection. A SYN does.
#include <vector>

#include "tests/flow/table_test.h"

namespace tcpgauge {
namespace {

class LateSegments : public TableTest {
 protected:
  uint64_t Late() { return table().totals().late_segments; }
  uint64_t Opened() { return table().totals().opened_handshake + table().totals().opened_midstream; }
};

TEST_F(LateSegments, FinsResetsAndAcknowledgmentsBeginNothing) {
  Handshake();
  Close(0.1);
  Advance(10);
  ASSERT_EQ(table().size(), 0);
  Feed(FromServer().Seq(5001).Ack(1002).Fin().Time(64));
  Feed(FromClient().Seq(1002).Rst().Time(64.1));
  Feed(FromServer().Seq(5001).Ack(1002).Fin().Time(184));
  Feed(FromClient().Seq(1002).Ack(5002).Time(184.1));
  Feed(FromServer().Seq(5001).Ack(1002).Fin().Time(304));
  EXPECT_EQ(table().size(), 0);
  EXPECT_EQ(Late(), 5) << "each late segment prolongs the memory";
  EXPECT_EQ(Opened(), 1);
}

TEST_F(LateSegments, TheyAreRememberedForTwoMaximumSegmentLifetimes) {
  Handshake();
  Close(0);
  Advance(10);
  Feed(FromServer().Seq(5001).Ack(1002).Fin().Time(252));
  EXPECT_EQ(Late(), 0);
  EXPECT_EQ(table().size(), 1);
}

TEST_F(LateSegments, AResetConnectionAndARefusedAttemptAreRememberedToo) {
  Handshake();
  Feed(FromClient().Seq(1001).Rst().Time(0.1));
  Advance(10);
  Feed(FromServer().Seq(5001).Ack(1001).Time(30));
  Feed(FromClient().Syn(7000).Time(40));
  Feed(FromServer().Seq(0).Ack(7001).Rst().Time(40));
  Advance(60);
  Feed(FromServer().Seq(0).Ack(7001).Rst().Time(70));
  EXPECT_EQ(Late(), 2);
  EXPECT_EQ(table().size(), 0);
}

TEST_F(LateSegments, ARepeatedSynAckBeginsNothingButAnotherOneDoes) {
  Feed(FromClient().Syn(1000));
  Feed(FromServer().Syn(5000).Ack(1001));
  Feed(FromClient().Seq(1001).Rst());
  Advance(10);
  Feed(FromServer().Syn(5000).Ack(1001).Time(15));
  EXPECT_EQ(table().size(), 0);
  Feed(FromServer().Syn(6000).Ack(2001).Time(16));
  EXPECT_EQ(State(), ConnectionState::kSynReceived) << "the answer to a SYN that was not captured";
}

TEST_F(LateSegments, LateDataIsCreditedAndIsNoConnectionThatCounts) {
  Handshake();
  Feed(FromClient().Seq(1001).Rst().Time(0.1));
  Advance(10);
  for (const double seconds : {20.0, 30.0, 50.0}) {
    Feed(FromServer().Seq(5001).Ack(1001).Payload(100).Time(seconds));
    Feed(FromClient().Seq(1001).Rst().Time(seconds));
  }
  EXPECT_FALSE(Only().confirmed);
  Advance(1000);
  EXPECT_EQ(Opened(), 1);
  EXPECT_EQ(table().totals().server_payload_bytes, 300);
}

TEST_F(LateSegments, AConnectionThatGoesOnIsFoundByItsData) {
  Handshake();
  Feed(FromServer().Seq(5001).Rst().Time(0.1));
  Advance(10);
  Feed(FromClient().Seq(1001).Ack(5001).Payload(10).Time(20));
  EXPECT_FALSE(Only().confirmed);
  Feed(FromServer().Seq(5001).Ack(1011).Payload(10).Time(21));
  EXPECT_TRUE(Only().confirmed);
  Feed(FromServer().Seq(5011).Rst().Time(22));
  Advance(30);
  Feed(FromServer().Seq(5011).Ack(1011).Payload(10).Time(31));
  Feed(FromServer().Seq(5021).Ack(1011).Payload(10).Time(31));
  EXPECT_FALSE(Only().confirmed);
  Feed(FromServer().Seq(5031).Ack(1011).Payload(10).Time(31));
  EXPECT_TRUE(Only().confirmed) << "three segments of new payload";
}

TEST_F(LateSegments, ManyRetransmissionsDoNotHideNewData) {
  Handshake();
  Feed(FromServer().Seq(5001).Rst().Time(0.1));
  Advance(10);
  for (int i = 0; i < 40; ++i) Feed(FromServer().Seq(5001).Ack(1001).Payload(10).Time(20 + i));
  EXPECT_FALSE(Only().confirmed);
  Feed(FromServer().Seq(5011).Ack(1001).Payload(10).Time(60));
  Feed(FromServer().Seq(5021).Ack(1001).Payload(10).Time(60));
  EXPECT_TRUE(Only().confirmed);
}

TEST_F(LateSegments, AnIdleOrEvictedConnectionMayGoOn) {
  options_.idle_timeout_ns = Seconds(10);
  Handshake();
  Advance(20);
  Feed(FromClient().Seq(1001).Ack(5001).Time(21));
  Feed(FromServer().Seq(5001).Ack(1001).Time(21));
  EXPECT_TRUE(Only().confirmed);
  EXPECT_EQ(Late(), 0);
}

TEST_F(LateSegments, ASynBeginsAConnectionEvenWithTheSameNumber) {
  Handshake();
  Close(0.1);
  Advance(10);
  Handshake(20);
  EXPECT_EQ(State(), ConnectionState::kEstablished);
  Close(20.1);
  Handshake(20.5);
  EXPECT_EQ(State(), ConnectionState::kEstablished) << "while the closed one is still shown";
  EXPECT_EQ(Opened(), 3);
  EXPECT_EQ(Only().client_sent.retransmitted_segments, 0);
}

TEST_F(LateSegments, AnEncapsulationIsKnownByItsContents) {
  Feed(FromClient().Syn(1000).Vlan(7));
  Feed(FromServer().Syn(5000).Ack(1001).Vlan(7));
  Feed(FromClient().Seq(1001).Rst().Vlan(7));
  Advance(10);
  Feed(FromServer().Seq(5001).Ack(1001).Vlan(8).Time(20));
  EXPECT_EQ(Late(), 0) << "another network, which got the id of the first";
  Feed(FromServer().Seq(5001).Ack(1001).Fin().Vlan(7).Time(21));
  EXPECT_EQ(Late(), 1);
}

TEST_F(LateSegments, OtherConnectionsAreNotConcerned) {
  Handshake();
  Close(0.1);
  Advance(10);
  Feed(FromServer().Seq(5001).Ack(1002).Vlan(7).Time(20));
  Feed(Segment(server_, At("10.0.0.77:40000")).Seq(1).Ack(1).Time(20));
  EXPECT_EQ(table().size(), 2);
  EXPECT_EQ(Late(), 0);
}

}  // namespace
}  // namespace tcpgauge
