// SPDX-License-Identifier: Apache-2.0
// The life of connections: how they begin, are confirmed, change state and end, and what their summaries say.
#include "src/flow/connection_table.h"

#include <array>

#include "src/flow/gap_pool.h"
#include "src/flow/overflow.h"
#include "tests/flow/table_test.h"

namespace tcpgauge {
namespace {

using ConnectionTableTest = TableTest;

TEST_F(ConnectionTableTest, FollowsAConnectionFromSynToRemoval) {
  Feed(FromClient().Syn(1000).Time(0));
  EXPECT_EQ(State(), ConnectionState::kSynSent);
  Feed(FromServer().Syn(5000).Ack(1001).Time(0.020));
  EXPECT_EQ(State(), ConnectionState::kSynReceived);
  Feed(FromClient().Seq(1001).Ack(5001).Time(0.030));
  EXPECT_EQ(State(), ConnectionState::kEstablished);
  Feed(FromClient().Seq(1001).Ack(5001).Payload(100).Time(0.1));
  Feed(FromServer().Seq(5001).Ack(1101).Payload(3000).Time(0.2));
  Feed(FromClient().Seq(1101).Ack(8001).Fin().Time(0.3));
  EXPECT_EQ(State(), ConnectionState::kClosing);
  Feed(FromServer().Seq(8001).Ack(1102).Fin().Time(0.4));
  EXPECT_EQ(State(), ConnectionState::kClosing);
  Feed(FromClient().Seq(1102).Ack(8002).Time(0.5));
  EXPECT_EQ(State(), ConnectionState::kClosed);

  const ConnectionSummary summary = Only();
  EXPECT_EQ(summary.client, client_);
  EXPECT_EQ(summary.server, server_);
  EXPECT_EQ(summary.client_sent.packets, 5);
  EXPECT_EQ(summary.server_sent.packets, 3);
  EXPECT_EQ(summary.client_sent.payload_bytes, 100);
  EXPECT_EQ(summary.server_sent.payload_bytes, 3000);
  EXPECT_EQ(summary.client_sent.ip_bytes, 5 * 40 + 100);
  EXPECT_EQ(summary.server_sent.ip_bytes, 3 * 40 + 3000);
  EXPECT_EQ(summary.role, Role::kObserved);
  EXPECT_TRUE(summary.confirmed);
  EXPECT_EQ(summary.start_time_ns, TestTime(0));
  EXPECT_EQ(summary.last_packet_time_ns, TestTime(0.5));

  Advance(2.4);
  EXPECT_EQ(table().size(), 1);
  Advance(2.6);
  EXPECT_EQ(table().size(), 0);
  ASSERT_EQ(ended_.size(), 1);
  EXPECT_EQ(LastEnded().reason, EndReason::kFin);
  EXPECT_EQ(LastEnded().summary.id, summary.id);
  EXPECT_EQ(Closed(EndReason::kFin), 1);
  EXPECT_EQ(table().totals().opened_handshake, 1);
  EXPECT_NEAR(table().totals().connection_duration_seconds.sum, 0.5, 1e-9);
  EXPECT_EQ(table().totals().connection_payload_bytes.sum, 3100);
}

TEST_F(ConnectionTableTest, CountsWhatItsBoundedPartsHaveNoRoomFor) {
  Handshake();
  EXPECT_EQ(table().overflows(), OverflowCounts());
  for (uint32_t i = 0; i <= GapPool::kMaxGaps; ++i) Feed(FromClient().Seq(5000 + i * 200).Ack(5001).Payload(100));
  EXPECT_EQ(table().overflows()[static_cast<size_t>(Overflow::kSequenceGaps)], 1);
}

TEST_F(ConnectionTableTest, TimesTheHandshake) {
  Handshake();
  const ConnectionSummary summary = Only();
  EXPECT_EQ(summary.server_rtt_ns, Seconds(0.020));
  EXPECT_EQ(summary.client_rtt_ns, Seconds(0.010));
  EXPECT_EQ(summary.handshake_rtt_ns, Seconds(0.030));
  EXPECT_NEAR(static_cast<double>(summary.rtt_ns), 30e6, 2000);
  EXPECT_NEAR(table().totals().handshake_rtt_seconds.sum, 0.030, 1e-9);
}

TEST_F(ConnectionTableTest, TimesTheHandshakeFromTheLastOfRepeatedSegments) {
  Feed(FromClient().Syn(1000).Time(0));
  Feed(FromClient().Syn(1000).Time(1));
  Feed(FromServer().Syn(5000).Ack(1001).Time(1.5));
  Feed(FromServer().Syn(5000).Ack(1001).Time(2.5));
  Feed(FromClient().Seq(1001).Ack(5001).Time(2.7));
  EXPECT_EQ(Only().start_time_ns, TestTime(0));
  EXPECT_EQ(Only().server_rtt_ns, Seconds(1.5));
  EXPECT_EQ(Only().client_rtt_ns, Seconds(0.2));
  EXPECT_EQ(Only().handshake_rtt_ns, Seconds(1.7));
}

TEST_F(ConnectionTableTest, KnowsNoHandshakeTimesOfHalfAHandshake) {
  Feed(FromServer().Syn(5000).Ack(1001).Time(0));
  EXPECT_EQ(State(), ConnectionState::kSynReceived);
  EXPECT_EQ(Only().client, client_);
  Feed(FromClient().Seq(1001).Ack(5001).Time(0.01));
  EXPECT_EQ(State(), ConnectionState::kEstablished);
  EXPECT_EQ(Only().handshake_rtt_ns, ConnectionSummary::kUnknown);
  EXPECT_EQ(Only().server_rtt_ns, ConnectionSummary::kUnknown);
  EXPECT_EQ(Only().client_rtt_ns, Seconds(0.01));
  EXPECT_EQ(table().totals().handshake_rtt_seconds.sum, 0);
}

TEST_F(ConnectionTableTest, FollowsASimultaneousOpen) {
  Feed(FromClient().Syn(1000).Time(0));
  Feed(FromServer().Syn(5000).Time(0.001));
  EXPECT_EQ(State(), ConnectionState::kSynReceived);
  Feed(FromClient().Syn(1000).Ack(5001).Time(0.002));
  Feed(FromServer().Syn(5000).Ack(1001).Time(0.003));
  Feed(FromClient().Seq(1001).Ack(5001).Payload(10).Time(0.004));
  EXPECT_EQ(State(), ConnectionState::kEstablished);
  EXPECT_EQ(Only().client, client_) << "who sent the first SYN";
  EXPECT_EQ(ended_.size(), 0);
}

TEST_F(ConnectionTableTest, CountsDataInTheSyn) {
  Feed(FromClient().Syn(1000).Payload(500));
  Feed(FromServer().Syn(5000).Ack(1501));
  Feed(FromClient().Seq(1501).Ack(5001).Payload(10));
  EXPECT_EQ(Only().client_sent.payload_bytes, 510);
  EXPECT_EQ(Only().client_sent.retransmitted_segments, 0);
  EXPECT_EQ(State(), ConnectionState::kEstablished);
}

TEST_F(ConnectionTableTest, ARefusedConnectionEndsAsRefused) {
  Feed(FromClient().Syn(1000));
  Feed(FromServer().Seq(0).Ack(1001).Rst());
  EXPECT_EQ(State(), ConnectionState::kReset);
  Advance(3);
  EXPECT_EQ(LastEnded().reason, EndReason::kRefused);
}

TEST_F(ConnectionTableTest, TheSameSynAfterARefusalTriesAgain) {
  Feed(FromClient().Syn(1000).Time(0));
  Feed(FromServer().Seq(0).Ack(1001).Rst().Time(0.1));
  Feed(FromClient().Syn(1000).Time(0.5));
  EXPECT_EQ(State(), ConnectionState::kSynSent);
  Feed(FromServer().Syn(5000).Ack(1001).Time(0.6));
  Feed(FromClient().Seq(1001).Ack(5001).Time(0.7));
  EXPECT_EQ(State(), ConnectionState::kEstablished);
  EXPECT_EQ(ended_.size(), 0);
}

TEST_F(ConnectionTableTest, ASynAfterAResetBeginsAConnectionEvenWithTheSameNumber) {
  Handshake();
  Feed(FromServer().Seq(5001).Rst().Time(0.1));
  Feed(FromClient().Syn(1000).Time(0.2));
  EXPECT_EQ(State(), ConnectionState::kSynSent);
  ASSERT_EQ(ended_.size(), 1);
  EXPECT_EQ(LastEnded().reason, EndReason::kReset);
}

TEST_F(ConnectionTableTest, ASynWithRstBeginsNothing) {
  Feed(FromClient().Syn(1000).Rst());
  EXPECT_EQ(State(), ConnectionState::kReset);
  EXPECT_FALSE(Only().confirmed);
}

TEST_F(ConnectionTableTest, EndsForEachReason) {
  const struct {
    const char* name;
    std::vector<Segment> segments;
    double timeout;
    EndReason reason;
  } kCases[] = {
      {"unanswered", {FromClient().Syn(1)}, 35, EndReason::kHandshakeTimeout},
      {"not completed", {FromClient().Syn(1), FromServer().Syn(7).Ack(2)}, 127, EndReason::kHandshakeTimeout},
      {"idle",
       {FromClient().Syn(1), FromServer().Syn(7).Ack(2), FromClient().Seq(2).Ack(8)},
       100,
       EndReason::kIdleTimeout},
      {"half closed",
       {FromClient().Syn(1), FromServer().Syn(7).Ack(2), FromClient().Seq(2).Ack(8).Fin()},
       100,
       EndReason::kFin},
      {"both FINs",
       {FromClient().Syn(1), FromServer().Syn(7).Ack(2), FromClient().Seq(2).Ack(8).Fin(),
        FromServer().Seq(8).Ack(2).Fin()},
       60,
       EndReason::kFin},
      {"reset", {FromClient().Syn(1), FromServer().Syn(7).Ack(2), FromClient().Seq(2).Rst()}, 2, EndReason::kReset},
      {"refused", {FromClient().Syn(1), FromServer().Ack(2).Rst()}, 2, EndReason::kRefused},
  };
  options_.idle_timeout_ns = Seconds(100);
  std::array<uint64_t, kEndReasonCount> closed{};
  double start = 0;
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    for (Segment segment : c.segments) Feed(segment.Time(start));
    Advance(start + c.timeout - 0.01);
    EXPECT_EQ(table().size(), 1);
    Advance(start + c.timeout * 65 / 64 + 0.01);
    EXPECT_EQ(table().size(), 0);
    EXPECT_EQ(LastEnded().reason, c.reason);
    EXPECT_EQ(Closed(c.reason), ++closed[static_cast<size_t>(c.reason)]);
    start += 1000;
  }
}

TEST_F(ConnectionTableTest, APacketAfterTheTimeoutBeginsAnotherEvenBeforeTheOldOneWasLookedAt) {
  options_.idle_timeout_ns = Seconds(100);
  Handshake();
  Feed(FromClient().Seq(1001).Ack(5001).Payload(10).Time(100.5));
  ASSERT_EQ(ended_.size(), 1);
  EXPECT_EQ(LastEnded().reason, EndReason::kIdleTimeout);
  EXPECT_EQ(Only().start_time_ns, TestTime(100.5));
  EXPECT_EQ(Only().role, Role::kInferred);
}

TEST_F(ConnectionTableTest, EndAllEndsWithoutReason) {
  Handshake();
  Feed(Segment(At("10.0.0.9:1"), At("10.0.0.8:2")).Ack(1).Payload(5));
  table().EndAll();
  EXPECT_EQ(table().size(), 0);
  ASSERT_EQ(ended_.size(), 2);
  EXPECT_EQ(ended_[0].reason, std::nullopt);
  EXPECT_EQ(ended_[1].reason, std::nullopt);
  EXPECT_EQ(Closed(EndReason::kIdleTimeout), 0);
}

TEST_F(ConnectionTableTest, AMidstreamConnectionIsConfirmedByBothDirections) {
  Feed(FromClient().Seq(1).Ack(1).Payload(10));
  EXPECT_FALSE(Only().confirmed);
  EXPECT_EQ(table().totals().client_payload_bytes, 0);
  EXPECT_EQ(Connections(ConnectionState::kEstablished), 0);
  Feed(FromServer().Seq(1).Ack(11).Payload(20));
  EXPECT_TRUE(Only().confirmed);
  EXPECT_EQ(Only().role, Role::kInferred);
  EXPECT_EQ(table().totals().opened_midstream, 1);
  EXPECT_EQ(table().totals().opened_handshake, 0);
  EXPECT_EQ(table().totals().client_payload_bytes, 10);
  EXPECT_EQ(table().totals().server_payload_bytes, 20);
}

TEST_F(ConnectionTableTest, AMidstreamConnectionIsConfirmedByThreeSegmentsWithPayload) {
  for (uint32_t i = 0; i < 5; ++i) Feed(FromServer().Seq(1).Ack(1));
  Feed(FromServer().Seq(1).Ack(1).Payload(10));
  Feed(FromServer().Seq(11).Ack(1).Payload(10));
  EXPECT_FALSE(Only().confirmed);
  Feed(FromServer().Seq(21).Ack(1).Payload(10));
  EXPECT_TRUE(Only().confirmed);
  EXPECT_EQ(table().totals().server_payload_bytes, 30);
}

TEST_F(ConnectionTableTest, AnUnconfirmedConnectionIsLoggedAndItsBytesCountWhenItEnds) {
  Feed(FromClient().Seq(1).Ack(1).Payload(10));
  Advance(59.9);
  EXPECT_EQ(table().size(), 1);
  Advance(61.1);
  ASSERT_EQ(ended_.size(), 1);
  EXPECT_FALSE(LastEnded().summary.confirmed);
  EXPECT_EQ(LastEnded().reason, EndReason::kIdleTimeout);
  EXPECT_EQ(table().totals().client_payload_bytes, 10);
  EXPECT_EQ(table().totals().opened_midstream, 0);
  EXPECT_EQ(Closed(EndReason::kIdleTimeout), 0);
}

TEST_F(ConnectionTableTest, NewOnlyIgnoresWhatHadNoSyn) {
  options_.new_only = true;
  Feed(FromClient().Seq(1).Ack(1).Payload(10));
  Feed(FromServer().Syn(5000).Ack(1));
  Feed(FromServer().Rst());
  EXPECT_EQ(table().size(), 0);
  Handshake();
  EXPECT_EQ(State(), ConnectionState::kEstablished);
  EXPECT_EQ(table().totals().client_payload_bytes, 0);
}

TEST_F(ConnectionTableTest, LearnsServersFromHandshakes) {
  server_ = At("10.0.0.2:60000");  // looks like the client
  Handshake();
  client_ = At("10.0.0.1:50000");
  Feed(FromServer().Seq(1).Ack(1).Payload(10));
  Feed(FromClient().Seq(1).Ack(11));
  for (const ConnectionSummary& summary : Live()) EXPECT_EQ(summary.server, server_);
}

TEST_F(ConnectionTableTest, ALaterHandshakeCorrectsTheClientBeforeConfirmationAndNotAfter) {
  server_ = At("10.0.0.2:60000");
  // Ports below 512, because two connections from higher ones would already make the server a shared endpoint.
  const Endpoint early = At("10.0.0.1:500");
  const Endpoint confirmed = At("10.0.0.1:501");
  Feed(Segment(server_, early).Seq(1).Ack(1).Payload(10));
  Feed(Segment(server_, confirmed).Seq(1).Ack(1).Payload(10));
  Feed(Segment(confirmed, server_).Seq(1).Ack(11));
  Handshake();
  Feed(Segment(early, server_).Seq(1).Ack(11));
  for (const ConnectionSummary& summary : Live()) {
    if (summary.client == early) continue;
    EXPECT_TRUE(summary.server == confirmed || summary.client == client_);
  }
  EXPECT_EQ(table().totals().server_payload_bytes, 10);
  EXPECT_EQ(table().totals().client_payload_bytes, 10);
}

TEST_F(ConnectionTableTest, AnEndThatConnectionsShareIsTheServerButConfirmedConnectionsKeepTheirClient) {
  server_ = At("10.0.0.2:60000");
  const Endpoint confirmed = At("10.0.0.1:50000");
  Feed(Segment(server_, confirmed).Seq(1).Ack(1).Payload(10));
  Feed(Segment(confirmed, server_).Seq(1).Ack(11));
  const Endpoint begun = At("10.0.0.3:40000");
  const Endpoint last = At("10.0.0.3:40001");
  Feed(Segment(begun, server_).Seq(1).Ack(1).Payload(10));
  Feed(Segment(last, server_).Seq(1).Ack(1).Payload(10));
  Feed(Segment(server_, begun).Seq(1).Ack(11));
  ASSERT_EQ(Live().size(), 3);
  for (const ConnectionSummary& summary : Live()) {
    EXPECT_EQ(summary.role, Role::kInferred);
    if (summary.client == server_) {
      EXPECT_EQ(summary.server, confirmed) << "only the connection that was confirmed before";
    } else {
      EXPECT_EQ(summary.server, server_);
    }
  }
  EXPECT_EQ(table().totals().client_payload_bytes, 20) << "credited to the client of each";
}

TEST_F(ConnectionTableTest, ASynAckMakesTheRolesOfAnUnconfirmedConnectionObserved) {
  server_ = At("10.0.0.2:60000");
  Feed(FromServer().Seq(4999).Ack(1).Payload(1));
  EXPECT_EQ(Only().client, server_);
  Feed(FromServer().Syn(5000).Ack(1001));
  EXPECT_EQ(Only().client, client_);
  EXPECT_EQ(Only().role, Role::kObserved);
}

TEST_F(ConnectionTableTest, LocalListenersAreServers) {
  server_ = At("10.0.0.2:60000");
  auto listeners = std::make_shared<LocalListeners>();
  listeners->endpoints.insert(server_);
  table().SetLocalListeners(listeners);
  Feed(FromServer().Seq(1).Ack(1).Payload(10));
  EXPECT_EQ(Only().server, server_);
}

TEST_F(ConnectionTableTest, TimeNeverStepsBack) {
  Handshake(100);
  Feed(FromClient().Seq(1001).Ack(5001).Payload(10).Time(-5000));
  EXPECT_EQ(table().now_ns(), TestTime(100.03));
  EXPECT_EQ(Only().last_packet_time_ns, TestTime(100.03));
  table().AdvanceTime(TestTime(0));
  EXPECT_EQ(table().now_ns(), TestTime(100.03));
  Feed(FromClient().Seq(1011).Ack(5001).Payload(10).Time(99.8));
  EXPECT_EQ(Only().last_packet_time_ns, TestTime(100.03));
  EXPECT_EQ(Only().client_sent.payload_bytes, 20);
}

TEST_F(ConnectionTableTest, RatesAreThoseOfEachEnd) {
  Handshake();
  Feed(FromClient().Seq(1001).Ack(5001).Payload(100).Time(0.5));
  Feed(FromServer().Seq(5001).Ack(1101).Payload(700).Time(0.6));
  EXPECT_EQ(table().PayloadRate(0, true, TestTime(1)), 100);
  EXPECT_EQ(table().PayloadRate(0, false, TestTime(1)), 700);
  EXPECT_EQ(table().WindowPayloadBytes(0, TestTime(0.9)), 800);
  EXPECT_EQ(table().WindowPayloadBytes(0, TestTime(1)), 786) << "800 exp(-1/60)";
  EXPECT_EQ(table().PayloadRate(0, true, TestTime(2)), 0);
}

TEST_F(ConnectionTableTest, WithoutRatesThereAreNone) {
  options_.keep_rates = false;
  Handshake();
  Feed(FromClient().Seq(1001).Ack(5001).Payload(100).Time(0.5));
  EXPECT_EQ(table().PayloadRate(0, true, TestTime(1)), 0);
  EXPECT_EQ(table().WindowPayloadBytes(0, TestTime(1)), 0);
}

TEST_F(ConnectionTableTest, AnIdIsOfOneIncarnation) {
  Feed(FromClient().Syn(1000));
  const uint64_t first = Only().id;
  Feed(FromServer().Syn(5000).Ack(1001));
  EXPECT_EQ(Only().id, first);
  Advance(130);
  Feed(FromClient().Syn(1000).Time(140));
  EXPECT_NE(Only().id, first);
}

TEST_F(ConnectionTableTest, PassesOverWhatIsNoTcp) {
  DecodedPacket other = FromClient().Syn(1).packet();
  other.kind = DecodedPacket::Kind::kNotTcp;
  table().Apply({&other, 1});
  other.kind = DecodedPacket::Kind::kError;
  table().Apply({&other, 1});
  EXPECT_EQ(table().size(), 0);
}

TEST_F(ConnectionTableTest, AnIdleConnectionThatEndedIsKeptForAWindowIfItLivedForOne) {
  Handshake(0);
  Feed(FromClient().Seq(1001).Ack(5001).Payload(100).Time(1));
  Feed(FromClient().Seq(1101).Ack(5001).Rst().Time(1000));
  client_.port = 40001;
  Handshake(999);
  Feed(FromClient().Seq(1001).Ack(5001).Rst().Time(1000));
  Advance(1010);
  ASSERT_EQ(table().size(), 0);
  ASSERT_EQ(table().recently_ended().size(), 1);
  table().recently_ended().Visit([](const RecentlyEnded::Entry& entry) {
    EXPECT_EQ(entry.summary.client_sent.payload_bytes, 100);
    EXPECT_EQ(entry.summary.window_payload_bytes, 0);
  });
  Advance(1071);
  EXPECT_EQ(table().recently_ended().size(), 0);
}

TEST_F(ConnectionTableTest, OfThoseThatEndedTheHeavierTakesThePlaceOfALighter) {
  options_.max_recently_ended = 1;
  double seconds = 0;
  for (const uint32_t payload : {100, 150, 120}) {
    client_.port = static_cast<uint16_t>(40000 + payload);
    Handshake(seconds);
    Feed(FromClient().Seq(1001).Ack(5001).Payload(payload).Time(seconds + 0.1));
    Feed(FromClient().Seq(1001 + payload).Ack(5001).Rst().Time(seconds + 0.2));
    Advance(seconds += 3);
    ASSERT_EQ(table().recently_ended().size(), 1);
    table().recently_ended().Visit([payload](const RecentlyEnded::Entry& entry) {
      EXPECT_EQ(entry.summary.client_sent.payload_bytes, payload == 100 ? 100 : 150);
    });
  }
}

}  // namespace
}  // namespace tcpgauge
