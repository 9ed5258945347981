// SPDX-License-Identifier: Apache-2.0
// An attempt to connect is one connection, however long its SYN is repeated and its answer takes.
#include <vector>

#include "tests/flow/table_test.h"

namespace tcpgauge {
namespace {

class ConnectionAttempt : public TableTest {
 protected:
  // Feeds a SYN at each of these times and lets time pass as the agent does.
  void FeedSyns(const std::vector<double>& seconds) {
    for (const double at : seconds) {
      Advance(at);
      Feed(FromClient().Syn(1000).Time(at));
      EXPECT_EQ(ended_.size(), 0) << at;
    }
  }
  // Expects that the attempt ends between these times.
  void ExpectEndBetween(double earliest, double latest) {
    Advance(earliest);
    EXPECT_EQ(ended_.size(), 0);
    Advance(latest);
    ASSERT_EQ(ended_.size(), 1);
    EXPECT_EQ(LastEnded().reason, EndReason::kHandshakeTimeout);
    EXPECT_EQ(table().totals().opened_handshake, 1);
  }
};

TEST_F(ConnectionAttempt, OfLinuxIsOne) {
  FeedSyns({0, 1, 3, 7, 15, 31, 63});
  ExpectEndBetween(127, 131);
  EXPECT_EQ(LastEnded().summary.client_sent.packets, 7);
}

TEST_F(ConnectionAttempt, OfLinuxWithLinearTimeoutsIsOne) {
  FeedSyns({0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67.3});
  ExpectEndBetween(131, 136);
}

TEST_F(ConnectionAttempt, ThatBeginsWithThreeSecondsIsOne) {
  FeedSyns({0, 3, 9, 21, 45, 93});
  ExpectEndBetween(93 + 96, 93 + 130);
}

TEST_F(ConnectionAttempt, WithTheLongestGapsIsOne) {
  FeedSyns({0, 1, 3, 7, 15, 31, 63, 127, 247, 367});
  ExpectEndBetween(367 + 120, 367 + 130);
}

TEST_F(ConnectionAttempt, CapturedFromItsMiddleIsOne) {
  FeedSyns({31, 63.4, 128});
  ExpectEndBetween(128 + 64, 128 + 130);
}

TEST_F(ConnectionAttempt, OfOneSynEndsSoon) {
  FeedSyns({0});
  ExpectEndBetween(34, 36);
}

TEST_F(ConnectionAttempt, OfAFewQuickSynsEndsSoon) {
  FeedSyns({0, 0.5, 1, 1.5});
  ExpectEndBetween(36, 38);
}

TEST_F(ConnectionAttempt, MayBeAnsweredAfterItsLastSyn) {
  FeedSyns({0, 1, 3, 7, 15, 31});
  Advance(62);
  Feed(FromServer().Syn(5000).Ack(1001).Time(62));
  Feed(FromClient().Seq(1001).Ack(5001).Time(62.1));
  EXPECT_EQ(State(), ConnectionState::kEstablished);
  EXPECT_EQ(ended_.size(), 0);
  EXPECT_EQ(Only().handshake_rtt_ns, Seconds(31.1));
}

TEST_F(ConnectionAttempt, MayBeCompletedLongAfterTheSynAck) {
  for (const double wait : {31.0, 64.0, 120.0}) {
    const double start = 1000 * wait;
    Feed(FromClient().Syn(1000).Time(start));
    Feed(FromServer().Syn(5000).Ack(1001).Time(start));
    Advance(start + wait);
    Feed(FromClient().Seq(1001).Ack(5001).Payload(10).Time(start + wait));
    EXPECT_EQ(State(), ConnectionState::kEstablished) << wait;
    EXPECT_EQ(Only().role, Role::kObserved);
    Advance(start + 5000);
  }
  EXPECT_EQ(Closed(EndReason::kHandshakeTimeout), 0);
}

TEST_F(ConnectionAttempt, HasGapsBetweenSynsWhateverElseComes) {
  FeedSyns({0, 33});
  Feed(FromServer().Seq(1).Rst().Time(98));  // acknowledges no SYN
  Feed(FromClient().Syn(1000).Time(99));
  ExpectEndBetween(99 + 126, 99 + 130);
}

TEST_F(ConnectionAttempt, WhoseSynsAreCapturedTwiceIsOne) {
  FeedSyns({0, 0.0001, 1, 1.0001, 3, 3.0001, 7, 7.0001, 15, 15.0001, 31, 31.0001, 63, 63.0001, 127.2});
  EXPECT_EQ(table().totals().opened_handshake, 1);
}

TEST_F(ConnectionAttempt, IsNotProlongedByAFragment) {
  Feed(FromClient().Syn(1000).FirstFragment(9));
  DecodedPacket following = FromClient().Payload(8).FollowingFragment(9).Time(29).packet();
  following.tcp_flags = kTcpSyn;  // left over from an earlier packet
  following.sequence_number = 1000;
  table().Apply({&following, 1});
  ExpectEndBetween(29 + 34, 29 + 36);
}

TEST_F(ConnectionAttempt, IsOneInAFileToo) {
  // No call of AdvanceTime() between the SYNs.
  for (const double at : {0, 1, 3, 7, 15, 31, 63}) Feed(FromClient().Syn(1000).Time(at));
  EXPECT_EQ(Only().client_sent.packets, 7);
  EXPECT_EQ(ended_.size(), 0);
}

}  // namespace
}  // namespace tcpgauge
