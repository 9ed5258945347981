// SPDX-License-Identifier: Apache-2.0
// Which turns of a connection are exchanges, and what their response times are.
#include "src/flow/exchange.h"

#include <cstdint>

#include "gtest/gtest.h"
#include "src/decode/payload_start.h"
#include "tests/flow/views_test.h"
#include "tests/support/edge_sums.h"

namespace tcpgauge {
namespace {

constexpr PayloadStart kOther = PayloadStart::kOther;
constexpr PayloadStart kHello = PayloadStart::kClientHello;
constexpr PayloadStart kHandshake = PayloadStart::kHandshake;
constexpr PayloadStart kCipher = PayloadStart::kChangeCipherSpec;
constexpr PayloadStart kCipherAndHello = PayloadStart::kChangeCipherSpecAndClientHello;
constexpr PayloadStart kAlert = PayloadStart::kAlert;
constexpr PayloadStart kData = PayloadStart::kApplicationData;
constexpr PayloadStart kNotCaptured = PayloadStart::kNotCaptured;

// Keeps the next sequence numbers of both ends, as after Handshake(). Times are in seconds.
class Exchange : public ViewsTest {
 protected:
  // The client sends new payload, and has received everything.
  void Ask(double time, PayloadStart start = kOther, uint32_t bytes = 100) {
    Feed(FromClient().Seq(client_next_).Ack(server_next_).Payload(bytes).Starts(start).Time(time));
    client_next_ += bytes;
  }
  // The server sends new payload, and has received everything.
  void Answer(double time, uint32_t bytes = 200) {
    Feed(FromServer().Seq(server_next_).Ack(client_next_).Payload(bytes).Starts(kOther).Time(time));
    server_next_ += bytes;
  }
  // One turn that is answered after 0.1 s, beginning with `start`. Turns are a second apart.
  void Turn(PayloadStart start) {
    clock_ += 1;
    Ask(clock_, start);
    Answer(clock_ + 0.1);
  }

  uint64_t Count() { return CountOf(table().totals().response_seconds); }
  // The response times of all exchanges so far, in milliseconds.
  double Sum() { return table().totals().response_seconds.sum * 1000; }
  // Whether the next turn, which begins with `start`, is an exchange.
  bool Counts(PayloadStart start) {
    const uint64_t before = Count();
    Turn(start);
    return Count() == before + 1;
  }
  // What was said so far had no exchange, and the next turn of application data is one.
  void ExpectOnlyTheNextToCount() {
    EXPECT_EQ(Count(), 0u);
    clock_ = 30;
    EXPECT_TRUE(Counts(kData));
  }

  uint32_t client_next_ = 1001;
  uint32_t server_next_ = 5001;
  double clock_ = 10;
};

TEST_F(Exchange, IsTimedFromTheRequestToTheFirstSegmentOfTheAnswer) {
  Handshake();
  Ask(1);
  Answer(1.25);
  Answer(1.5);
  Answer(9);
  EXPECT_EQ(Count(), 1u);
  EXPECT_DOUBLE_EQ(Sum(), 250);
  EXPECT_EQ(Only().responses, 1u);
  EXPECT_EQ(Only().response_ns, Seconds(0.25));
}

TEST_F(Exchange, IsKeptForTheConnectionLogAlone) {
  options_.keep_rates = false;
  Handshake();
  Ask(1);
  Answer(1.25);
  EXPECT_EQ(Only().responses, 1u);
  EXPECT_EQ(Only().response_ns, Seconds(0.25));
  EXPECT_EQ(Count(), 1u);
}

TEST_F(Exchange, IsUnknownBeforeTheFirstAnswer) {
  Handshake();
  Ask(1);
  EXPECT_EQ(Only().responses, 0u);
  EXPECT_EQ(Only().response_ns, ConnectionSummary::kUnknown);
}

TEST_F(Exchange, IsTimedFromTheLastSegmentOfALongRequest) {
  Handshake();
  Ask(1);
  Ask(2);
  Feed(FromServer().Seq(server_next_).Ack(client_next_).Time(2.1));  // no payload
  Ask(3);
  Answer(3.25);
  EXPECT_EQ(Count(), 1u);
  EXPECT_DOUBLE_EQ(Sum(), 250);
}

TEST_F(Exchange, HappensAgainAfterEachAnswer) {
  Handshake();
  for (int i = 0; i < 100; ++i) Turn(kOther);
  EXPECT_EQ(Count(), 100u);
  EXPECT_NEAR(Sum(), 10000, 1e-4);
  EXPECT_EQ(Only().responses, 100u);
  EXPECT_NEAR(Only().response_ns, Seconds(0.1), 1000);
}

TEST_F(Exchange, IsSmoothedWithAnEighth) {
  Handshake();
  Ask(1);
  Answer(1.1);
  Ask(2);
  Answer(2.9);
  EXPECT_NEAR(Only().response_ns, Seconds(0.2), 1000);
}

TEST_F(Exchange, MayTakeHours) {
  options_.idle_timeout_ns = Seconds(36000);
  Handshake();
  Ask(1);
  Answer(1 + 7200);
  EXPECT_NEAR(Only().response_ns, Seconds(7200), 1e6);
}

TEST_F(Exchange, IsKeptWhenTheConnectionEnds) {
  Handshake();
  Ask(1);
  Answer(1.25);
  table().EndAll();
  EXPECT_EQ(LastEnded().summary.responses, 1u);
  EXPECT_EQ(LastEnded().summary.response_ns, Seconds(0.25));
}

TEST_F(Exchange, IsNotOfTheNextConnectionInTheSlot) {
  Handshake();
  Ask(1);
  Answer(1.25);
  Ask(2);
  table().EndAll();
  Handshake(10);
  client_next_ = 1001;
  server_next_ = 5001;
  Answer(11);
  EXPECT_EQ(Only().responses, 0u);
  EXPECT_EQ(Count(), 1u);
}

TEST_F(Exchange, IsCreditedToTheEdge) {
  Handshake();
  Ask(1);
  Answer(1.25);
  const EdgeCounters sum = SumOfEdges(*table().edges());
  EXPECT_EQ(sum.response_count, 1u);
  EXPECT_DOUBLE_EQ(sum.response_sum_seconds, 0.25);
}

// Who answers whom.

TEST_F(Exchange, DoesNotCountWhatTheServerSendsUnasked) {
  Handshake();
  Answer(1);  // a greeting
  Answer(2);
  EXPECT_EQ(Count(), 0u);
  Turn(kOther);
  Answer(100);  // a push
  EXPECT_EQ(Count(), 1u);
  EXPECT_NEAR(Sum(), 100, 1e-6);
}

TEST_F(Exchange, IsNotAnsweredByWhatWasOnItsWayBefore) {
  Handshake();
  const uint32_t before = client_next_;
  Ask(1);
  Feed(FromServer().Seq(server_next_).Ack(before).Payload(50).Time(1.01));
  server_next_ += 50;
  EXPECT_EQ(Count(), 0u);
  Answer(1.5);
  EXPECT_DOUBLE_EQ(Sum(), 500);
}

TEST_F(Exchange, IsNotAnsweredByASegmentWithoutAcknowledgment) {
  Handshake();
  Ask(1);
  Feed(FromServer().Seq(server_next_).Payload(50).Time(1.01));
  EXPECT_EQ(Count(), 0u);
}

TEST_F(Exchange, IsNotAnsweredByAReset) {
  Handshake();
  Ask(1);
  Feed(FromServer().Seq(server_next_).Ack(client_next_).Rst().Payload(10).Time(1.01));
  EXPECT_EQ(Count(), 0u);
}

TEST_F(Exchange, IsNotAnsweredByAnOldSegmentOfTheServer) {
  Handshake();
  Turn(kOther);
  Ask(20);
  Feed(FromServer().Seq(5001).Ack(client_next_).Payload(200).Time(20.1));
  EXPECT_EQ(Count(), 1u);
  Answer(20.5);
  EXPECT_NEAR(Sum(), 600, 1e-6);
}

TEST_F(Exchange, IsAnsweredByTheRestOfAnAnswerWhoseBeginningWasLost) {
  Handshake();
  Ask(1);
  server_next_ += 1000;
  Answer(1.25);
  EXPECT_DOUBLE_EQ(Sum(), 250);
}

TEST_F(Exchange, IsAnsweredByNewBytesThatFollowRepeatedOnes) {
  Handshake();
  Turn(kOther);
  Ask(20);
  Feed(FromServer().Seq(5001).Ack(client_next_).Payload(300).Time(20.25));
  EXPECT_NEAR(Sum(), 350, 1e-6);
}

TEST_F(Exchange, OfPipelinedRequestsIsOne) {
  Handshake();
  Ask(1);
  Ask(1.1);
  Feed(FromServer().Seq(server_next_).Ack(client_next_ - 100).Payload(50).Time(1.2));  // the first answer
  server_next_ += 50;
  Answer(1.4);
  EXPECT_EQ(Count(), 1u);
  EXPECT_NEAR(Sum(), 300, 1e-6);
}

TEST_F(Exchange, OfALongPollTakesAsLongAsThePoll) {
  Handshake();
  Ask(1);
  Feed(FromServer().Seq(server_next_).Ack(client_next_).Time(1.001));
  for (int i = 1; i < 5; ++i) {  // keep-alives
    Feed(FromServer().Seq(server_next_ - 1).Ack(client_next_).Time(1 + i));
    Feed(FromClient().Seq(client_next_).Ack(server_next_).Time(1 + i));
    Feed(FromClient().Seq(client_next_ - 1).Ack(server_next_).Payload(1).Time(1.5 + i));
  }
  Answer(31);
  EXPECT_EQ(Count(), 1u);
  EXPECT_DOUBLE_EQ(Sum(), 30000);
}

TEST_F(Exchange, EndsWithAnInterimAnswer) {
  Handshake();
  Ask(1);
  Answer(1.1);  // 100 Continue
  Ask(1.2);     // the body
  Ask(1.3);
  Answer(1.8);
  EXPECT_EQ(Count(), 2u);
  EXPECT_NEAR(Sum(), 600, 1e-6);
}

TEST_F(Exchange, OfAHalfClosedRequestIsTimedFromTheFin) {
  Handshake();
  Ask(1);
  Feed(FromClient().Seq(client_next_).Ack(server_next_).Fin().Time(2));
  ++client_next_;
  Answer(2.25);
  EXPECT_EQ(Count(), 1u);
  EXPECT_DOUBLE_EQ(Sum(), 250);
}

TEST_F(Exchange, OfARequestWithTheFinInItsSegment) {
  Handshake();
  Feed(FromClient().Seq(client_next_).Ack(server_next_).Payload(100).Starts(kOther).Fin().Time(1));
  client_next_ += 101;
  Feed(FromClient().Seq(client_next_ - 1).Ack(server_next_).Fin().Time(1.2));  // repeated
  Answer(1.25);
  EXPECT_DOUBLE_EQ(Sum(), 250);
}

TEST_F(Exchange, DoesNotBeginWithAFinAlone) {
  Handshake();
  Turn(kOther);
  Feed(FromClient().Seq(client_next_).Ack(server_next_).Fin().Time(20));
  ++client_next_;
  Answer(21);
  EXPECT_EQ(Count(), 1u);
}

TEST_F(Exchange, DoesNotBeginWithARepetitionThatHasAFin) {
  Handshake();
  Turn(kOther);
  Feed(FromClient().Seq(client_next_ - 100).Ack(server_next_).Payload(100).Starts(kOther).Fin().Time(20));
  ++client_next_;
  Answer(21);
  EXPECT_EQ(Count(), 1u);
}

// What is sent again.

TEST_F(Exchange, IsTimedFromTheFirstCopyOfARequest) {
  Handshake();
  Ask(1);
  Feed(FromClient().Seq(1001).Ack(5001).Payload(100).Starts(kOther).Time(1.2));
  Feed(FromClient().Seq(1001).Ack(5001).Payload(100).Starts(kOther).Time(1.6));
  Answer(1.75);
  EXPECT_EQ(Count(), 1u);
  EXPECT_DOUBLE_EQ(Sum(), 750);
}

TEST_F(Exchange, DoesNotBeginWithALateCopyOfARequest) {
  Handshake();
  Turn(kOther);
  Feed(FromClient().Seq(1001).Ack(server_next_).Payload(100).Starts(kOther).Time(20));
  Answer(20.5);
  EXPECT_EQ(Count(), 1u);
}

TEST_F(Exchange, CountsOneCopyOfAnAnswer) {
  Handshake();
  Ask(1);
  Answer(1.25);
  Feed(FromServer().Seq(5001).Ack(client_next_).Payload(200).Time(1.5));
  EXPECT_EQ(Count(), 1u);
  EXPECT_DOUBLE_EQ(Sum(), 250);
}

TEST_F(Exchange, WaitsForTheGapInARequest) {
  Handshake();
  Ask(1);
  client_next_ += 100;  // lost before it was captured
  Ask(1.1);
  Feed(FromClient().Seq(1101).Ack(5001).Payload(100).Starts(kOther).Time(1.5));
  Answer(1.75);
  EXPECT_EQ(Count(), 1u);
  EXPECT_DOUBLE_EQ(Sum(), 250);
}

TEST_F(Exchange, DoesNotWaitForAGapThatTheServerHasAcknowledged) {
  Handshake();
  Ask(1);
  client_next_ += 100;  // not captured
  Ask(1.1);
  Feed(FromServer().Seq(server_next_).Ack(client_next_).Time(1.2));
  Feed(FromClient().Seq(1101).Ack(5001).Payload(100).Starts(kOther).Time(1.5));
  Answer(1.6);
  EXPECT_DOUBLE_EQ(Sum(), 500);
}

TEST_F(Exchange, IsExtendedByNewBytesThatFollowRepeatedOnes) {
  Handshake();
  Ask(1);
  Feed(FromClient().Seq(1001).Ack(5001).Payload(150).Starts(kOther).Time(1.5));
  client_next_ += 50;
  Answer(1.75);
  EXPECT_DOUBLE_EQ(Sum(), 250);
}

TEST_F(Exchange, IsNoKeepAliveAndNoWindowProbe) {
  Handshake();
  Turn(kOther);
  Feed(FromClient().Seq(client_next_ - 1).Ack(server_next_).Payload(1).Starts(kOther).Time(20));
  Answer(21);
  Feed(FromServer().Seq(server_next_).Ack(client_next_).Window(0).Time(22));
  Feed(FromClient().Seq(client_next_).Ack(server_next_).Payload(1).Starts(kOther).Time(23));
  Feed(FromServer().Seq(server_next_).Ack(client_next_).Window(0).Payload(10).Time(24));
  EXPECT_EQ(Count(), 1u);
}

TEST_F(Exchange, SurvivesTheWrapOfSequenceNumbers) {
  Handshake(0, 0xffffffa0, 0xffffffa0);
  client_next_ = server_next_ = 0xffffffa1;
  for (int i = 0; i < 3; ++i) Turn(kOther);
  EXPECT_EQ(Count(), 3u);
  EXPECT_NEAR(Sum(), 300, 1e-6);
}

TEST_F(Exchange, IsNotShorterThanZeroWhenPacketsOvertake) {
  Handshake();
  Ask(1);
  Answer(0.9);
  EXPECT_EQ(Count(), 1u);
  EXPECT_EQ(Sum(), 0);
  EXPECT_EQ(Only().response_ns, 0);
}

// How a connection begins.

TEST_F(Exchange, BeginsWithTheDataOfASyn) {
  Feed(FromClient().Syn(1000).Payload(100).Starts(kOther));
  client_next_ += 100;
  Feed(FromServer().Syn(5000).Ack(client_next_).Time(0.02));
  Answer(0.25);
  EXPECT_EQ(Count(), 1u);
  EXPECT_DOUBLE_EQ(Sum(), 250);
}

TEST_F(Exchange, CountsTheDataOfASynFromThereWhenTheServerDidNotTakeIt) {
  Feed(FromClient().Syn(1000).Payload(100).Starts(kOther));
  Feed(FromServer().Syn(5000).Ack(1001).Time(0.02));
  Ask(0.04);
  Answer(0.25);
  EXPECT_DOUBLE_EQ(Sum(), 250);
}

TEST_F(Exchange, MayBeAnsweredInTheSynAck) {
  Feed(FromClient().Syn(1000).Payload(100).Starts(kOther));
  Feed(FromServer().Syn(5000).Ack(1101).Payload(10).Time(0.02));
  EXPECT_EQ(Count(), 1u);
  EXPECT_DOUBLE_EQ(Sum(), 20);
}

TEST_F(Exchange, OfAMidstreamConnectionBeginsOnceItIsConfirmed) {
  Ask(1);
  Answer(1.1);  // confirms
  EXPECT_EQ(Count(), 0u);
  Turn(kOther);
  EXPECT_EQ(Count(), 1u);
  EXPECT_EQ(Only().responses, 1u);
}

TEST_F(Exchange, IsThatOfTheClientWhichConfirmationFinds) {
  client_ = At("10.0.0.1:50000");
  server_ = At("10.0.0.2:50001");
  Feed(FromClient().Seq(1001).Ack(5001).Payload(100).Starts(kOther));
  client_next_ += 100;
  Feed(FromServer().Syn(5000).Ack(client_next_).Time(0.02));  // tells who is the server
  Turn(kOther);
  Turn(kOther);
  EXPECT_EQ(Only().client, client_);
  EXPECT_GE(Count(), 1u);
}

TEST_F(Exchange, IsCountedOnceInSeveralViews) {
  HandshakeOn({before_, dnat_});
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Seq(1001).Ack(5001).Payload(100).Starts(kOther).Time(1); });
  FromServerOn({before_, dnat_}, [](Segment s) { return s.Seq(5001).Ack(1101).Payload(10).Time(1.25); });
  EXPECT_EQ(table().size(), 1u);
  EXPECT_EQ(Count(), 1u);
  EXPECT_DOUBLE_EQ(Sum(), 250);
}

TEST_F(Exchange, IgnoresFollowingFragmentsAndBrokenHeaders) {
  Handshake();
  Feed(FromClient().Seq(1001).Ack(5001).Payload(100).Starts(kOther).FirstFragment(7).Time(1));
  client_next_ += 100;
  Feed(FromClient().Seq(9999).Payload(100).FollowingFragment(7).Time(1.1));
  DecodedPacket broken = FromServer().Payload(100).Time(1.2);
  broken.error = DecodeError::kTcpDataOffset;
  table().Apply({&broken, 1});
  EXPECT_EQ(Count(), 0u);
  Answer(1.25);
  EXPECT_EQ(Count(), 1u);
  EXPECT_DOUBLE_EQ(Sum(), 250);
}

// TLS.

TEST_F(Exchange, IsNoPartOfAFullHandshakeOfTls12) {
  Handshake();
  EXPECT_FALSE(Counts(kHello));
  EXPECT_FALSE(Counts(kHandshake));  // ClientKeyExchange, ChangeCipherSpec, Finished
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Counts(kData));
}

TEST_F(Exchange, IsNoPartOfAResumedHandshakeOfTls12) {
  Handshake();
  EXPECT_FALSE(Counts(kHello));
  EXPECT_FALSE(Counts(kCipher));
  EXPECT_FALSE(Counts(kData));
  EXPECT_TRUE(Counts(kData));
}

TEST_F(Exchange, IsNoPartOfAHandshakeOfTls13) {
  Handshake();
  EXPECT_FALSE(Counts(kHello));
  Ask(20, kCipher);    // Finished
  Ask(20.001, kData);  // the first request
  Answer(20.1);
  ExpectOnlyTheNextToCount();
}

TEST_F(Exchange, IsNotTheFirstRequestAfterWhichATicketComes) {
  Handshake();
  EXPECT_FALSE(Counts(kHello));
  Ask(20, kCipher);     // Finished
  Answer(20.001);       // a ticket
  Ask(20.0011, kData);  // the first request
  Answer(20.0012);      // another ticket
  Answer(20.1);         // the answer
  ExpectOnlyTheNextToCount();
}

TEST_F(Exchange, IsNotTheFirstRequestAfterAFinishedOfManySegments) {
  Handshake();
  EXPECT_FALSE(Counts(kHello));
  Ask(20, kCipher);     // a certificate of the client
  Ask(20, kOther);      // its second part, and Finished
  Answer(20.001);       // a ticket
  Ask(20.0011, kData);  // the first request
  Answer(20.0012);      // another ticket
  ExpectOnlyTheNextToCount();
}

TEST_F(Exchange, IsNotTheFirstRequestAfterAFinishedInASegmentOfItsOwn) {
  Handshake();
  EXPECT_FALSE(Counts(kHello));
  Ask(20, kCipher, 6);
  Ask(20, kData);       // Finished
  Answer(20.001);       // a ticket
  Ask(20.0011, kData);  // the first request
  Answer(20.0012);      // another ticket
  ExpectOnlyTheNextToCount();
}

TEST_F(Exchange, IsTheSecondRequestOfAResumedSessionOfTls12) {
  Handshake();
  EXPECT_FALSE(Counts(kHello));
  Ask(20, kCipher, 6);
  Ask(20, kHandshake);  // Finished
  Ask(20.001, kData);   // the first request
  Answer(20.1);
  ExpectOnlyTheNextToCount();
}

TEST_F(Exchange, IsTheFirstRequestOfTls12) {
  Handshake();
  EXPECT_FALSE(Counts(kHello));
  Ask(20, kHandshake);
  Ask(20, kCipher);
  Answer(20.001);  // a ticket, ChangeCipherSpec, Finished
  Ask(20.0011, kData);
  Answer(20.1);
  EXPECT_EQ(Count(), 1u);
}

TEST_F(Exchange, IsNoPartOfAHandshakeWithoutChangeCipherSpec) {
  Handshake();
  EXPECT_FALSE(Counts(kHello));
  EXPECT_FALSE(Counts(kData));
  EXPECT_FALSE(Counts(kData));
  EXPECT_TRUE(Counts(kData));
}

TEST_F(Exchange, IsNoPartOfAHandshakeWithARetryRequest) {
  for (const PayloadStart second : {kHello, kCipherAndHello}) {
    clock_ += 10;
    Handshake(clock_);
    client_next_ = 1001;
    server_next_ = 5001;
    EXPECT_FALSE(Counts(kHello));
    EXPECT_FALSE(Counts(second));
    EXPECT_FALSE(Counts(kData));
    EXPECT_FALSE(Counts(kData));
    EXPECT_TRUE(Counts(kData));
    table().EndAll();
  }
}

TEST_F(Exchange, IsNoPartOfAHandshakeWhoseSecondHelloFollowsTheChangeCipherSpec) {
  Handshake();
  EXPECT_FALSE(Counts(kHello));
  Ask(20, kCipher, 6);
  Ask(20.1, kHello);
  Answer(20.2);
  clock_ = 30;
  EXPECT_FALSE(Counts(kData));
  EXPECT_FALSE(Counts(kData));
  EXPECT_TRUE(Counts(kData));
}

TEST_F(Exchange, IsNotEarlyData) {
  Handshake();
  Ask(1, kHello);
  Ask(1.01, kData);
  Answer(1.1);
  EXPECT_EQ(Count(), 0u);
  EXPECT_FALSE(Counts(kData));
  EXPECT_FALSE(Counts(kData));
  EXPECT_TRUE(Counts(kData));
}

TEST_F(Exchange, MayPrecedeTls) {
  Handshake();
  Answer(1);                    // a greeting
  EXPECT_TRUE(Counts(kOther));  // STARTTLS
  EXPECT_FALSE(Counts(kHello));
  EXPECT_FALSE(Counts(kHandshake));
  EXPECT_TRUE(Counts(kData));
}

TEST_F(Exchange, IsNoTurnInWhichAClientHelloFollows) {
  Handshake();
  Answer(1);
  Ask(2, kOther, 36);  // MySQL's request for TLS, which has no answer
  Ask(2.01, kHello);
  Answer(2.1);
  EXPECT_EQ(Count(), 0u);
  EXPECT_FALSE(Counts(kData));
  EXPECT_FALSE(Counts(kData));
  EXPECT_TRUE(Counts(kData));
}

TEST_F(Exchange, IsNoRenegotiationAndNoCloseNotify) {
  Handshake();
  Turn(kHello);
  Turn(kHandshake);
  EXPECT_TRUE(Counts(kData));
  EXPECT_FALSE(Counts(kHandshake));
  EXPECT_FALSE(Counts(kHandshake));
  EXPECT_TRUE(Counts(kData));
  EXPECT_FALSE(Counts(kAlert));
}

TEST_F(Exchange, IsNotAnsweredByAnAlert) {
  Handshake();
  Turn(kHello);
  Turn(kHandshake);
  Ask(20, kData);  // a message that asks nothing
  Feed(FromServer().Seq(server_next_).Ack(client_next_).Payload(24).Starts(kAlert).Time(20.001));
  EXPECT_EQ(Count(), 0u);
}

TEST_F(Exchange, IsNoTurnThatBeginsInsideARecord) {
  Handshake();
  Turn(kHello);
  Turn(kHandshake);
  EXPECT_FALSE(Counts(kOther));
  EXPECT_TRUE(Counts(kData));
}

TEST_F(Exchange, IsNoHandshakeWhoseClientHelloWasNotSeen) {
  Handshake();
  client_next_ += 500;  // lost before it was captured
  EXPECT_FALSE(Counts(kOther));
  EXPECT_FALSE(Counts(kHandshake));
  EXPECT_TRUE(Counts(kData));
}

// In doubt.

TEST_F(Exchange, CountsTurnsThatWereNotCapturedFromTheThirdOn) {
  Handshake();
  EXPECT_FALSE(Counts(kNotCaptured));
  EXPECT_FALSE(Counts(kNotCaptured));
  for (int i = 0; i < 300; ++i) EXPECT_TRUE(Counts(kNotCaptured));
}

TEST_F(Exchange, CountsATurnAfterAGapOnlyFromTheThirdOn) {
  Handshake();
  client_next_ += 10;
  EXPECT_FALSE(Counts(kOther));
  EXPECT_TRUE(Counts(kOther));
  client_next_ += 10;
  EXPECT_TRUE(Counts(kOther));
}

TEST_F(Exchange, CountsATurnThatFollowsRepeatedBytesOnlyFromTheThirdOn) {
  Handshake();
  Turn(kHandshake);
  Feed(FromClient().Seq(1001).Ack(server_next_).Payload(150).Starts(kOther).Time(20));
  client_next_ += 50;
  Answer(20.5);
  EXPECT_EQ(Count(), 0u);
}

TEST_F(Exchange, OfAMidstreamConnectionCountsTlsFromTheSecondTurnOn) {
  for (const PayloadStart first : {kData, kHandshake, kCipher, kAlert}) {
    client_ = Endpoint{client_.address, static_cast<uint16_t>(client_.port + 1)};
    Ask(clock_);
    Answer(clock_);
    EXPECT_FALSE(Counts(first));
    EXPECT_TRUE(Counts(kData));
  }
}

TEST_F(Exchange, CountsDataOfTlsWithoutAClientHelloFromTheThirdTurnOn) {
  Handshake();
  EXPECT_FALSE(Counts(kData));
  EXPECT_FALSE(Counts(kData));
  EXPECT_TRUE(Counts(kData));
}

}  // namespace
}  // namespace tcpgauge
