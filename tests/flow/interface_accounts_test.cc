// SPDX-License-Identifier: Apache-2.0
#include "src/flow/interface_accounts.h"

#include <cstdint>

#include "gtest/gtest.h"
#include "tests/flow/table_test.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

// What interfaces are credited with. After each test, TableTest expects that they add up to the edges.
class InterfaceAccountsTest : public TableTest {
 protected:
  EdgeCounters Account(size_t interface) {
    table().TellAllEdges();
    return table().InterfaceAccount(interface);
  }
  // Feeds a handshake: the client's packets on interface `of_client`, the server's on `of_server`.
  void HandshakeOn(uint32_t of_client, uint32_t of_server, double seconds = 0) {
    Feed(FromClient().Syn(1000).On(of_client).Time(seconds));
    Feed(FromServer().Syn(5000).Ack(1001).On(of_server).Time(seconds + 0.02));
    Feed(FromClient().Seq(1001).Ack(5001).On(of_client).Time(seconds + 0.03));
  }
};

TEST_F(InterfaceAccountsTest, HaveWhatBothEndsOfTheirConnectionsDid) {
  HandshakeOn(1, 2);
  Feed(FromClient().Seq(1001).Ack(5001).Payload(100).Starts(PayloadStart::kOther).On(1).Time(0.1));
  Feed(FromServer().Seq(5001).Ack(1101).Payload(1000).On(2).Time(0.35));
  Feed(FromServer().Seq(5001).Ack(1101).Payload(1000).On(2).Time(0.6));
  const EdgeCounters account = Account(1);
  EXPECT_EQ(account.connections_opened, 1u);
  EXPECT_EQ(account.client_payload_bytes, 100u);
  EXPECT_EQ(account.server_payload_bytes, 2000u);
  EXPECT_EQ(account.segments, 3u);
  EXPECT_EQ(account.retransmitted_segments, 1u);
  EXPECT_EQ(account.handshake_rtt_count, 1u);
  EXPECT_NEAR(account.handshake_rtt_sum_seconds, 0.03, 1e-9);
  EXPECT_EQ(account.response_count, 1u);
  EXPECT_NEAR(account.response_sum_seconds, 0.25, 1e-9);
  EXPECT_EQ(Account(2).segments, 0u) << "the interface is the client's";
}

TEST_F(InterfaceAccountsTest, CountTheAttemptsThatFail) {
  Feed(FromClient().Syn(1000).On(3));
  Feed(FromServer().Rst().Ack(1001).On(3).Time(0.01));
  client_.port = 40001;
  Feed(FromClient().Syn(2000).On(4).Time(0.02));
  client_.port = 40002;
  Feed(FromClient().Syn(3000).On(4).Time(0.02));
  Feed(FromClient().Syn(3000).On(4).Time(1.02));
  Advance(200);
  EXPECT_EQ(Account(3).connections_refused, 1u);
  EXPECT_EQ(Account(3).connections_timed_out, 0u);
  EXPECT_EQ(Account(4).connections_timed_out, 2u);
  EXPECT_EQ(Account(4).syn_retransmissions, 1u);
  EXPECT_EQ(Account(4).connections_opened, 2u);
}

TEST_F(InterfaceAccountsTest, KnowTheInterfaceOfAConnectionThatBeginsWithItsAnswer) {
  HandshakeOn(5, 5);
  client_.port = 40001;
  Feed(FromServer().Syn(5000).Ack(1001).On(5).Time(1));  // no copies are expected any more
  EXPECT_EQ(Account(5).connections_opened, 2u);
}

TEST_F(InterfaceAccountsTest, GoWithAConnectionThatMovesToAnotherInterface) {
  HandshakeOn(1, 1);
  Feed(FromClient().Seq(1001).Ack(5001).Payload(10).On(1).Time(0.1));
  EXPECT_EQ(Account(1).client_payload_bytes, 10u);
  Feed(FromClient().Seq(1011).Ack(5001).Payload(20).On(2).Time(5));
  EXPECT_EQ(Account(1).client_payload_bytes, 10u);
  EXPECT_EQ(Account(2).client_payload_bytes, 20u);
  EXPECT_EQ(Account(2).connections_opened, 0u);
}

TEST_F(InterfaceAccountsTest, AreEmptyWithoutEdges) {
  options_.keep_rates = false;
  HandshakeOn(1, 1);
  Feed(FromClient().Seq(1001).Ack(5001).Payload(10).On(1).Time(0.1));
  EXPECT_EQ(table().InterfaceAccount(1).connections_opened, 0u);
  EXPECT_EQ(table().InterfaceAccount(1).client_payload_bytes, 0u);
}

TEST(InterfaceAccounts, BeginFromZeroAfterTheyWereTaken) {
  InterfaceAccounts accounts;
  EXPECT_EQ(accounts.Get(InterfacePins::kMaxInterfaces - 1).segments, 0u);
  EdgeCounters& first = accounts.Of(0);
  accounts.Of(InterfacePins::kMaxInterfaces - 1).segments = 7;
  first.segments = 3;
  EXPECT_EQ(accounts.Take(0).segments, 3u);
  EXPECT_EQ(accounts.Take(0).segments, 0u);
  EXPECT_EQ(accounts.Get(InterfacePins::kMaxInterfaces - 1).segments, 7u);
}

}  // namespace
}  // namespace tcpgauge
