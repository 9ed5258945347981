// SPDX-License-Identifier: Apache-2.0
#include "src/flow/stall.h"

#include <algorithm>
#include <cstdint>

#include "gtest/gtest.h"
#include "tests/flow/table_test.h"

namespace tcpgauge {
namespace {

// A connection whose handshake ends at 0.03 s. The time after which it is stalled is 5 s. Data() and Ack() feed
// segments of an end with the numbers that the test gives.
class StallTest : public TableTest {
 protected:
  StallTest() { options_.stall_ns = Seconds(5); }

  void ClientData(double seconds, uint32_t sequence, uint32_t bytes = 100) {
    Feed(FromClient().Seq(sequence).Ack(5001).Payload(bytes).Time(seconds));
  }
  void ServerData(double seconds, uint32_t sequence, uint32_t bytes = 100) {
    Feed(FromServer().Seq(sequence).Ack(1001).Payload(bytes).Time(seconds));
  }
  void ServerAcks(double seconds, uint32_t number) { Feed(FromServer().Seq(5001).Ack(number).Time(seconds)); }
  // Feeds one segment of the client with 100 bytes, and then its repetitions as Linux times them: after 0.2 s, 0.4 s
  // and so on, up to `end_seconds`. Returns the time of the last repetition.
  double ClientRepeats(double seconds, double end_seconds, uint32_t sequence = 1001) {
    ClientData(seconds, sequence);
    double last = seconds;
    for (double wait = 0.2; last + wait <= end_seconds; wait = std::min(2 * wait, 120.0)) {
      last += wait;
      ClientData(last, sequence);
    }
    return last;
  }
  // Whether the table has a stalled connection.
  bool IsStalledAt(double seconds) {
    Advance(seconds);
    for (uint32_t slot = 0; slot < table().record_limit(); ++slot) {
      if (table().IsInUse(slot) && table().IsStalled(slot)) return true;
    }
    return false;
  }
};

TEST_F(StallTest, AConnectionIsStalledFiveSecondsAfterTheFirstRepetition) {
  Handshake();
  ClientRepeats(1, 6.1);  // the first repetition is at 1.2 s
  EXPECT_FALSE(IsStalledAt(6.1));
  EXPECT_TRUE(IsStalledAt(6.2));
}

TEST_F(StallTest, TheOptionSetsTheTime) {
  options_.stall_ns = Seconds(0.5);
  Handshake();
  ClientRepeats(1, 1.6);
  EXPECT_FALSE(IsStalledAt(1.69));
  EXPECT_TRUE(IsStalledAt(1.7));
}

TEST_F(StallTest, PayloadThatWasSentOnceDoesNotStall) {
  Handshake();
  ClientData(1, 1001);
  ClientData(9, 1101);
  EXPECT_FALSE(IsStalledAt(10));
}

TEST_F(StallTest, AnAcknowledgmentEndsTheStall) {
  Handshake();
  ClientRepeats(1, 20);
  EXPECT_TRUE(IsStalledAt(20));
  ServerAcks(20.1, 1101);
  EXPECT_FALSE(IsStalledAt(20.1));
  EXPECT_FALSE(IsStalledAt(40));
}

TEST_F(StallTest, AnAcknowledgmentOfAPartIsProgress) {
  Handshake();
  ClientRepeats(1, 20);
  ServerAcks(20.1, 1002);
  EXPECT_FALSE(IsStalledAt(20.1));
  ClientData(20.3, 1002, 99);
  ClientData(20.7, 1002, 99);
  ClientData(24, 1002, 99);
  EXPECT_FALSE(IsStalledAt(25.2)) << "the time runs from the first repetition since the progress";
  EXPECT_TRUE(IsStalledAt(25.3));
}

TEST_F(StallTest, AnAcknowledgmentOfEarlierPayloadIsNoProgress) {
  Handshake();
  ClientData(0.5, 1001);
  ServerAcks(0.6, 1101);
  ClientRepeats(1, 6.3, 1101);
  ServerAcks(6.3, 1101);
  ServerAcks(6.4, 1051);
  EXPECT_TRUE(IsStalledAt(6.4));
}

TEST_F(StallTest, PayloadOfTheOtherEndIsNoProgress) {
  Handshake();
  ClientRepeats(1, 6.3);
  ServerData(6.4, 5001, 100);
  EXPECT_TRUE(IsStalledAt(6.4));
}

TEST_F(StallTest, TheServersPayloadStallsLikeTheClients) {
  Handshake();
  for (const double seconds : {1.0, 1.2, 1.6, 2.4, 4.0}) ServerData(seconds, 5001);
  EXPECT_FALSE(IsStalledAt(6.1));
  EXPECT_TRUE(IsStalledAt(6.2));
  Feed(FromClient().Seq(1001).Ack(5101).Time(6.3));
  EXPECT_FALSE(IsStalledAt(6.3));
}

TEST_F(StallTest, WithBothEndsStuckTheProgressOfOneIsNotEnough) {
  Handshake();
  for (const double seconds : {1.0, 1.2, 1.6, 2.4, 4.0}) ServerData(seconds, 5001);
  for (const double seconds : {4.1, 4.3, 4.7, 5.5}) ClientData(seconds, 1001);
  EXPECT_TRUE(IsStalledAt(6.2));
  Feed(FromClient().Seq(1101).Ack(5101).Time(6.3));
  EXPECT_FALSE(IsStalledAt(9.2)) << "of the client's payload it is not due yet";
  EXPECT_TRUE(IsStalledAt(9.3));
}

TEST_F(StallTest, SequenceNumbersMayWrap) {
  Handshake(0, 0xffffffcd, 5000);
  ClientRepeats(1, 6.3, 0xffffffce);  // the payload ends at 0x32
  EXPECT_TRUE(IsStalledAt(6.3));
  ServerAcks(6.4, 0xfffffff0);
  EXPECT_FALSE(IsStalledAt(6.4));
  for (const double seconds : {6.5, 6.9, 8.0}) ClientData(seconds, 0xfffffff0, 0x42);
  EXPECT_TRUE(IsStalledAt(11.5));
  ServerAcks(11.6, 0x32);
  EXPECT_FALSE(IsStalledAt(11.6));
}

TEST_F(StallTest, PayloadThatWasAcknowledgedBeforeItCameAgainDoesNotStall) {
  Handshake();
  ClientData(1, 1001);
  ServerAcks(1.1, 1101);
  for (const double seconds : {1.2, 1.6, 2.4, 4.0}) ClientData(seconds, 1001);
  EXPECT_FALSE(IsStalledAt(7));
}

TEST_F(StallTest, ARepetitionThatReachesBeyondTheAcknowledgmentStalls) {
  Handshake();
  ClientData(1, 1001, 200);
  ServerAcks(1.1, 1101);
  for (const double seconds : {1.2, 1.6, 2.4, 4.0}) ClientData(seconds, 1001, 200);
  EXPECT_TRUE(IsStalledAt(6.2));
}

TEST_F(StallTest, PayloadThatWasOvertakenDoesNotStall) {
  Handshake();
  ClientData(1, 1101);
  ClientData(1.1, 1001);
  ClientData(1.2, 1301);
  ClientData(4, 1201);
  EXPECT_FALSE(IsStalledAt(7));
}

TEST_F(StallTest, AFastRetransmissionThatIsAcknowledgedDoesNotStall) {
  Handshake();
  for (uint32_t i = 0; i < 5; ++i) ClientData(1, 1001 + 100 * i);
  for (int i = 0; i < 3; ++i) ServerAcks(1.05, 1001);
  ClientData(1.06, 1001);
  ServerAcks(1.1, 1501);
  EXPECT_FALSE(IsStalledAt(7));
}

TEST_F(StallTest, ConstantLossWithProgressDoesNotStall) {
  Handshake();
  for (uint32_t i = 0; i < 100; ++i) {
    const uint32_t sequence = 1001 + 100 * i;
    ClientData(1 + 0.4 * i, sequence);
    ClientData(1.2 + 0.4 * i, sequence);
    ServerAcks(1.3 + 0.4 * i, sequence + 100);
    EXPECT_FALSE(IsStalledAt(1.3 + 0.4 * i)) << i;
  }
}

TEST_F(StallTest, KeepAlivesWithoutAnAnswerDoNotStall) {
  Handshake();
  ClientData(1, 1001);
  ServerAcks(1.1, 1101);
  for (int i = 0; i < 9; ++i) Feed(FromClient().Seq(1100).Ack(5001).Time(10 + i));
  for (int i = 0; i < 9; ++i) ClientData(20 + i, 1100, 1);
  EXPECT_FALSE(IsStalledAt(29));
}

TEST_F(StallTest, ProbesOfAZeroWindowDoNotStall) {
  Handshake();
  ClientData(1, 1001);
  Feed(FromServer().Seq(5001).Ack(1101).Window(0).Time(1.1));
  for (const double seconds : {1.3, 1.7, 2.5, 4.1}) Feed(FromClient().Seq(1100).Ack(5001).Time(seconds));
  for (const double seconds : {4.3, 4.7, 5.5, 7.1}) ClientData(seconds, 1101, 1);
  EXPECT_FALSE(IsStalledAt(12));
}

TEST_F(StallTest, PayloadThatIsSentAgainIntoAZeroWindowDoesNotStall) {
  Handshake();
  ClientData(1, 1001, 300);
  Feed(FromServer().Seq(5001).Ack(1101).Window(0).Time(1.1));  // it shrank: the client sent more before
  for (const double seconds : {1.3, 1.7, 2.5, 4.1}) ClientData(seconds, 1101, 200);
  EXPECT_FALSE(IsStalledAt(7));
  Feed(FromServer().Seq(5001).Ack(1101).Window(1000).Time(8));
  EXPECT_FALSE(IsStalledAt(8.1)) << "the path had no chance yet";
  for (const double seconds : {8.2, 8.6, 9.4, 11.0}) ClientData(seconds, 1101, 200);
  EXPECT_TRUE(IsStalledAt(13.2));
}

TEST_F(StallTest, ASingleByteStallsLikeMore) {
  Handshake();
  for (const double seconds : {1.0, 1.2, 1.6, 2.4, 4.0}) ClientData(seconds, 1001, 1);
  EXPECT_TRUE(IsStalledAt(6.2));
}

TEST_F(StallTest, TimestampsDoNotMatter) {
  Handshake();
  uint32_t milliseconds = 1000;
  for (const double seconds : {1.0, 1.2, 1.6, 2.4, 4.0}) {
    Feed(FromClient().Seq(1001).Ack(5001).Payload(100).Timestamps(milliseconds += 200, 7).Time(seconds));
  }
  EXPECT_TRUE(IsStalledAt(6.2));
  Feed(FromServer().Seq(5001).Ack(1101).Timestamps(8, milliseconds).Time(6.3));
  EXPECT_FALSE(IsStalledAt(6.3));
}

TEST_F(StallTest, Ipv6IsTheSame) {
  client_ = At("[2001:db8::1]:40000");
  server_ = At("[2001:db8::2]:5432");
  Handshake();
  ClientRepeats(1, 6.3);
  EXPECT_TRUE(IsStalledAt(6.3));
}

TEST_F(StallTest, ASenderThatWasKilledDoesNotStallForEver) {
  Handshake();
  EXPECT_NEAR(ClientRepeats(1, 14), 13.6, 1e-6);  // silent since then, after 12.4 s of repetitions
  EXPECT_TRUE(IsStalledAt(13.6 + 3 * 12.4 + 9.9));
  EXPECT_FALSE(IsStalledAt(13.6 + 3 * 12.4 + 10.1));
}

TEST_F(StallTest, TheLongestSilenceIsAFewSecondsMoreThanTheLongestWaitOfLinux) {
  Handshake();
  const double last = ClientRepeats(1, 900);
  EXPECT_GT(last, 770);
  EXPECT_TRUE(IsStalledAt(last + 124));
  EXPECT_FALSE(IsStalledAt(last + 126));
}

TEST_F(StallTest, AStallHasNoBreakWhileTheSenderBacksOff) {
  Handshake();
  ClientData(1, 1001);
  int wait_ms = 200;
  for (int last_ms = 1200; last_ms < 900000; last_ms += wait_ms) {
    ClientData(last_ms / 1e3, 1001);
    wait_ms = std::min(2 * wait_ms, 120000);
    for (int ms = last_ms; ms < last_ms + wait_ms; ms += 50) {
      const bool is_stalled = IsStalledAt(ms / 1e3 + 1e-6);
      ASSERT_EQ(is_stalled, ms >= 6200) << ms;
    }
  }
}

TEST_F(StallTest, ARepetitionThatTheCaptureMissedMakesNoBreak) {
  Handshake();
  for (const double seconds : {1.0, 1.2, 1.6, 2.4, 4.0, 7.2}) ClientData(seconds, 1001);  // without that at 13.6
  for (double now = 7.2; now < 26.4; now += 0.5) EXPECT_TRUE(IsStalledAt(now)) << now;
}

TEST_F(StallTest, ASingleRepetitionIsForgottenSoon) {
  Handshake();
  ClientData(1, 1001);
  ClientData(1.2, 1001);  // the capture missed the acknowledgment, and both ends are idle
  EXPECT_TRUE(IsStalledAt(11.2));
  EXPECT_FALSE(IsStalledAt(11.3));
}

TEST_F(StallTest, AStallMayBeLongerThanTheMicrosecondsCount) {
  Handshake();
  constexpr double kWrap = 4294.967296;
  ClientData(1, 1001);
  for (double now = 1.2; now < 2.5 * kWrap; now += 60.5) {  // a repetition soon after each wrap
    ClientData(now, 1001);
    for (int i = 0; i < 60 && now > 7; ++i) {
      ASSERT_TRUE(IsStalledAt(now + i)) << now + i;
    }
  }
  ServerAcks(3 * kWrap, 1101);
  EXPECT_FALSE(IsStalledAt(3 * kWrap));
}

TEST_F(StallTest, ItDoesNotMatterWhereTheMicrosecondsWrap) {
  // The table keeps the time of the first repetition modulo 2^32 µs, and that wraps in each of these stalls.
  constexpr int64_t kWrapUs = int64_t{1} << 32;
  double wrap = static_cast<double>(kWrapUs - kTestStartNs / 1000 % kWrapUs) / 1e6;
  for (const double before : {0.1, 1.0, 4.9}) {
    const double start = wrap - before;
    wrap += static_cast<double>(kWrapUs) / 1e6;
    client_.port = static_cast<uint16_t>(client_.port + 1);
    Handshake(start - 1);
    ClientData(start - 0.2, 1001);
    for (const double after : {0.0, 0.4, 1.2, 2.8}) ClientData(start + after, 1001);
    EXPECT_FALSE(IsStalledAt(start + 4.99)) << before;  // the connection before it has timed out
    EXPECT_TRUE(IsStalledAt(start + 5.01)) << before;
  }
}

TEST_F(StallTest, AConnectionThatWasSeenMidstreamStalls) {
  for (const double seconds : {1.0, 1.2, 1.6, 2.4, 4.0}) ClientData(seconds, 1001);
  EXPECT_TRUE(IsStalledAt(6.2)) << "no packet of the server is needed";
  ServerAcks(6.3, 1101);
  EXPECT_FALSE(IsStalledAt(6.3));
}

TEST_F(StallTest, WithoutTheOtherEndNewPayloadIsProgress) {
  for (uint32_t i = 0; i < 20; ++i) {
    ClientData(1 + i, 1001 + 100 * i);
    ClientData(1.2 + i, 1001 + 100 * i);
    EXPECT_FALSE(IsStalledAt(1.2 + i)) << i;
  }
}

TEST_F(StallTest, OnlyEstablishedConnectionsStall) {
  Handshake();
  ClientRepeats(1, 6.3);
  EXPECT_TRUE(IsStalledAt(6.3));
  Feed(FromClient().Seq(1101).Ack(5001).Fin().Time(6.4));
  EXPECT_FALSE(IsStalledAt(6.4));
}

TEST_F(StallTest, AttemptsDoNotStall) {
  for (const double seconds : {0.0, 1.0, 3.0, 7.0}) Feed(FromClient().Syn(1000).Time(seconds));
  EXPECT_FALSE(IsStalledAt(8));
  Feed(FromClient().Syn(1000).Payload(100).Time(15));
  EXPECT_FALSE(IsStalledAt(21));
}

TEST_F(StallTest, AnEmbryoDoesNotStall) {
  Feed(FromClient().Syn(1000).Time(0));
  Advance(10);
  EXPECT_FALSE(table().IsStalled(ConnectionTable::kEmbryoSlots));
}

TEST_F(StallTest, PayloadOfASynThatWasSentAgainIsAcknowledgedByTheHandshake) {
  Feed(FromClient().Syn(1000).Payload(100).Time(0));
  Feed(FromClient().Syn(1000).Payload(100).Time(1));
  Feed(FromServer().Syn(5000).Ack(1001).Time(1.1));
  Feed(FromClient().Seq(1001).Ack(5001).Time(1.2));
  EXPECT_FALSE(IsStalledAt(8));
}

TEST_F(StallTest, ASynOnTheSamePortsDoesNotHideAStall) {
  Handshake();
  ClientRepeats(1, 6.3);
  Feed(FromClient().Syn(77777).Time(6.5));  // forged: nobody answers it
  for (const double seconds : {7.4, 13.8}) ClientData(seconds, 1001);
  EXPECT_TRUE(IsStalledAt(13.8));
}

TEST_F(StallTest, ANewConnectionOnTheSamePortsBeginsWithoutAStall) {
  Handshake();
  ClientRepeats(1, 6.3);
  EXPECT_TRUE(IsStalledAt(6.3));
  Handshake(7, 777777, 888888);
  EXPECT_EQ(table().size(), 1);
  EXPECT_FALSE(IsStalledAt(7.1));
}

TEST_F(StallTest, ARttSampleBeginsAgainWithTheProgress) {
  Handshake();
  const int64_t rtt_ns = Only().rtt_ns;
  ClientData(1, 1001);
  ClientData(1.2, 1001);
  ClientData(1.3, 1101);  // would measure the repair of the loss before it
  ServerAcks(2.3, 1201);
  EXPECT_EQ(Only().rtt_ns, rtt_ns);
  ClientData(3, 1201);
  ServerAcks(3.5, 1301);
  EXPECT_GT(Only().rtt_ns, rtt_ns);
}

}  // namespace
}  // namespace tcpgauge
