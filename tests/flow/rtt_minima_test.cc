// SPDX-License-Identifier: Apache-2.0
// The least round-trip times that the table shows of a connection.
#include <cstdint>
#include <utility>

#include "gtest/gtest.h"
#include "src/base/time_units.h"
#include "src/flow/connection_summary.h"
#include "tests/flow/table_test.h"

namespace tcpgauge {
namespace {

constexpr int64_t kUnknown = ConnectionSummary::kUnknown;

class RttMinimaTest : public TableTest {
 protected:
  // The handshake of TableTest takes 20 ms to the server and 10 ms to the client.
  static constexpr double kHandshakeMs = 30;

  double MinRttMs() { return static_cast<double>(Only().min_rtt_ns()) / 1e6; }
  double ServerMs() { return static_cast<double>(Only().server_min_rtt_ns) / 1e6; }
  double ClientMs() { return static_cast<double>(Only().client_min_rtt_ns) / 1e6; }

  void ClientSends(double seconds, uint32_t payload) {
    Feed(FromClient().Seq(client_next_).Ack(server_next_).Payload(payload).Time(seconds));
    client_next_ += payload;
  }
  // With a payload of 0, only acknowledges what the client has sent.
  void ServerSends(double seconds, uint32_t payload) {
    Feed(FromServer().Seq(server_next_).Ack(client_next_).Payload(payload).Time(seconds));
    server_next_ += payload;
  }
  void ClientAcknowledges(double seconds) { ClientSends(seconds, 0); }

  // A ping each 20 ms, an answer after 25 ms, and an acknowledgment of the answer that the client delays by 40 ms or
  // sends with the next ping.
  void Ping(double from, double to) {
    for (double seconds = from; seconds < to; seconds += 0.060) {
      ClientSends(seconds, 14);
      ServerSends(seconds + 0.025, 7);
      ClientAcknowledges(seconds + 0.025 + 0.034);
    }
  }
  // Flights of three segments to the server, which it acknowledges after `delay_seconds`.
  void Upload(double from, double to, double delay_seconds) {
    for (double seconds = from; seconds < to; seconds += 0.5) {
      for (int i = 0; i < 3; ++i) ClientSends(seconds, 1400);
      ServerSends(seconds + delay_seconds, 0);
    }
  }

  uint32_t client_next_ = 1001;
  uint32_t server_next_ = 5001;
};

TEST_F(RttMinimaTest, TheHandshakeIsTheFirstSampleOfBothHalves) {
  Feed(FromClient().Syn(1000).Time(0));
  EXPECT_EQ(Only().min_rtt_ns(), kUnknown);
  Feed(FromServer().Syn(5000).Ack(1001).Time(0.020));
  EXPECT_NEAR(ServerMs(), 20, 0.02);
  EXPECT_EQ(Only().client_min_rtt_ns, kUnknown);
  EXPECT_EQ(Only().min_rtt_ns(), kUnknown) << "half of it";
  Feed(FromClient().Seq(1001).Ack(5001).Time(0.030));
  EXPECT_NEAR(ClientMs(), 10, 0.01);
  EXPECT_NEAR(MinRttMs(), kHandshakeMs, 0.03);
}

TEST_F(RttMinimaTest, ARepeatedSynOrSynAckIsNoSample) {
  Feed(FromClient().Syn(1000).Time(0));
  Feed(FromClient().Syn(1000).Time(1));
  Feed(FromServer().Syn(5000).Ack(1001).Time(1.0001));
  EXPECT_EQ(Only().server_min_rtt_ns, kUnknown) << "it may answer the first SYN";
  Feed(FromServer().Syn(5000).Ack(1001).Time(2));
  Feed(FromClient().Seq(1001).Ack(5001).Time(2.0001));
  EXPECT_EQ(Only().client_min_rtt_ns, kUnknown) << "it may answer the first SYN-ACK";
}

TEST_F(RttMinimaTest, DelayedAcknowledgmentsDoNotHideTheHandshakeForMinutes) {
  Handshake();
  Ping(0.1, 300);
  EXPECT_NEAR(MinRttMs(), kHandshakeMs, 0.03);
  EXPECT_GT(Only().rtt_ns, 50 * kNanosecondsPerMillisecond) << "the smoothed value includes the delays";
}

TEST_F(RttMinimaTest, AConnectionOfPingsIsUnknownMidstream) {
  Ping(0.1, 300);
  EXPECT_EQ(Only().server_min_rtt_ns, kUnknown);
  EXPECT_EQ(Only().client_min_rtt_ns, kUnknown);
  EXPECT_EQ(Only().min_rtt_ns(), kUnknown);
  EXPECT_GT(Only().rtt_ns, 50 * kNanosecondsPerMillisecond);
}

TEST_F(RttMinimaTest, APingThatIsAnsweredSoonerLowersTheMinimum) {
  Handshake();
  ClientSends(1, 14);
  ServerSends(1.015, 7);
  EXPECT_NEAR(ServerMs(), 15, 0.01);
  EXPECT_NEAR(ClientMs(), 10, 0.01);
}

TEST_F(RttMinimaTest, AnUploadSeenAtItsServerIsUnknownMidstream) {
  Upload(0, 120, 0.00005);
  EXPECT_NEAR(ServerMs(), 0.05, 0.001) << "the near half";
  EXPECT_EQ(Only().client_min_rtt_ns, kUnknown);
  EXPECT_EQ(Only().min_rtt_ns(), kUnknown);
}

TEST_F(RttMinimaTest, ADownloadSeenAtItsClientIsUnknownMidstream) {
  ClientSends(0, 100);
  for (double seconds = 1; seconds < 100; seconds += 0.5) {
    for (int i = 0; i < 3; ++i) ServerSends(seconds, 1400);
    ClientAcknowledges(seconds + 0.00005);
  }
  EXPECT_NEAR(ClientMs(), 0.05, 0.001);
  EXPECT_EQ(Only().min_rtt_ns(), kUnknown);
}

TEST_F(RttMinimaTest, BothHalvesAreKnownMidstreamOnceBothEndsSendFlights) {
  Upload(0, 10, 0.020);
  for (int i = 0; i < 3; ++i) ServerSends(20, 1400);
  ClientAcknowledges(20.005);
  EXPECT_NEAR(MinRttMs(), 25, 0.03);
}

TEST_F(RttMinimaTest, ADelayThatGrowsShowsWithinAMinute) {
  Upload(0, 100, 0.001);
  EXPECT_NEAR(ServerMs(), 1, 0.01);
  Upload(100, 129, 0.020);
  EXPECT_NEAR(ServerMs(), 1, 0.01) << "there were shorter samples not long ago";
  Upload(129, 161, 0.020);
  EXPECT_NEAR(ServerMs(), 20, 0.01);
}

TEST_F(RttMinimaTest, ADelayThatFallsShowsAtOnce) {
  Upload(0, 100, 0.020);
  EXPECT_NEAR(ServerMs(), 20, 0.01);
  Upload(100, 101.5, 0.001);
  EXPECT_NEAR(ServerMs(), 1, 0.01);
}

TEST_F(RttMinimaTest, SilenceKeepsTheMinimum) {
  options_.idle_timeout_ns = 1000000 * kNanosecondsPerSecond;
  Handshake();
  Advance(500000);
  EXPECT_NEAR(MinRttMs(), kHandshakeMs, 0.03);
  Upload(500000, 500001, 0.040);
  EXPECT_NEAR(ServerMs(), 40, 0.02);
  EXPECT_NEAR(ClientMs(), 10, 0.01);
}

TEST_F(RttMinimaTest, AClockThatStandsStillGivesZero) {
  Feed(FromClient().Syn(1000).Time(0));
  Feed(FromServer().Syn(5000).Ack(1001).Time(0));
  Feed(FromClient().Seq(1001).Ack(5001).Time(0));
  EXPECT_EQ(Only().server_min_rtt_ns, 0);
  EXPECT_EQ(Only().client_min_rtt_ns, 0);
  EXPECT_EQ(Only().min_rtt_ns(), 0) << "known, and shorter than the clock can tell";
}

TEST_F(RttMinimaTest, WhatWasSentAgainIsNoSample) {
  for (int i = 0; i < 3; ++i) ClientSends(1, 1400);
  client_next_ -= 3 * 1400;
  for (int i = 0; i < 3; ++i) ClientSends(1.3, 1400);
  ServerSends(1.3001, 0);
  EXPECT_EQ(Only().server_min_rtt_ns, kUnknown) << "it may answer the first copy";
  Upload(2, 2.1, 0.020);
  EXPECT_NEAR(ServerMs(), 20, 0.01);
}

TEST_F(RttMinimaTest, SuperFramesAreSamples) {
  // What a receiver or a sender with offloads captures: many segments in one, and one acknowledgment for all.
  ClientSends(1, 62000);
  ServerSends(1.004, 0);
  EXPECT_NEAR(ServerMs(), 4, 0.01);
  ServerSends(2, 1448 * 2);
  ClientAcknowledges(2.001);
  EXPECT_NEAR(MinRttMs(), 5, 0.01);
}

TEST_F(RttMinimaTest, TheHalvesGoToTheRightEnd) {
  std::swap(client_, server_);  // the client is end b
  Handshake();
  EXPECT_NEAR(ServerMs(), 20, 0.02);
  EXPECT_NEAR(ClientMs(), 10, 0.01);
}

TEST_F(RttMinimaTest, ANewConnectionBeginsWithoutSamples) {
  Handshake();
  Feed(FromClient().Seq(1001).Ack(5001).Rst().Time(1));
  Feed(FromClient().Syn(9000).Time(10));
  Feed(FromServer().Syn(7000).Time(10.1).Ack(9001));
  EXPECT_NEAR(ServerMs(), 100, 0.1);
  EXPECT_EQ(Only().client_min_rtt_ns, kUnknown);
  EXPECT_NEAR(static_cast<double>(LastEnded().summary.min_rtt_ns()) / 1e6, kHandshakeMs, 0.03);
}

TEST_F(RttMinimaTest, AreKeptForTheConnectionLogAlone) {
  options_.keep_rates = false;
  Handshake();
  EXPECT_NEAR(static_cast<double>(Only().min_rtt_ns()) / 1e6, kHandshakeMs, 0.03);
}

}  // namespace
}  // namespace tcpgauge
