// SPDX-License-Identifier: Apache-2.0
// Which RSTs end a connection, and what becomes of one whose RST nobody believed.
#include "src/flow/reset_check.h"

#include <cstdint>

#include "tests/flow/table_test.h"

namespace tcpgauge {
namespace {

class ResetCheck : public TableTest {
 protected:
  uint64_t Ignored() { return table().totals().resets_ignored; }
  // Feeds `segment` and tells whether it reset the connection.
  bool Resets(const Segment& segment) {
    const uint64_t before = Ignored();
    Feed(segment);
    const bool is_reset = State() == ConnectionState::kReset;
    EXPECT_EQ(Ignored() - before, is_reset ? 0 : 1);
    return is_reset;
  }
};

TEST_F(ResetCheck, ARefusalMustAcknowledgeTheSyn) {
  const struct {
    Segment reset;
    bool is_believed;
  } kCases[] = {
      {FromServer().Seq(0).Ack(1001).Rst(), true},  {FromServer().Seq(77).Ack(1001).Rst(), true},
      {FromServer().Seq(0).Ack(1000).Rst(), false}, {FromServer().Seq(0).Ack(1002).Rst(), false},
      {FromServer().Seq(0).Ack(0).Rst(), false},    {FromServer().Seq(0).Ack(0x80001000).Rst(), false},
      {FromServer().Seq(1001).Rst(), false},
  };
  double start = 0;
  for (const auto& c : kCases) {
    Segment reset = c.reset;
    Feed(FromClient().Syn(1000).Time(start));
    EXPECT_EQ(Resets(reset.Time(start + 0.1)), c.is_believed) << start;
    start += 1000;
    Advance(start);
    EXPECT_EQ(LastEnded().reason, c.is_believed ? EndReason::kRefused : EndReason::kHandshakeTimeout);
  }
}

TEST_F(ResetCheck, ASynWithDataMayBeAcknowledgedWithoutItsData) {
  Feed(FromClient().Syn(1000).Payload(100));
  EXPECT_FALSE(Resets(FromServer().Seq(0).Ack(1102).Rst().Time(0.1)));
  EXPECT_TRUE(Resets(FromServer().Seq(0).Ack(1101).Rst().Time(0.2)));
  EXPECT_EQ(table().totals().closed[static_cast<size_t>(EndReason::kRefused)], 0) << "counted when it ends";
}

TEST_F(ResetCheck, TheWindowIsThatOfTheReceiver) {
  Feed(FromClient().Syn(1000).Window(1000));
  Feed(FromServer().Syn(5000).Ack(1001).Window(2000));
  Feed(FromClient().Seq(1001).Ack(5001).Window(500));
  EXPECT_FALSE(Resets(FromServer().Seq(5000).Rst())) << "one below what the client expects";
  EXPECT_FALSE(Resets(FromServer().Seq(5501).Rst())) << "one above the client's window";
  EXPECT_FALSE(Resets(FromClient().Seq(3001).Rst())) << "one above the server's window";
  EXPECT_FALSE(Resets(FromServer().Seq(5001 + 0x80000000).Rst()));
  EXPECT_FALSE(Resets(FromServer().Seq(0).Ack(1001).Rst())) << "right for a SYN alone";
  EXPECT_TRUE(Resets(FromServer().Seq(5500).Rst()));
}

TEST_F(ResetCheck, TheWindowIsScaledWhenBothSynsHaveTheOption) {
  const struct {
    uint8_t client, server;
    bool is_scaled;
  } kCases[] = {{7, 2, true},
                {7, DecodedPacket::kNoWindowScale, false},
                {DecodedPacket::kNoWindowScale, 7, false},
                {14, 0, true}};
  double start = 0;
  for (const auto& c : kCases) {
    Feed(FromClient().Syn(1000).WindowScale(c.client).Time(start));
    Feed(FromServer().Syn(5000).Ack(1001).WindowScale(c.server).Time(start));
    Feed(FromClient().Seq(1001).Ack(5001).Window(100).Time(start));
    EXPECT_EQ(Resets(FromServer().Seq(5001 + 12000).Rst().Time(start)), c.is_scaled);
    if (!c.is_scaled) {
      EXPECT_TRUE(Resets(FromServer().Seq(5001).Rst().Time(start)));
    }
    start += 1000;
    Advance(start);
  }
}

TEST_F(ResetCheck, TheWindowOfASynIsNotScaled) {
  Feed(FromClient().Syn(1000).WindowScale(7));
  Feed(FromServer().Syn(5000).Ack(1001).WindowScale(7).Window(1000));
  EXPECT_FALSE(Resets(FromClient().Seq(1001 + 1024).Rst()));
  EXPECT_TRUE(Resets(FromClient().Seq(1001 + 1000 - 1).Rst()));
}

TEST_F(ResetCheck, ASynThatIsCapturedAfterItsAnswerMayLackTheOption) {
  Feed(FromServer().Syn(5000).Ack(1001).WindowScale(7).Window(65535));
  Feed(FromClient().Syn(1000));
  EXPECT_TRUE(Resets(FromClient().Seq(1001 + 60000).Rst()));
}

TEST_F(ResetCheck, WhatIsOnItsWayToTheReceiverIsBelieved) {
  Feed(FromClient().Syn(1000));
  Feed(FromServer().Syn(5000).Ack(1001).Window(1000));
  Feed(FromClient().Seq(1001).Ack(5001));
  Feed(FromClient().Seq(1001).Ack(5001).Payload(1460));
  EXPECT_TRUE(Resets(FromClient().Seq(2461).Rst())) << "beyond the window of 1,000, but all of it was sent";
}

TEST_F(ResetCheck, AZeroWindowAdmitsTheExpectedNumber) {
  Handshake();
  Feed(FromServer().Seq(5001).Ack(1001).Window(0));
  EXPECT_FALSE(Resets(FromClient().Seq(1002).Rst()));
  EXPECT_TRUE(Resets(FromClient().Seq(1001).Rst()));
}

TEST_F(ResetCheck, AResetWithTheNumberOfItsFinIsBelieved) {
  Handshake();
  Feed(FromClient().Seq(1001).Ack(5001).Fin());
  Feed(FromServer().Seq(5001).Ack(1002));
  EXPECT_TRUE(Resets(FromClient().Seq(1001).Rst()));
}

TEST_F(ResetCheck, WithoutAHandshakeTheLargestWindowIsAssumed) {
  Feed(FromClient().Seq(1001).Ack(5001).Window(1).Payload(10));
  Feed(FromServer().Seq(5001).Ack(1011).Window(1).Payload(10));
  EXPECT_FALSE(Resets(FromServer().Seq(5001 + (1 << 14)).Rst()));
  EXPECT_TRUE(Resets(FromServer().Seq(5001 + (1 << 14) - 1).Rst()));
}

TEST_F(ResetCheck, OfOneDirectionAloneTheNumbersSentAreTheMeasure) {
  Feed(FromServer().Seq(5001).Payload(10));
  Feed(FromServer().Seq(5011).Payload(10));
  Feed(FromServer().Seq(5021).Payload(10));
  EXPECT_FALSE(Resets(FromServer().Seq(5031 + 0x60000000).Rst()));
  EXPECT_TRUE(Resets(FromServer().Seq(5031).Rst()));
}

TEST_F(ResetCheck, OfTheClientsDirectionAloneASegmentMayBeMissing) {
  Feed(FromClient().Syn(100));
  Feed(FromClient().Seq(101).Ack(501));
  EXPECT_FALSE(Resets(FromClient().Seq(101 + 0x60000000).Rst()));
  EXPECT_TRUE(Resets(FromClient().Seq(1549).Rst())) << "one segment was not captured";
}

TEST_F(ResetCheck, TheAnswerToASegmentOfAnOldConnectionDoesNotEndAnAttempt) {
  Feed(FromClient().Syn(400));
  Feed(FromServer().Seq(300).Ack(100).Time(0.1));
  EXPECT_FALSE(Resets(FromClient().Seq(100).Rst().Time(0.1)));
  Feed(FromClient().Syn(400).Time(1));
  Handshake(1, 400, 5000);
  EXPECT_EQ(table().totals().opened_handshake, 1);
  EXPECT_EQ(State(), ConnectionState::kEstablished);
}

TEST_F(ResetCheck, AClientMayGiveUpItsAttempt) {
  Feed(FromClient().Syn(400));
  EXPECT_TRUE(Resets(FromClient().Seq(401).Rst().Time(0.1)));
}

TEST_F(ResetCheck, AScannersResetOfItsHalfOpenConnectionIsBelieved) {
  Feed(FromClient().Syn(1000));
  Feed(FromServer().Syn(5000).Ack(1001));
  EXPECT_TRUE(Resets(FromClient().Seq(1001).Rst()));
}

TEST_F(ResetCheck, AnIgnoredResetChangesNothingAndItsPacketCounts) {
  Handshake();
  Feed(FromServer().Seq(900000).Rst().Fin().Time(0.1));
  Feed(FromClient().Seq(1001).Ack(5001).Payload(100).Time(0.2));
  EXPECT_EQ(State(), ConnectionState::kEstablished);
  EXPECT_EQ(Only().server_sent.packets, 2);
  EXPECT_EQ(Ignored(), 1);
}

TEST_F(ResetCheck, IfBothEndsGoOnTheStateFollowsThem) {
  Handshake();
  Feed(FromServer().Seq(5001).Ack(1001).Rst().Time(0.1));
  ASSERT_EQ(State(), ConnectionState::kReset);
  Feed(FromClient().Seq(1001).Ack(5001).Payload(100).Time(0.2));
  EXPECT_EQ(State(), ConnectionState::kReset) << "it was sent before the RST arrived";
  Feed(FromServer().Seq(5001).Ack(1101).Time(0.3));
  EXPECT_EQ(State(), ConnectionState::kEstablished);
  Close(0.4);
}

TEST_F(ResetCheck, AConnectionThatWasClosingGoesOnClosing) {
  Handshake();
  Feed(FromClient().Seq(1001).Ack(5001).Fin().Time(0.1));
  Feed(FromServer().Seq(5001).Ack(1001).Rst().Time(0.2));
  Feed(FromServer().Seq(5001).Ack(1002).Payload(10).Time(0.3));
  Feed(FromClient().Seq(1002).Ack(5011).Time(0.4));
  EXPECT_EQ(State(), ConnectionState::kClosing);
}

TEST_F(ResetCheck, AConnectionThatGoesOnMayCloseAtOnce) {
  Handshake();
  Feed(FromClient().Seq(1001).Ack(5001).Fin().Time(0.1));
  Feed(FromServer().Seq(5001).Ack(1002).Time(0.1));
  Feed(FromServer().Seq(5001).Ack(1002).Rst().Time(0.2));
  Feed(FromServer().Seq(5001).Ack(1002).Fin().Time(0.3));
  Feed(FromClient().Seq(1002).Ack(5002).Time(0.4));
  EXPECT_EQ(State(), ConnectionState::kClosed);
}

TEST_F(ResetCheck, AForgedRefusalDoesNotEndAnAttemptThatIsAnswered) {
  Feed(FromClient().Syn(1000));
  Feed(FromServer().Seq(0).Ack(1001).Rst().Time(0.010));
  Feed(FromServer().Seq(0).Ack(1001).Fin().Time(0.011));
  Feed(FromClient().Seq(1001).Rst().Time(0.012));
  Feed(FromServer().Syn(5000).Ack(1001).Time(0.020));
  EXPECT_EQ(State(), ConnectionState::kSynReceived);
  Feed(FromClient().Seq(1001).Ack(5001).Time(0.030));
  EXPECT_EQ(State(), ConnectionState::kEstablished);
  EXPECT_EQ(Only().handshake_rtt_ns, Seconds(0.030));
  EXPECT_EQ(ended_.size(), 0);
}

TEST_F(ResetCheck, WhatIsRepeatedDoesNotGoOn) {
  Handshake();
  Feed(FromClient().Seq(1001).Ack(5001).Payload(100).Time(0.1));
  Feed(FromServer().Seq(5001).Ack(1001).Rst().Time(0.2));
  for (const double seconds : {0.3, 0.4, 0.5}) {
    Feed(FromClient().Seq(1001).Ack(5001).Payload(100).Time(seconds));
    Feed(FromServer().Seq(5001).Ack(1001).Time(seconds));
    Feed(FromServer().Seq(5001).Ack(1001).Rst().Time(seconds));
  }
  EXPECT_EQ(State(), ConnectionState::kReset);
  EXPECT_EQ(Ignored(), 0);
}

TEST_F(ResetCheck, AResetAloneIsNoConnectionThatCounts) {
  Feed(FromServer().Seq(5001).Ack(1001).Rst());
  Feed(FromClient().Seq(1001).Rst().Time(0.1));
  EXPECT_FALSE(Only().confirmed);
  Advance(3);
  EXPECT_EQ(table().totals().opened_midstream, 0);
  EXPECT_EQ(Closed(EndReason::kReset), 0);
}

}  // namespace
}  // namespace tcpgauge
