// SPDX-License-Identifier: Apache-2.0
// Keep-alives and window probes are neither payload nor retransmissions.
#include "src/flow/probe.h"

#include "tests/flow/table_test.h"

namespace tcpgauge {
namespace {

class ProbeTest : public TableTest {
 protected:
  void ExpectCounts(uint64_t keep_alives, uint64_t window_probes) {
    EXPECT_EQ(table().totals().keep_alives, keep_alives);
    EXPECT_EQ(table().totals().window_probes, window_probes);
  }
};

TEST_F(ProbeTest, AKeepAliveHasOneOldByteOrNone) {
  Handshake();
  Feed(FromClient().Seq(1001).Ack(5001).Payload(100));
  Feed(FromServer().Seq(5001).Ack(1101).Payload(50));
  Feed(FromClient().Seq(1101).Ack(5051));
  Feed(FromClient().Seq(1100).Ack(5051).Payload(1).Time(60));
  Feed(FromServer().Seq(5051).Ack(1101).Time(60));
  Feed(FromClient().Seq(1100).Ack(5051).Time(120));
  Feed(FromServer().Seq(5050).Ack(1101).Payload(1).Time(121));
  ExpectCounts(3, 0);
  EXPECT_EQ(Only().client_sent.payload_bytes, 100);
  EXPECT_EQ(Only().server_sent.payload_bytes, 50);
  EXPECT_EQ(Only().client_sent.retransmitted_segments, 0);
  EXPECT_EQ(Only().server_sent.retransmitted_segments, 0);
  EXPECT_EQ(Only().client_sent.packets, 6);
  EXPECT_EQ(Only().client_sent.ip_bytes, 6 * 40 + 100 + 1);
}

TEST_F(ProbeTest, BeforeAnyDataItRepeatsTheNumberOfTheSyn) {
  Handshake();
  Feed(FromClient().Seq(1000).Ack(5001).Payload(1).Time(60));
  ExpectCounts(1, 0);
  EXPECT_EQ(Only().client_sent.payload_bytes, 0);
}

TEST_F(ProbeTest, WhatIsNotAcknowledgedYetIsSentAgain) {
  Handshake();
  Feed(FromClient().Seq(1001).Ack(5001).Payload(1));
  Feed(FromClient().Seq(1001).Ack(5001).Payload(1).Time(0.3));
  ExpectCounts(0, 0);
  EXPECT_EQ(Only().client_sent.payload_bytes, 2);
  EXPECT_EQ(Only().client_sent.retransmitted_segments, 1);
}

TEST_F(ProbeTest, TwoOldBytesAreARetransmission) {
  Handshake();
  Feed(FromClient().Seq(1001).Ack(5001).Payload(100));
  Feed(FromServer().Seq(5001).Ack(1101));
  Feed(FromClient().Seq(1099).Ack(5001).Payload(2).Time(60));
  ExpectCounts(0, 0);
  EXPECT_EQ(Only().client_sent.retransmitted_segments, 1);
}

TEST_F(ProbeTest, ANewByteIsPayload) {
  Handshake();
  Feed(FromServer().Seq(5001).Ack(1001));
  for (uint32_t i = 0; i < 3; ++i) {
    Feed(FromClient().Seq(1001 + i).Ack(5001).Payload(1));
    Feed(FromServer().Seq(5001).Ack(1002 + i));
  }
  ExpectCounts(0, 0);
  EXPECT_EQ(Only().client_sent.payload_bytes, 3);
}

TEST_F(ProbeTest, AFinOfOneByteIsNoProbe) {
  Handshake();
  Feed(FromServer().Seq(5001).Ack(1001).Window(0));
  Feed(FromClient().Seq(1001).Ack(5001).Payload(1).Fin());
  ExpectCounts(0, 0);
  EXPECT_EQ(Only().client_sent.payload_bytes, 1);
}

TEST_F(ProbeTest, AZeroWindowIsProbedWithTheNextByteOrAnOldOneOrNone) {
  Handshake();
  Feed(FromClient().Seq(1001).Ack(5001).Payload(100));
  Feed(FromServer().Seq(5001).Ack(1101).Window(0));
  Feed(FromClient().Seq(1101).Ack(5001).Payload(1).Time(1));
  Feed(FromClient().Seq(1101).Ack(5001).Payload(1).Time(3));
  Feed(FromClient().Seq(1100).Ack(5001).Payload(1).Time(7));
  Feed(FromClient().Seq(1100).Ack(5001).Time(15));
  Feed(FromServer().Seq(5001).Ack(1101).Window(0).Time(15));
  ExpectCounts(0, 4);
  // The window opens, and the byte comes with the data after it.
  Feed(FromServer().Seq(5001).Ack(1101).Window(1000).Time(16));
  Feed(FromClient().Seq(1101).Ack(5001).Payload(500).Time(16));
  EXPECT_EQ(Only().client_sent.payload_bytes, 600);
  EXPECT_EQ(Only().client_sent.retransmitted_segments, 0);
}

TEST_F(ProbeTest, AnAcceptedProbeIsPayload) {
  Handshake();
  Feed(FromClient().Seq(1001).Ack(5001).Payload(100));
  Feed(FromServer().Seq(5001).Ack(1101).Window(0));
  Feed(FromClient().Seq(1101).Ack(5001).Payload(1).Time(1));
  Feed(FromServer().Seq(5001).Ack(1102).Window(1000).Time(1));
  Feed(FromClient().Seq(1102).Ack(5001).Payload(499).Time(2));
  Feed(FromServer().Seq(5001).Ack(1601).Window(1000).Time(2));
  ExpectCounts(0, 1);
  EXPECT_EQ(Only().client_sent.payload_bytes, 600);
  EXPECT_EQ(Only().client_sent.ip_bytes, 5 * 40 + 600);
  EXPECT_EQ(Only().client_sent.retransmitted_segments, 0);
  EXPECT_EQ(Only().client_sent.out_of_order_segments, 0);
}

TEST_F(ProbeTest, AByteThatDidNotComeByIsNotCredited) {
  Handshake();
  Feed(FromClient().Syn(7000));  // a candidate
  Feed(FromServer().Syn(9000).Ack(7001));
  Feed(FromServer().Seq(9001).Ack(7001).Window(0));
  Feed(FromServer().Seq(9001).Ack(7002).Window(0));
  EXPECT_EQ(Only().client_sent.payload_bytes, 0);
  EXPECT_EQ(Only().client_sent.ip_bytes, 0);
}

TEST_F(ProbeTest, WhatIsInFlightWhenTheWindowClosesIsNoProbe) {
  Handshake();
  Feed(FromClient().Seq(1001).Ack(5001).Payload(100));
  Feed(FromClient().Seq(1101).Ack(5001).Payload(100));
  Feed(FromServer().Seq(5001).Ack(1101).Window(0));
  Feed(FromClient().Seq(1101).Ack(5001).Payload(100).Time(0.3));
  ExpectCounts(0, 0);
  EXPECT_EQ(Only().client_sent.retransmitted_segments, 1);
}

}  // namespace
}  // namespace tcpgauge
