// SPDX-License-Identifier: Apache-2.0
#include "src/flow/segment_analysis.h"

#include <cstdint>

#include "gtest/gtest.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

// Passes segments of end a and of end b of one connection to AnalyzeSegment().
class SegmentAnalysis : public testing::Test {
 protected:
  static Segment A() { return Segment(At("10.0.0.1:40000"), At("10.0.0.2:80")); }
  static Segment B() { return Segment(At("10.0.0.2:80"), At("10.0.0.1:40000")); }

  // Returns the sample that the segment ends.
  RttSample Feed(const Segment& segment) {
    const DecodedPacket& packet = segment;
    const End sender = packet.source.port == 80 ? End::kB : End::kA;
    return AnalyzeSegment(packet, sender, packet.time_ns, &record_, &gaps_);
  }
  void ExpectNoSample(const Segment& segment) { EXPECT_EQ(Feed(segment).duration_us, RttSample::kNone); }
  void ExpectSample(const Segment& segment, uint32_t duration_us, bool may_be_delayed) {
    const RttSample sample = Feed(segment);
    EXPECT_NEAR(sample.duration_us, duration_us, 1);
    EXPECT_EQ(sample.may_be_delayed, may_be_delayed);
  }
  // Feeds segments that make both ends known. The next sequence number of end a is 1000, and that of end b 5000.
  void Begin() {
    Feed(A().Seq(1000).Ack(5000).Time(0));
    Feed(B().Seq(5000).Ack(1000).Time(0));
  }

  const EndRecord& a() const { return record_.ends[0]; }
  const EndRecord& b() const { return record_.ends[1]; }
  double RttOfA() const { return a().smoothed_rtt_eighth_us / 8e6; }

  ConnectionRecord record_ = {};
  GapPool gaps_{16};
};

TEST_F(SegmentAnalysis, DataInOrderIsNeither) {
  Feed(A().Seq(1000).Payload(100));
  Feed(A().Seq(1100).Payload(100));
  Feed(A().Seq(1200).Payload(0).Ack(1));
  EXPECT_EQ(a().retransmitted_segments, 0);
  EXPECT_EQ(a().out_of_order_segments, 0);
  EXPECT_EQ(a().next_sequence, 1200);
}

TEST_F(SegmentAnalysis, CountsWhatIsSentAgainWhollyOrPartly) {
  Feed(A().Seq(1000).Payload(100));
  Feed(A().Seq(1000).Payload(100));
  Feed(A().Seq(1050).Payload(100));
  EXPECT_EQ(a().retransmitted_segments, 2);
  EXPECT_EQ(a().out_of_order_segments, 0);
  EXPECT_EQ(a().next_sequence, 1150);
}

TEST_F(SegmentAnalysis, CountsWhatFillsAGapOnceAsOutOfOrder) {
  Feed(A().Seq(1000).Payload(100));
  Feed(A().Seq(1200).Payload(100));
  Feed(A().Seq(1100).Payload(100));
  EXPECT_EQ(a().out_of_order_segments, 1);
  EXPECT_EQ(a().retransmitted_segments, 0);
  Feed(A().Seq(1100).Payload(100));
  EXPECT_EQ(a().out_of_order_segments, 1);
  EXPECT_EQ(a().retransmitted_segments, 1);
  EXPECT_EQ(record_.gaps, GapPool::kNone);
}

TEST_F(SegmentAnalysis, ASegmentThatReachesOutOfItsGapWasPartlySeen) {
  Feed(A().Seq(1000).Payload(100));
  Feed(A().Seq(1200).Payload(100));
  Feed(A().Seq(1050).Payload(100));
  EXPECT_EQ(a().retransmitted_segments, 1);
  EXPECT_EQ(a().out_of_order_segments, 0);
}

TEST_F(SegmentAnalysis, CountsAcrossTheWrapOfSequenceNumbers) {
  Feed(A().Seq(0xffffff00).Payload(0x80));
  Feed(A().Seq(0x100).Payload(0x100));
  Feed(A().Seq(0xffffff80).Payload(0x100));
  EXPECT_EQ(a().out_of_order_segments, 1);
  Feed(A().Seq(0xffffff80).Payload(0x80));
  EXPECT_EQ(a().retransmitted_segments, 1);
  EXPECT_EQ(a().next_sequence, 0x200);
}

TEST_F(SegmentAnalysis, StaysRightBeyondFourGibibytes) {
  constexpr uint32_t kStep = 1u << 30;
  uint32_t sequence = 0;
  for (int i = 0; i < 9; ++i) {
    Feed(A().Seq(sequence).Payload(kStep));
    sequence += kStep;
  }
  EXPECT_EQ(a().retransmitted_segments, 0);
  Feed(A().Seq(sequence - 100).Payload(100));
  EXPECT_EQ(a().retransmitted_segments, 1);
}

TEST_F(SegmentAnalysis, AGapFromBeforeTheWrapIsForgotten) {
  Feed(A().Seq(0).Payload(100));
  Feed(A().Seq(200).Payload(100));  // 100 to 200 never come
  constexpr uint32_t kStep = 1u << 30;
  for (uint32_t i = 0; i < 4; ++i) Feed(A().Seq(300 + i * kStep).Payload(kStep));
  EXPECT_EQ(a().next_sequence, 300);
  Feed(A().Seq(100).Payload(100));  // the gap's numbers, but 4 GiB later: a retransmission
  EXPECT_EQ(a().out_of_order_segments, 0);
  EXPECT_EQ(a().retransmitted_segments, 1);
}

TEST_F(SegmentAnalysis, SynAndFinOccupyOneNumberEachAndAreNoPayload) {
  Feed(A().Syn(999));
  EXPECT_EQ(a().next_sequence, 1000);
  Feed(A().Syn(999));
  Feed(A().Seq(1000).Payload(10).Fin());
  EXPECT_EQ(a().next_sequence, 1011);
  Feed(A().Seq(1010).Fin());
  EXPECT_EQ(a().retransmitted_segments, 0);
}

TEST_F(SegmentAnalysis, DataInASynBeginsAfterIt) {
  Feed(A().Syn(999).Payload(100));
  EXPECT_EQ(a().next_sequence, 1100);
  Feed(A().Syn(999).Payload(100));
  EXPECT_EQ(a().retransmitted_segments, 1);
  Feed(A().Seq(1100).Payload(1));
  EXPECT_EQ(a().retransmitted_segments, 1);
}

TEST_F(SegmentAnalysis, AnEmptyKeepAliveIsNothing) {
  Feed(A().Seq(1000).Payload(100));
  Feed(A().Seq(1099).Ack(1));
  EXPECT_EQ(a().retransmitted_segments, 0);
  EXPECT_EQ(a().next_sequence, 1100);
}

TEST_F(SegmentAnalysis, AKeepAliveWithAByteHoldsPayloadSeenBefore) {
  Feed(A().Seq(1000).Payload(100));
  Feed(A().Seq(1099).Ack(1).Payload(1));
  EXPECT_EQ(a().retransmitted_segments, 1);
}

TEST_F(SegmentAnalysis, AnAckWithoutPayloadMakesNoGap) {
  Feed(A().Seq(1000).Payload(100));
  Feed(A().Seq(5000).Ack(1));
  EXPECT_EQ(a().next_sequence, 1100);
  EXPECT_EQ(record_.gaps, GapPool::kNone);
}

TEST_F(SegmentAnalysis, ARstIsNotAnalysed) {
  Feed(A().Seq(1000).Payload(100));
  Feed(A().Seq(9000).Rst().Payload(10).Window(0));
  EXPECT_EQ(a().next_sequence, 1100);
  EXPECT_EQ(a().zero_windows, 0);
  EXPECT_EQ(record_.gaps, GapPool::kNone);
}

TEST_F(SegmentAnalysis, CountsZeroWindowsButThoseOfSynAndFin) {
  Feed(A().Syn(999).Window(0));
  Feed(A().Seq(1000).Ack(1).Window(0));
  Feed(A().Seq(1000).Ack(1).Window(0));
  Feed(A().Seq(1000).Ack(1).Fin().Window(0));
  Feed(B().Seq(1).Ack(1000));
  EXPECT_EQ(a().zero_windows, 2);
  EXPECT_EQ(b().zero_windows, 0);
}

TEST_F(SegmentAnalysis, SamplesRttFromAcknowledgments) {
  Feed(A().Seq(1000).Payload(100).Time(0));
  Feed(B().Seq(1).Ack(1099).Time(0.005));
  EXPECT_EQ(RttOfA(), 0) << "not covered yet";
  Feed(B().Seq(1).Ack(1100).Time(0.010));
  EXPECT_NEAR(RttOfA(), 0.010, 1e-6);
  Feed(A().Seq(1100).Payload(100).Time(1));
  Feed(B().Seq(1).Ack(9999).Time(1.018));
  EXPECT_NEAR(RttOfA(), 0.012, 1e-6) << "a quarter of the difference";
  EXPECT_EQ(b().smoothed_rtt_eighth_us, 0);
}

TEST_F(SegmentAnalysis, OneSampleIsUnderWayAtATime) {
  Feed(A().Seq(1000).Payload(100).Time(0));
  Feed(A().Seq(1100).Payload(100).Time(0.5));
  Feed(B().Ack(1200).Time(1));
  EXPECT_NEAR(RttOfA(), 1, 1e-6);
}

TEST_F(SegmentAnalysis, NeverSamplesWhatWasSentAgain) {
  Feed(A().Seq(1000).Payload(100).Time(0));
  Feed(A().Seq(1000).Payload(100).Time(0.2));
  Feed(B().Ack(1100).Time(0.21));
  EXPECT_EQ(RttOfA(), 0);
  Feed(A().Seq(1100).Payload(100).Timestamps(50, 0).Time(0.3));
  Feed(A().Seq(1100).Payload(100).Timestamps(60, 0).Time(0.4));
  Feed(B().Ack(1200).Timestamps(7, 50).Time(0.41));
  EXPECT_EQ(RttOfA(), 0);
}

TEST_F(SegmentAnalysis, ARepetitionDoesNotChangeWhereTheNextSampleBegins) {
  // The number at which it begins is half a window ahead of the last segment, because so much was sent one way.
  constexpr uint32_t kLast = 1100 + 0xe0000000;
  for (const bool has_payload : {false, true}) {
    record_ = {};
    Feed(A().Seq(1000).Payload(100));
    for (const uint32_t sent : {0x50000000u, 0xa0000000u}) Feed(A().Seq(1100 + sent).Payload(100));
    Segment again = A().Seq(1100 + 0xa0000000);
    Feed(has_payload ? again.Payload(100) : again.Fin());
    EXPECT_EQ(a().timing == EndRecord::Timing::kRepetition, has_payload);
    Feed(A().Seq(kLast).Payload(100));
    EXPECT_EQ(a().timing, EndRecord::Timing::kNone) << "it goes on";
    ExpectNoSample(B().Seq(5000).Ack(kLast + 100));
  }
}

TEST_F(SegmentAnalysis, WithTimestampsASampleNeedsItsEcho) {
  Feed(A().Seq(1000).Payload(100).Timestamps(0xfffffffe, 0).Time(0));
  Feed(B().Ack(1200).Timestamps(7, 1).Time(0.020));
  EXPECT_EQ(RttOfA(), 0) << "its own acknowledgment was missed";
  Feed(A().Seq(1100).Payload(100).Timestamps(5, 0).Time(1));
  Feed(B().Ack(1200).Timestamps(7, 4).Time(1.5));
  EXPECT_EQ(RttOfA(), 0) << "a delayed acknowledgment echoes the earlier of two";
  Feed(A().Seq(1200).Payload(100).Timestamps(6, 0).Time(2));
  Feed(B().Ack(1300).Timestamps(7, 6).Time(2.5));
  EXPECT_NEAR(RttOfA(), 0.5, 1e-6);
  Feed(A().Seq(1300).Payload(100).Timestamps(7, 0).Time(3));
  Feed(B().Ack(1400).Time(3.5));
  EXPECT_NEAR(RttOfA(), 0.5, 1e-6) << "no timestamps in the answer";
}

TEST_F(SegmentAnalysis, SamplesDataAfterABareAcknowledgmentWhateverItsNumber) {
  for (const uint32_t sequence : {0xd0000000u, 0x1000u, 0x70000000u}) {
    record_ = {};
    Feed(A().Seq(sequence).Ack(1).Time(0));
    Feed(A().Seq(sequence).Payload(100).Time(1));
    Feed(B().Ack(sequence + 100).Time(1.5));
    EXPECT_NEAR(RttOfA(), 0.5, 1e-6) << sequence;
  }
}

TEST_F(SegmentAnalysis, TheNextSampleBeginsWithinTheNextFlight) {
  uint32_t sequence = 1000;
  Feed(A().Seq(sequence).Payload(100).Time(0));
  for (int flight = 1; flight < 50; ++flight) {
    for (int i = 0; i < 10; ++i) Feed(A().Seq(sequence += 100).Payload(100).Time(flight + 0.01 * i));
    Feed(B().Ack(sequence + 100).Time(flight + 0.5));
    EXPECT_GT(RttOfA(), 0.4) << flight;
    EXPECT_LE(RttOfA(), 1.5) << flight;
  }
}

TEST_F(SegmentAnalysis, AnAnswerThatCameAfterAMinuteIsNoSample) {
  Feed(A().Seq(1000).Payload(100).Time(0));
  Feed(B().Ack(1100).Time(61));
  EXPECT_EQ(RttOfA(), 0);
  Feed(A().Seq(1100).Payload(100).Time(70));
  Feed(A().Seq(1200).Payload(100).Time(140));  // replaces the sample under way
  Feed(B().Ack(1300).Time(140.5));
  EXPECT_NEAR(RttOfA(), 0.5, 1e-6);
}

TEST_F(SegmentAnalysis, AnAnswerAtOnceIsASampleOfNearlyZero) {
  Feed(A().Seq(1000).Payload(100).Time(0));
  Feed(B().Ack(1100).Time(0));
  EXPECT_EQ(a().smoothed_rtt_eighth_us, 1);
  Feed(A().Seq(1100).Payload(100).Time(1));
  Feed(B().Ack(1200).Time(0.9));
  EXPECT_EQ(a().smoothed_rtt_eighth_us, 1) << "an answer before its question is none";
}

TEST_F(SegmentAnalysis, TheSynIsASample) {
  Feed(A().Syn(999).Time(0));
  Feed(B().Syn(500).Ack(1000).Time(0.030));
  Feed(A().Seq(1000).Ack(501).Time(0.031));
  EXPECT_NEAR(RttOfA(), 0.030, 1e-6);
  EXPECT_NEAR(b().smoothed_rtt_eighth_us / 8e6, 0.001, 1e-6);
}

TEST_F(SegmentAnalysis, ReturnsTheSampleOfTheEndThatIsAcknowledged) {
  Begin();
  ExpectNoSample(A().Seq(1000).Ack(5000).Payload(1400).Time(1));
  ExpectNoSample(B().Seq(5000).Ack(2399).Payload(1300).Time(1.002));
  ExpectSample(B().Seq(6300).Ack(2400).Time(1.003), 3000, false);
  ExpectNoSample(B().Seq(6300).Ack(2400).Time(1.004));
  ExpectSample(A().Seq(2400).Ack(6300).Time(1.007), 5000, false);
}

TEST_F(SegmentAnalysis, TheSamplesOfAHandshakeAreNotDelayed) {
  for (const uint32_t payload : {0, 300}) {  // TCP Fast Open
    record_ = {};
    ExpectNoSample(A().Syn(999).Payload(payload).Time(0));
    ExpectSample(B().Syn(4999).Ack(1000 + payload).Time(0.030), 30000, false);
    ExpectSample(A().Seq(1000 + payload).Ack(5000).Time(0.031), 1000, false);
  }
}

TEST_F(SegmentAnalysis, ARepeatedSynOrSynAckGivesNoSample) {
  Feed(A().Syn(999).Time(0));
  Feed(A().Syn(999).Time(1));
  ExpectNoSample(B().Syn(4999).Ack(1000).Time(1.030));
  Feed(B().Syn(4999).Ack(1000).Time(2.030));
  ExpectNoSample(A().Seq(1000).Ack(5000).Time(2.031));
}

TEST_F(SegmentAnalysis, TheAcknowledgmentOfALoneShortSegmentMayBeDelayed) {
  Begin();
  Feed(A().Seq(1000).Ack(5000).Payload(1219).Time(1));
  ExpectSample(B().Seq(5000).Ack(2219).Time(1.040), 40000, true);
  Feed(A().Seq(2219).Ack(5000).Payload(1220).Time(2));
  ExpectSample(B().Seq(5000).Ack(3439).Time(2.001), 1000, false);
  Feed(A().Seq(3439).Ack(5000).Fin().Time(3));
  ExpectSample(B().Seq(5000).Ack(3440).Time(3.040), 40000, true);
}

TEST_F(SegmentAnalysis, TheAcknowledgmentOfALoneShortSegmentMayWaitForTheNextOnes) {
  Begin();
  Feed(A().Seq(1000).Ack(5000).Payload(100).Time(1));
  Feed(A().Seq(1100).Ack(5000).Payload(100).Time(1.020));
  ExpectSample(B().Seq(5000).Ack(1200).Time(1.040), 40000, true);
  Feed(A().Seq(1200).Ack(5000).Payload(300).Time(2));  // a header, and the body after it
  Feed(A().Seq(1500).Ack(5000).Payload(60000).Time(2.020));
  ExpectSample(B().Seq(5000).Ack(61500).Time(2.021), 21000, true);
}

TEST_F(SegmentAnalysis, ShortSegmentsInAFullFlightAreAcknowledgedAtOnce) {
  Begin();
  Feed(A().Seq(1000).Ack(5000).Payload(100).Time(1));
  for (uint32_t i = 1; i <= 20; ++i) Feed(A().Seq(1000 + 100 * i).Ack(5000).Payload(100).Time(1 + 0.001 * i));
  ExpectSample(B().Seq(5000).Ack(1100).Time(1.020), 20000, true);
  // The next sample begins with a segment of the next flight, with 2000 bytes or more before it.
  for (uint32_t i = 21; i <= 60; ++i) Feed(A().Seq(1000 + 100 * i).Ack(5000).Payload(100).Time(1 + 0.001 * i));
  const RttSample sample = Feed(B().Seq(5000).Ack(7100).Time(1.080));
  EXPECT_NE(sample.duration_us, RttSample::kNone);
  EXPECT_FALSE(sample.may_be_delayed);
}

TEST_F(SegmentAnalysis, ASuperFrameIsMoreThanAFullSizedSegment) {
  Begin();
  Feed(A().Seq(1000).Ack(5000).Payload(65000).Time(1));
  Feed(B().Seq(5000).Ack(30000).Time(1.001));
  ExpectSample(B().Seq(5000).Ack(66000).Time(1.002), 2000, false);
}

TEST_F(SegmentAnalysis, TheFirstShortSegmentMidstreamMayBeDelayed) {
  Feed(A().Seq(1000).Payload(100).Time(1));  // how much is unacknowledged is not known
  ExpectSample(B().Seq(5000).Ack(1100).Time(1.020), 20000, true);
  record_ = {};
  Feed(A().Seq(1000).Payload(1400).Time(1));
  ExpectSample(B().Seq(5000).Ack(2400).Time(1.020), 20000, false);
}

TEST_F(SegmentAnalysis, ASegmentThatIsCapturedAfterItsAcknowledgmentMayBeDelayed) {
  Begin();
  Feed(B().Seq(5000).Ack(2400).Time(1));
  Feed(A().Seq(1000).Ack(5000).Payload(1400).Time(1));
  ExpectSample(B().Seq(5000).Ack(2400).Time(1.5), 500000, true);
}

TEST_F(SegmentAnalysis, AShortSampleNeedsItsEchoToo) {
  Begin();
  Feed(A().Seq(1000).Ack(5000).Payload(100).Timestamps(5, 0).Time(1));
  ExpectNoSample(B().Seq(5000).Ack(1100).Timestamps(7, 4).Time(1.020));
  Feed(A().Seq(1100).Ack(5000).Payload(100).Timestamps(6, 0).Time(2));
  ExpectSample(B().Seq(5000).Ack(1200).Timestamps(7, 6).Time(2.020), 20000, true);
}

TEST_F(SegmentAnalysis, WhatWasSentAgainEndsAShortSampleToo) {
  Begin();
  Feed(A().Seq(1000).Ack(5000).Payload(100).Time(1));
  Feed(A().Seq(1000).Ack(5000).Payload(100).Time(1.2));
  ExpectNoSample(B().Seq(5000).Ack(1100).Time(1.21));
  Feed(A().Seq(1100).Ack(5000).Payload(100).Time(10));
  Feed(A().Seq(1200).Ack(5000).Payload(100).Time(80));  // replaces the sample, which is older than a minute
  ExpectSample(B().Seq(5000).Ack(1300).Time(80.001), 1000, true);
}

TEST_F(SegmentAnalysis, ReturnsOnlyTheSamplesThatAreSmoothed) {
  Begin();
  Feed(A().Seq(1000).Ack(5000).Payload(1400).Time(1));
  ExpectNoSample(B().Seq(5000).Ack(2400).Time(62));
  EXPECT_EQ(RttOfA(), 0);
  Feed(A().Seq(2400).Ack(5000).Payload(1400).Time(63));
  ExpectNoSample(B().Seq(5000).Ack(3800).Time(62.9));
  EXPECT_EQ(RttOfA(), 0);
}

TEST_F(SegmentAnalysis, RemembersTheHighestAcknowledgment) {
  Feed(B().Ack(0xfffffff0));
  Feed(B().Ack(0x10));
  Feed(B().Ack(0xfffffff8));
  EXPECT_EQ(b().last_acknowledgment, 0x10);
}

}  // namespace
}  // namespace tcpgauge
