// SPDX-License-Identifier: Apache-2.0
// What edges count of their connections: those that are open, how those that failed did, and segments.
#include <cstdint>

#include "gtest/gtest.h"
#include "tests/flow/table_test.h"
#include "tests/support/edge_sums.h"

namespace tcpgauge {
namespace {

class EdgeCounts : public TableTest {
 protected:
  EdgeCounters Edges() {
    table().TellAllEdges();
    return SumOfEdges(*table().edges());
  }
};

TEST_F(EdgeCounts, AClosedConnectionIsNotOpenWhileItLingers) {
  Handshake();
  Feed(FromClient().Seq(1001).Ack(5001).Fin().Time(1));
  EXPECT_EQ(Edges().connections, 1);
  Feed(FromServer().Seq(5001).Ack(1002).Fin().Time(1));
  EXPECT_EQ(Edges().connections, 1);
  Feed(FromClient().Seq(1002).Ack(5002).Time(1));
  EXPECT_EQ(State(), ConnectionState::kClosed);
  EXPECT_EQ(Edges().connections, 0);
  Advance(100);
  EXPECT_EQ(table().size(), 0u);
  EXPECT_EQ(Edges().connections, 0);
}

TEST_F(EdgeCounts, AClosedConnectionThatRepeatsPayloadIsNotOpen) {
  Handshake();
  Close(1);
  Feed(FromClient().Seq(1001).Ack(5002).Payload(10).Time(1.1));
  EXPECT_EQ(Edges().connections, 0);
  EXPECT_EQ(Edges().client_payload_bytes, 10u);
}

TEST_F(EdgeCounts, AResetConnectionIsNotOpenUntilBothEndsGoOn) {
  Handshake();
  Feed(FromClient().Seq(1001).Ack(5001).Payload(10).Time(0.1));
  Feed(FromServer().Seq(5001).Ack(1011).Rst().Time(0.2));
  EXPECT_EQ(Edges().connections, 0);
  Feed(FromClient().Seq(1011).Ack(5001).Payload(10).Time(0.3));
  EXPECT_EQ(Edges().connections, 0);
  Feed(FromServer().Seq(5001).Ack(1021).Payload(10).Time(0.4));
  EXPECT_EQ(State(), ConnectionState::kEstablished);
  EXPECT_EQ(Edges().connections, 1);
  EXPECT_EQ(Edges().connections_opened, 1u);
}

TEST_F(EdgeCounts, ARefusedAttemptIsOpenAgainWhenItsSynIsRepeated) {
  Feed(FromClient().Syn(1000));
  Feed(FromServer().Rst().Ack(1001).Time(0.01));
  EXPECT_EQ(Edges().connections, 0);
  Feed(FromClient().Syn(1000).Time(0.5));
  EXPECT_EQ(Edges().connections, 1);
  Feed(FromServer().Rst().Ack(1001).Time(0.51));
  EXPECT_EQ(Edges().connections, 0);
  Advance(60);
  EXPECT_EQ(Edges().connections_refused, 1u);
}

TEST_F(EdgeCounts, AnAttemptThatItsClientResetsIsNotOpenAndNotPending) {
  Feed(FromClient().Syn(1000));
  EXPECT_EQ(table().pending_attempts(), 1u);
  Feed(FromClient().Seq(1001).Rst().Time(0.01));
  EXPECT_EQ(State(), ConnectionState::kReset);
  EXPECT_EQ(table().pending_attempts(), 0u);
  EXPECT_EQ(Edges().connections, 0);
  EXPECT_EQ(Edges().connections_opened, 1u);
}

TEST_F(EdgeCounts, NoConnectionIsOpenAfterTheEnd) {
  Feed(FromClient().Syn(1000));
  client_.port = 40001;
  Handshake(0.5);
  EXPECT_EQ(Edges().connections, 1);
  table().EndAll();
  EXPECT_EQ(Edges().connections, 0);
  EXPECT_EQ(table().pending_attempts(), 0u);
}

TEST_F(EdgeCounts, AMidstreamConnectionThatIsConfirmedAfterAResetIsNotOpen) {
  Feed(FromClient().Seq(1001).Ack(5001).Payload(10));
  Feed(FromServer().Seq(5001).Ack(1011).Rst().Time(0.1));
  EXPECT_EQ(Edges().connections_opened, 1u);
  EXPECT_EQ(Edges().connections, 0);
}

TEST_F(EdgeCounts, FailuresCountByTheirReason) {
  Feed(FromClient().Syn(1000));
  Feed(FromServer().Rst().Ack(1001).Time(0.01));
  client_.port = 40001;
  Feed(FromClient().Syn(2000));
  Advance(200);
  EXPECT_EQ(Edges().connections_refused, 1u);
  EXPECT_EQ(Edges().connections_timed_out, 1u);
}

TEST_F(EdgeCounts, ASegmentCountsIfItHasPayload) {
  Handshake();
  EXPECT_EQ(Edges().segments, 0u);
  Feed(FromClient().Seq(1001).Ack(5001).Payload(10).Time(0.1));
  Feed(FromServer().Seq(5001).Ack(1011).Time(0.2));
  Feed(FromServer().Seq(5001).Ack(1011).Payload(20).Time(0.3));
  EXPECT_EQ(Edges().segments, 2u);
}

TEST_F(EdgeCounts, RetransmittedAndOutOfOrderSegmentsAreSegments) {
  Handshake();
  Feed(FromClient().Seq(1001).Ack(5001).Payload(10).Time(0.1));
  Feed(FromClient().Seq(1001).Ack(5001).Payload(10).Time(0.2));
  Feed(FromClient().Seq(1021).Ack(5001).Payload(10).Time(0.3));
  Feed(FromClient().Seq(1011).Ack(5001).Payload(10).Time(0.4));
  EXPECT_EQ(Edges().segments, 4u);
  EXPECT_EQ(Edges().retransmitted_segments, 1u);
  EXPECT_EQ(Edges().out_of_order_segments, 1u);
}

TEST_F(EdgeCounts, AFragmentedDatagramIsOneSegment) {
  Handshake();
  Feed(FromClient().Seq(1001).Ack(5001).Payload(1000).FirstFragment(7).Time(0.1));
  Feed(FromClient().Payload(1000).FollowingFragment(7).Time(0.1));
  Feed(FromClient().Payload(500).FollowingFragment(7).Time(0.1));
  EXPECT_EQ(Edges().client_payload_bytes, 2500u);
  EXPECT_EQ(Edges().segments, 1u);
}

TEST_F(EdgeCounts, FragmentsOfAMidstreamConnectionAreNoSegments) {
  Feed(FromClient().Seq(1001).Ack(5001).Payload(1000).FirstFragment(7));
  Feed(FromClient().Payload(1000).FollowingFragment(7));
  Feed(FromClient().Payload(1000).FollowingFragment(7));
  EXPECT_EQ(table().totals().opened_midstream, 0u);
  Feed(FromServer().Seq(5001).Ack(4001).Time(0.1));
  EXPECT_EQ(table().totals().opened_midstream, 1u);
  EXPECT_EQ(Edges().segments, 1u);
  EXPECT_EQ(Edges().client_payload_bytes, 3000u);
}

TEST_F(EdgeCounts, TheSegmentsBeforeAMidstreamConnectionIsConfirmedCount) {
  Feed(FromClient().Seq(1001).Ack(5001).Payload(10));
  Feed(FromClient().Seq(1011).Ack(5001).Payload(10).Time(0.1));
  EXPECT_EQ(Edges().segments, 0u);
  Feed(FromServer().Seq(5001).Ack(1021).Payload(5).Time(0.2));
  EXPECT_EQ(Edges().segments, 3u);
}

TEST_F(EdgeCounts, TheSegmentsOfAConnectionThatIsNeverConfirmedCountAtItsEnd) {
  Feed(FromClient().Seq(1001).Ack(5001).Payload(10));
  Advance(100);
  EXPECT_EQ(Edges().segments, 1u);
  EXPECT_EQ(table().totals().segments, 1u);
  EXPECT_EQ(Edges().connections, 0);
}

TEST_F(EdgeCounts, WhatADoubtfulConnectionRepeatsIsSegmentsToo) {
  Feed(FromServer().Seq(5001).Rst());
  for (int i = 0; i < 20; ++i) Feed(FromClient().Seq(1001).Ack(5001).Payload(10).Time(0.1 * i));
  Feed(FromServer().Seq(5001).Ack(1011).Payload(5).Time(2));
  EXPECT_EQ(table().totals().opened_midstream, 1u);
  EXPECT_EQ(Edges().segments, 21u);
  EXPECT_EQ(Edges().retransmitted_segments, 19u);
}

TEST_F(EdgeCounts, ASegmentOfAnyLengthCountsInFull) {
  Handshake();
  uint64_t sent = 0;
  for (const uint32_t bytes : {100u, 65536u, (1u << 24) - 1, 1000u, 1u << 24, (1u << 25) + 5, 0xf0000000u}) {
    Feed(FromClient().Seq(1001 + static_cast<uint32_t>(sent)).Ack(5001).Payload(bytes).Time(0.1));
    sent += bytes;
    EXPECT_EQ(Edges().client_payload_bytes, sent);
  }
  EXPECT_EQ(Edges().segments, 7u);
}

TEST_F(EdgeCounts, AnEdgeThatIsNeverSilentForTheIdleTimeoutKeepsItsSeries) {
  options_.idle_timeout_ns = Seconds(1);
  Handshake();
  for (int tenth = 1; tenth < 200; ++tenth) {
    const uint32_t number = 1001 + 10 * static_cast<uint32_t>(tenth);
    if (tenth % 9 == 0) Feed(FromClient().Seq(number).Ack(5001).Payload(10).Time(0.1 * tenth));
    Advance(0.1 * tenth);
  }
  EXPECT_EQ(table().size(), 1u);
  EXPECT_EQ(table().edges()->retired_edges(), 0u);
}

TEST_F(EdgeCounts, AKeepAliveIsNoSegment) {
  Handshake();
  Feed(FromServer().Seq(5001).Ack(1001).Time(0.1));
  Feed(FromClient().Seq(1000).Ack(5001).Payload(1).Time(1));
  EXPECT_EQ(table().totals().keep_alives, 1u);
  EXPECT_EQ(Edges().segments, 0u);
}

TEST_F(EdgeCounts, AWindowProbeIsASegmentOnceItsByteIsAccepted) {
  Handshake();
  Feed(FromServer().Seq(5001).Ack(1001).Window(0).Time(0.1));
  Feed(FromClient().Seq(1001).Ack(5001).Payload(1).Time(0.3));
  EXPECT_EQ(table().totals().window_probes, 1u);
  EXPECT_EQ(Edges().segments, 0u);
  Feed(FromServer().Seq(5001).Ack(1002).Window(1000).Time(0.4));
  EXPECT_EQ(Edges().client_payload_bytes, 1u);
  EXPECT_EQ(Edges().segments, 1u);
}

}  // namespace
}  // namespace tcpgauge
