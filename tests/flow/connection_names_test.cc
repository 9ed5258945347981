// SPDX-License-Identifier: Apache-2.0
// The names of connections and edges in the connection table.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/flow/table_test.h"
#include "tests/support/named_ends.h"

namespace tcpgauge {
namespace {

class ConnectionNamesTest : public TableTest {
 protected:
  ConnectionNamesTest() {
    options_.ranking_window_ns = Seconds(10);
    options_.idle_timeout_ns = Seconds(1000);
    options_.edges.max_workload_edges = 5;
    ends_.map().local_addresses.insert(client_.address);
  }

  static std::string PodOf(const IdentityRef& identity) {
    return identity == nullptr ? "" : std::string(identity->identity.pod);
  }
  void Set(double sockets_read_seconds = 0) {
    table()
        .TellAllEdges();  // otherwise the account `other` would get what an edge was not told before it is superseded
    ends_.map().sockets_read_ns = TestTime(sockets_read_seconds);
    table().SetIdentities(ends_.Take(), TestTime(sockets_read_seconds));
  }
  // "CLIENT>SERVER" of the only connection.
  std::string Names() {
    for (uint32_t slot = 0; slot < table().record_limit(); ++slot) {
      if (table().IsInUse(slot)) return PodOf(table().EndsOf(slot).client) + ">" + PodOf(table().EndsOf(slot).server);
    }
    return "no record";
  }
  // The client payload of each edge that has series, by "CLIENT>SERVER".
  std::map<std::string, uint64_t> Edges() {
    std::map<std::string, uint64_t> edges;
    table().TellAllEdges();
    table().edges()->VisitExported([&](const EdgeKey& key, const EdgeCounters& counters, const EdgeServices&, int64_t) {
      const Binding& ends = table().edges()->EndsOf(key);
      edges[PodOf(ends.client) + ">" + PodOf(ends.server)] += counters.client_payload_bytes;
    });
    return edges;
  }
  void Send(uint32_t sequence, uint32_t bytes, double seconds) {
    Feed(FromClient().Seq(sequence).Ack(5001).Payload(bytes).Time(seconds));
  }
  // What all accounts of workloads hold, by "CLIENT>SERVER/LOCAL-ENDS".
  std::map<std::string, EdgeCounters> Workloads() {
    std::vector<WorkloadAccount> accounts;
    table().TellAllEdges();
    table().edges()->AppendWorkloads(&accounts);
    const auto workload = [](const IdentityRef& end) {
      return end == nullptr ? std::string() : std::string(end->identity.workload);
    };
    std::map<std::string, EdgeCounters> sums;
    for (const WorkloadAccount& account : accounts) {
      const std::string name = account.is_fold ? "fold" : workload(account.client) + ">" + workload(account.server);
      AddEdgeCounters(account.counters, &sums[name + "/" + std::to_string(account.key.local_ends)]);
    }
    return sums;
  }

  NamedEnds ends_;
};

TEST_F(ConnectionNamesTest, WithoutAMapNobodyIsKnown) {
  Handshake();
  EXPECT_EQ(Names(), ">");
  EXPECT_EQ(table().identities(), nullptr);
  EXPECT_EQ(table().identity_lookups().unknown, 0u);
}

TEST_F(ConnectionNamesTest, ANewConnectionHasTheNamesOfItsAddresses) {
  ends_.Give(client_.ToString(), "web-1");
  ends_.Give(server_.ToString(), "db-1");
  Set();
  Handshake();
  EXPECT_EQ(Names(), "web-1>db-1");
  EXPECT_EQ(table().identity_lookups().found, 2u);
  Send(1001, 10, 1);
  EXPECT_EQ(Edges(), (std::map<std::string, uint64_t>{{"web-1>db-1", 10}}));
}

TEST_F(ConnectionNamesTest, ANameThatComesLaterIsGivenOnceAndKept) {
  Set();
  Handshake();
  EXPECT_EQ(Names(), ">");
  ends_.Give(client_.ToString(), "web-1");
  Set();
  Advance(1);
  EXPECT_EQ(Names(), "web-1>");
  ends_.Give(client_.ToString(), "other-1");
  ends_.Give(server_.ToString(), "db-1");
  Set();
  Advance(2);
  EXPECT_EQ(Names(), "web-1>db-1") << "an end that has a name keeps it";
  ends_.map().addresses.clear();
  Set();
  Advance(3);
  EXPECT_EQ(Names(), "web-1>db-1");
  EXPECT_EQ(table().identity_lookups().found, 0u);
  EXPECT_EQ(table().identity_lookups().unknown, 2u) << "an end is looked up once, when its connection begins";
}

TEST_F(ConnectionNamesTest, NamesAreGivenInSlices) {
  options_.max_connections = 2000;
  Set();
  for (uint16_t port = 1; port <= 1000; ++port) {
    client_.port = port;
    Handshake();
  }
  ends_.Give(server_.ToString(), "db-1");
  Set();
  const auto named = [this] {
    size_t count = 0;
    for (uint32_t slot = 0; slot < table().record_limit(); ++slot) count += table().EndsOf(slot).server != nullptr;
    return count;
  };
  EXPECT_FALSE(table().AdvanceTime(TestTime(1)));
  EXPECT_GT(named(), 0u);
  EXPECT_LT(named(), 1000u);
  Advance(1);
  EXPECT_EQ(named(), 1000u);
}

TEST_F(ConnectionNamesTest, AClientAtASharedAddressGetsTheNameOfItsSocketOnceTheSocketsWereReadAfterItBegan) {
  ends_.map().shared_addresses.insert(client_.address);
  ends_.map().endpoints[client_] = ends_.Identity("before-1");
  Set(0);
  Handshake(1);
  EXPECT_EQ(Names(), ">") << "the port may have had another owner";
  ends_.map().endpoints[client_] = ends_.Identity("cron-1");
  Set(2);
  Advance(2);
  EXPECT_EQ(Names(), "cron-1>");
}

TEST_F(ConnectionNamesTest, AClientAtASharedAddressThatEndedBetweenTwoReadingsStaysUnknown) {
  ends_.map().shared_addresses.insert(client_.address);
  Set(0);
  Handshake(1);
  Close(1.1);
  ends_.map().endpoints[client_] = ends_.Identity("next-1");
  Set(2);
  Advance(2);
  Advance(50);
  ASSERT_EQ(ended_.size(), 1u);
  EXPECT_EQ(LastEnded().client, nullptr);
}

TEST_F(ConnectionNamesTest, AnAttemptIsBoundWhenItBeginsAndItsEndHasTheNames) {
  ends_.Give(client_.ToString(), "web-1");
  Set();
  Feed(FromClient().Syn(1000));
  Advance(100);
  ASSERT_EQ(ended_.size(), 1u);
  EXPECT_EQ(PodOf(LastEnded().client), "web-1");
  EXPECT_EQ(LastEnded().server, nullptr);
}

TEST_F(ConnectionNamesTest, AnAttemptThatWaitsForItsAnswerGetsANameToo) {
  options_.count_views = true;  // the edge is told at once
  Set();
  Feed(FromClient().Syn(1000));
  ends_.Give(client_.ToString(), "web-1");
  Set();
  Advance(1);
  Feed(FromServer().Syn(5000).Ack(1001).Time(1));
  EXPECT_EQ(Names(), "web-1>");
  EXPECT_EQ(Workloads()["web>/1"].connections, 1);
  EXPECT_EQ(Workloads()[">/1"].connections, 0);
  EXPECT_EQ(Workloads()[">/1"].connections_opened, 1u) << "what was credited stays";
}

// With views counted, the edge of an attempt is told at once. Otherwise the edge is told later.
class AttemptNamesTest : public ConnectionNamesTest, public testing::WithParamInterface<bool> {
 protected:
  AttemptNamesTest() {
    options_.count_views = GetParam();
    ends_.map().shared_addresses.insert(client_.address);
    Set(0);
    Feed(FromClient().Syn(1000).Time(1));
  }
  void GiveSocketTo(const std::string& pod) {
    ends_.map().endpoints[client_] = ends_.Identity(pod);
    Set(6);
    Advance(7);
  }
  void RepeatSyn(double seconds) { Feed(FromClient().Syn(1000).Time(seconds)); }
};
INSTANTIATE_TEST_SUITE_P(EdgeIsToldAtOnceOrLater, AttemptNamesTest, testing::Bool());

TEST_P(AttemptNamesTest, AnAttemptThatMayBeGivenUpGetsNoNameOfTheSocketThatHasItsPortThen) {
  Advance(5);
  GiveSocketTo("next-1");
  Advance(300);
  ASSERT_EQ(ended_.size(), 1u);
  EXPECT_EQ(LastEnded().client, nullptr);
}

TEST_P(AttemptNamesTest, NeitherDoesAnAttemptThatRepeatedItsSynBefore) {
  RepeatSyn(2);
  RepeatSyn(4);
  Advance(5);
  GiveSocketTo("next-1");
  EXPECT_EQ(Names(), ">");
  Advance(300);
  ASSERT_EQ(ended_.size(), 1u);
  EXPECT_EQ(LastEnded().client, nullptr);
}

TEST_P(AttemptNamesTest, AnAttemptThatRepeatsItsSynHasTheNameOfItsSocket) {
  RepeatSyn(2);
  RepeatSyn(4);
  Advance(5);
  GiveSocketTo("cron-1");
  RepeatSyn(8);
  EXPECT_EQ(Names(), "cron-1>");
}

TEST_P(AttemptNamesTest, AnAttemptThatIsAnsweredLateHasTheNameOfItsSocketAfterTheNextReading) {
  GiveSocketTo("cron-1");
  Feed(FromServer().Syn(5000).Ack(1001).Time(8));
  Feed(FromClient().Seq(1001).Ack(5001).Time(8));
  Set(9);
  Advance(9);
  EXPECT_EQ(Names(), "cron-1>");
}

TEST_F(ConnectionNamesTest, AnEdgeWithoutNameGivesItsPlaceToTheEdgeWithTheNameOnce) {
  Set();
  Handshake();
  Send(1001, 10, 0.1);
  Advance(20);  // the first window is over
  Send(1011, 10, 20);
  ends_.Give(client_.ToString(), "web-1");
  Set();
  Advance(21);
  EXPECT_EQ(Edges(), (std::map<std::string, uint64_t>{{">", 20}, {"web-1>", 0}}));
  Send(1021, 10, 22);
  EXPECT_EQ(Edges(), (std::map<std::string, uint64_t>{{">", 20}, {"web-1>", 0}})) << "announced for a window";
  for (int second = 23; second <= 40; ++second) Advance(second);
  EXPECT_EQ(Edges(), (std::map<std::string, uint64_t>{{"web-1>", 0}}));
  Send(1031, 10, 41);
  EXPECT_EQ(Edges(), (std::map<std::string, uint64_t>{{"web-1>", 10}}));
  EXPECT_EQ(table().edges()->renamed(), 1u);

  // A name that comes and goes changes nothing.
  for (int second = 42; second < 90; ++second) {
    ends_.Give(client_.ToString(), second % 2 == 0 ? "" : "web-1");
    Set();
    client_.port = static_cast<uint16_t>(1000 + second);
    Handshake(second);
    Close(second + 0.5);
    Advance(second + 0.6);
  }
  EXPECT_EQ(Edges().size(), 1u);
  EXPECT_EQ(table().edges()->renamed(), 1u);
  EXPECT_EQ(table().edges()->retired_edges(), 1u);
}

TEST_F(ConnectionNamesTest, InTheFirstWindowTheEdgeWithTheNameTakesOverAtOnce) {
  Set();
  Handshake();
  Send(1001, 10, 0.1);
  ends_.Give(server_.ToString(), "db-1");
  Set();
  Advance(1);
  Send(1011, 20, 1);
  EXPECT_EQ(Edges(), (std::map<std::string, uint64_t>{{">db-1", 20}}));
  EXPECT_EQ(table().edges()->retired().client_payload_bytes, 10u);
}

TEST_F(ConnectionNamesTest, AnAddressThatGetsAnotherOwnerEndsTheEdge) {
  ends_.Give(server_.ToString(), "db-1");
  Set();
  Handshake();
  Send(1001, 10, 0.1);
  Advance(20);
  Send(1011, 10, 20);
  ends_.Give(server_.ToString(), "cache-1");
  Set();
  for (int second = 21; second <= 40; ++second) {
    if (second == 22) {
      client_.port += 1;
      Handshake(second);
    }
    Advance(second);
  }
  client_.port += 1;
  Handshake(41);
  Send(1001, 30, 41);
  EXPECT_EQ(Edges(), (std::map<std::string, uint64_t>{{">cache-1", 30}}));
  EXPECT_EQ(table().edges()->renamed(), 0u) << "it is no first name";
  EXPECT_EQ(table().edges()->retired().client_payload_bytes, 20u);
}

TEST_F(ConnectionNamesTest, ClientsThatShareAnEdgeDoNotRenameIt) {
  options_.edges.v4_prefix_bits = 24;
  Set();
  Handshake();
  Send(1001, 10, 0.1);
  Advance(20);
  ends_.Give(client_.ToString(), "web-1");
  Set();
  Advance(21);
  EXPECT_EQ(Edges(), (std::map<std::string, uint64_t>{{">", 10}})) << "other clients of the prefix have no name";
  EXPECT_EQ(Names(), "web-1>");
}

TEST_F(ConnectionNamesTest, AContainerWithTheSameLabelsIsTheSameEdge) {
  EndIdentity one = ends_.Identity("web-1")->identity;
  one.container = "app";
  EndIdentity two = one;
  two.container = "proxy";
  IdentityPool pool;
  ends_.map().shared_addresses.insert(server_.address);
  ends_.map().endpoints[server_] = pool.Get(one);
  Set();
  Handshake();
  Send(1001, 10, 0.1);
  ends_.map().endpoints[server_] = pool.Get(two);
  Set();
  client_.port += 1;
  Handshake(1);
  Send(1001, 10, 1.1);
  EXPECT_EQ(Edges(), (std::map<std::string, uint64_t>{{">web-1", 20}}));
  EXPECT_EQ(table().edges()->new_edges(), 1u);
}

TEST_F(ConnectionNamesTest, AWorkloadIsCreditedWithWhatItsEdgesWithSeriesCarry) {
  ends_.Give(client_.ToString(), "web-1");
  ends_.Give(server_.ToString(), "db-1");
  Set();
  Handshake();
  Send(1001, 10, 0.1);
  EXPECT_EQ(Workloads()["web>db/1"].client_payload_bytes, 10u);
  EXPECT_EQ(Workloads()["web>db/1"].connections, 1);
  EXPECT_EQ(Workloads()["web>db/1"].handshake_rtt_count, 1u);
  Feed(FromClient().Seq(1011).Ack(5001).Rst().Time(1));
  Advance(50);
  EXPECT_EQ(Workloads()["web>db/1"].connections, 0);
  EXPECT_EQ(Workloads()["web>db/1"].connections_opened, 1u);
}

TEST_F(ConnectionNamesTest, AWorkloadIsCreditedWithWhatItsEdgesWithoutSeriesCarry) {
  options_.edges.max_exported = 0;
  ends_.Give(client_.ToString(), "web-1");
  ends_.Give(server_.ToString(), "db-1");
  Set();
  Handshake();
  Send(1001, 10, 0.1);
  EXPECT_EQ(Workloads()["web>db/1"].client_payload_bytes, 10u);
  EXPECT_EQ(Workloads()["web>db/1"].connections, 1);
}

TEST_F(ConnectionNamesTest, WithoutWorkloadEdgesTheFoldsCount) {
  options_.edges.max_workload_edges = 0;
  options_.edges.max_exported = 0;
  ends_.Give(client_.ToString(), "web-1");
  Set();
  Handshake();
  Send(1001, 10, 0.1);
  EXPECT_EQ(Workloads()["fold/1"].client_payload_bytes, 10u);
  EXPECT_EQ(Workloads()["fold/1"].connections, 1);
}

}  // namespace
}  // namespace tcpgauge
