// SPDX-License-Identifier: Apache-2.0
// A SYN on the 4-tuple of a connection that is still tracked: a new connection, a repeated SYN, or a forged one.
#include "src/flow/connection_table.h"
#include "tests/flow/table_test.h"

namespace tcpgauge {
namespace {

using ConnectionReuse = TableTest;

// The sequence numbers of the next connection's SYN and of the answer to it.
constexpr uint32_t kNextClient = 900000;
constexpr uint32_t kNextServer = 700000;

TEST_F(ConnectionReuse, AnotherSynOnAnUnansweredOneIsAnotherConnection) {
  Feed(FromClient().Syn(1000).Time(0));
  Feed(FromClient().Syn(kNextClient).Time(1));
  ASSERT_EQ(ended_.size(), 1);
  EXPECT_EQ(LastEnded().reason, EndReason::kHandshakeTimeout);
  EXPECT_EQ(Only().start_time_ns, TestTime(1));
  EXPECT_EQ(State(), ConnectionState::kSynSent);
  EXPECT_EQ(table().totals().opened_handshake, 2);
}

TEST_F(ConnectionReuse, TheSameSynAgainIsTheSameConnection) {
  Feed(FromClient().Syn(1000).Time(0));
  Feed(FromClient().Syn(1000).Time(1));
  EXPECT_EQ(ended_.size(), 0);
  EXPECT_EQ(Only().client_sent.packets, 2);
}

// Two interfaces see each packet. The first is read to the end of the connection before the second is read.
TEST_F(ConnectionReuse, CopiesOnAnInterfaceThatIsReadLaterBeginNothing) {
  const std::vector<std::vector<Segment>> endings = {
      {FromClient().Seq(1001).Ack(5001).Fin(), FromServer().Seq(5001).Ack(1002).Fin(),
       FromClient().Seq(1002).Ack(5002)},
      {FromServer().Seq(5001).Ack(1001).Rst()},
      {FromClient().Seq(1001).Ack(5001).Payload(10), FromClient().Seq(1011).Ack(5001).Rst()},
  };
  double start = 0;
  for (const std::vector<Segment>& ending : endings) {
    std::vector<Segment> segments = {FromClient().Syn(1000), FromServer().Syn(5000).Ack(1001),
                                     FromClient().Seq(1001).Ack(5001)};
    segments.insert(segments.end(), ending.begin(), ending.end());
    const size_t ended = ended_.size();
    for (Segment segment : segments) Feed(segment.Time(start));
    for (Segment segment : segments) Feed(segment.Time(start + 0.001).On(1));
    EXPECT_EQ(ended_.size(), ended);
    EXPECT_EQ(Only().client_sent.packets + Only().server_sent.packets, segments.size());
    start += 1000;
    Advance(start);
    EXPECT_EQ(ended_.size(), ended + 1);
  }
}

TEST_F(ConnectionReuse, ARefusedAttemptThatIsReadLaterOnAnotherInterfaceBeginsNothing) {
  Feed(FromClient().Syn(1000).Time(0));
  Feed(FromServer().Ack(1001).Rst().Time(0));
  Feed(FromClient().Syn(1000).Time(0.001).On(1));
  Feed(FromServer().Ack(1001).Rst().Time(0.001).On(1));
  EXPECT_EQ(ended_.size(), 0);
  EXPECT_EQ(table().totals().opened_handshake, 1);
}

TEST_F(ConnectionReuse, AfterASecondTheSameSynOnAnotherInterfaceBeginsAnother) {
  Handshake(0);
  Feed(FromServer().Seq(5001).Ack(1001).Rst().Time(0.1));
  Feed(FromClient().Syn(1000).Time(1.5).On(1));
  ASSERT_EQ(ended_.size(), 1);
  EXPECT_EQ(LastEnded().reason, EndReason::kReset);
}

TEST_F(ConnectionReuse, AfterCloseResetAndHalfCloseASynBeginsAnother) {
  const struct {
    std::vector<Segment> segments;
    EndReason reason;
    uint64_t client_packets;  // of the new connection; a candidate's SYN stays with the old one
  } kCases[] = {
      {{FromClient().Seq(1001).Ack(5001).Fin(), FromServer().Seq(5001).Ack(1002).Fin(),
        FromClient().Seq(1002).Ack(5002)},
       EndReason::kFin,
       2},
      {{FromServer().Seq(5001).Ack(1001).Rst()}, EndReason::kReset, 2},
      {{FromServer().Seq(5001).Ack(1001).Fin()}, EndReason::kFin, 1},
  };
  double start = 0;
  for (const auto& c : kCases) {
    Handshake(start);
    for (Segment segment : c.segments) Feed(segment.Time(start + 0.1));
    const size_t ended = ended_.size();
    Handshake(start + 0.2, kNextClient, kNextServer);
    ASSERT_EQ(ended_.size(), ended + 1);
    EXPECT_EQ(LastEnded().reason, c.reason);
    EXPECT_EQ(State(), ConnectionState::kEstablished);
    EXPECT_EQ(Only().client_sent.packets, c.client_packets);
    EXPECT_EQ(Only().handshake_rtt_ns, Seconds(0.030));
    Feed(FromClient().Seq(kNextClient + 1).Rst().Time(start + 1));
    start += 100;
    Advance(start);
  }
}

TEST_F(ConnectionReuse, AForgedSynDoesNotEndAClosingConnection) {
  Handshake();
  Feed(FromServer().Seq(5001).Ack(1001).Fin().Time(0.1));
  Feed(FromClient().Syn(77777).Time(0.2));
  Feed(FromServer().Syn(88888).Time(0.3));
  Feed(FromClient().Seq(1001).Ack(5002).Payload(10).Time(0.4));
  EXPECT_EQ(ended_.size(), 0);
  EXPECT_EQ(State(), ConnectionState::kClosing);
  EXPECT_EQ(Only().client_sent.payload_bytes, 10);
}

TEST_F(ConnectionReuse, OfOneDirectionAloneASynOrSynAckAfterTheFinBeginsAnother) {
  Feed(FromClient().Syn(1000));
  Feed(FromClient().Seq(1001).Ack(5001).Fin().Time(1));
  Feed(FromClient().Syn(2000).Time(10));
  ASSERT_EQ(ended_.size(), 1);
  EXPECT_EQ(LastEnded().reason, EndReason::kFin);
  Advance(200);
  const size_t ended = ended_.size();
  Feed(FromServer().Syn(5000).Ack(1001).Time(200));
  Feed(FromServer().Seq(5001).Ack(1001).Fin().Time(201));
  Feed(FromServer().Syn(6000).Ack(2001).Time(210));
  EXPECT_EQ(ended_.size(), ended + 1);
}

TEST_F(ConnectionReuse, TheOtherEndMayBeTheNextClient) {
  Handshake();
  Close(1);
  Feed(FromServer().Syn(kNextServer).Time(1.5));
  EXPECT_EQ(Only().client, server_);
}

TEST_F(ConnectionReuse, AnAnswerWhoseSynWasMissedBeginsAnotherAfterClose) {
  Handshake();
  Close(1);
  Feed(FromServer().Syn(kNextServer).Ack(kNextClient + 1).Time(1.5));
  ASSERT_EQ(ended_.size(), 1);
  EXPECT_EQ(State(), ConnectionState::kSynReceived);
  EXPECT_EQ(Only().client, client_);
}

TEST_F(ConnectionReuse, ARepeatedSynAckAfterResetIsTheOldConnections) {
  Handshake();
  Feed(FromClient().Seq(1001).Rst().Time(0.1));
  Feed(FromServer().Syn(5000).Ack(1001).Time(0.2));
  EXPECT_EQ(ended_.size(), 0);
  EXPECT_EQ(State(), ConnectionState::kReset);
}

TEST_F(ConnectionReuse, AForgedSynDoesNotEndAnEstablishedConnection) {
  Handshake();
  Feed(FromClient().Syn(kNextClient).Time(1));
  EXPECT_EQ(State(), ConnectionState::kEstablished);
  Feed(FromServer().Seq(5001).Ack(1001).Time(1.01));  // a challenge ACK
  Feed(FromClient().Seq(1001).Ack(5001).Payload(100).Time(2));
  Feed(FromServer().Seq(5001).Ack(1101).Time(2.01));
  EXPECT_EQ(ended_.size(), 0);
  EXPECT_EQ(Only().client_sent.retransmitted_segments, 0) << "its numbers are not the connection's";
  EXPECT_EQ(Only().client_sent.out_of_order_segments, 0);
  EXPECT_EQ(Only().client_sent.packets, 4) << "but it counts";
}

TEST_F(ConnectionReuse, AForgedSynIsNoRttSample) {
  Handshake();
  const int64_t before = Only().rtt_ns;
  Feed(FromClient().Syn(500).Time(1));  // below what the server acknowledges
  Feed(FromServer().Seq(5001).Ack(1001).Time(11));
  EXPECT_EQ(Only().rtt_ns, before);
}

TEST_F(ConnectionReuse, AForgedSynDoesNotKeepRttFromBeingSampled) {
  Handshake();
  const int64_t before = Only().rtt_ns;
  Feed(FromClient().Syn(kNextClient).Time(1));
  Feed(FromClient().Seq(1001).Ack(5001).Payload(100).Time(2));
  Feed(FromServer().Seq(5001).Ack(1101).Time(3));
  EXPECT_GT(Only().rtt_ns, before);
}

TEST_F(ConnectionReuse, AnAnsweredSynEndsAnEstablishedConnection) {
  Handshake();
  Feed(FromClient().Seq(1001).Ack(5001).Payload(100).Time(0.5));
  Feed(FromClient().Syn(kNextClient).Time(1));
  Feed(FromServer().Syn(kNextServer).Ack(kNextClient + 1).Time(1.25));
  ASSERT_EQ(ended_.size(), 1);
  EXPECT_EQ(LastEnded().reason, EndReason::kIdleTimeout);
  EXPECT_EQ(LastEnded().summary.client_sent.payload_bytes, 100);
  EXPECT_EQ(State(), ConnectionState::kSynReceived);
  EXPECT_EQ(Only().start_time_ns, TestTime(1));
  EXPECT_EQ(Only().server_rtt_ns, Seconds(0.25));
  Feed(FromClient().Seq(kNextClient + 1).Ack(kNextServer + 1).Payload(7).Time(1.5));
  EXPECT_EQ(State(), ConnectionState::kEstablished);
  EXPECT_EQ(Only().handshake_rtt_ns, Seconds(0.5));
  EXPECT_EQ(Only().client_sent.payload_bytes, 7);
  EXPECT_EQ(Only().client_sent.retransmitted_segments, 0);
}

TEST_F(ConnectionReuse, AnAnswerThatWasOvertakenBeginsAConnectionThatIsNotOldAlready) {
  Handshake();
  Feed(FromClient().Syn(kNextClient).Time(1));
  Feed(FromServer().Syn(kNextServer).Ack(kNextClient + 1).Time(0.9));
  ASSERT_EQ(ended_.size(), 1);
  EXPECT_EQ(Only().start_time_ns, TestTime(0.9));
  EXPECT_EQ(Only().server_rtt_ns, 0);
}

TEST_F(ConnectionReuse, AnOldAcknowledgmentOnTheWayDoesNotHideTheSyn) {
  Handshake();
  Feed(FromClient().Syn(500).Time(1));
  Feed(FromServer().Seq(5001).Ack(1001).Time(1.1));
  Feed(FromServer().Syn(kNextServer).Ack(501).Time(1.2));
  EXPECT_EQ(ended_.size(), 1);
  EXPECT_EQ(Only().start_time_ns, TestTime(1));
}

TEST_F(ConnectionReuse, AnAnswerToAnotherNumberEndsNothing) {
  Handshake();
  Feed(FromClient().Syn(kNextClient).Time(1));
  Feed(FromServer().Syn(kNextServer).Ack(kNextClient + 2).Time(1.1));
  EXPECT_EQ(ended_.size(), 0);
}

TEST_F(ConnectionReuse, ASynThatItsSenderForgotIsNoCandidateAnyMore) {
  Handshake();
  Feed(FromClient().Syn(kNextClient).Time(1));
  Feed(FromClient().Seq(1001).Ack(5001).Payload(100).Time(2));  // continues the old connection
  Feed(FromServer().Syn(kNextServer).Ack(kNextClient + 1).Time(3));
  EXPECT_EQ(ended_.size(), 0);
  Feed(FromClient().Syn(kNextClient).Time(4));
  Feed(FromClient().Seq(1001).Ack(5001).Payload(100).Time(5));  // a retransmission of the same segment
  Feed(FromServer().Syn(kNextServer).Ack(1101).Time(6));
  EXPECT_EQ(ended_.size(), 0);
}

TEST_F(ConnectionReuse, ASynOnAnUnconfirmedConnectionBeginsAnother) {
  Feed(FromClient().Seq(1).Ack(1).Payload(10));
  Handshake(1);
  ASSERT_EQ(ended_.size(), 1);
  EXPECT_FALSE(LastEnded().summary.confirmed);
  EXPECT_EQ(Only().role, Role::kObserved);
}

TEST_F(ConnectionReuse, AnotherSynWhileTheHandshakeIsUnderWayIsACandidate) {
  Feed(FromClient().Syn(1000).Time(0));
  Feed(FromServer().Syn(5000).Ack(1001).Time(0.1));
  Feed(FromClient().Syn(kNextClient).Time(1));
  EXPECT_EQ(ended_.size(), 0);
  EXPECT_EQ(State(), ConnectionState::kSynReceived);
  Feed(FromServer().Syn(kNextServer).Ack(kNextClient + 1).Time(1.1));
  ASSERT_EQ(ended_.size(), 1);
  EXPECT_EQ(LastEnded().reason, EndReason::kHandshakeTimeout);
  EXPECT_EQ(Only().start_time_ns, TestTime(1));
}

}  // namespace
}  // namespace tcpgauge
