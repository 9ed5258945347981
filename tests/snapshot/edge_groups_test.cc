// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/edge_groups.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "src/base/time_units.h"
#include "src/snapshot/filter.h"
#include "tests/support/named_ends.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

class EdgeGroupsTest : public testing::Test {
 protected:
  // Adds an edge with some counters that tell edges apart by their `bytes`.
  EdgeView& Add(const std::string& client, const std::string& server, uint64_t bytes,
                const IdentityRef& client_identity, const IdentityRef& server_identity) {
    EdgeView& edge = snapshot_.edges.exported.emplace_back();
    edge.key.client = At(client + ":0").address;
    edge.key.server = At(server);
    edge.client = client_identity;
    edge.server = server_identity;
    edge.counters.client_payload_bytes = bytes;
    edge.counters.server_payload_bytes = 2 * bytes;
    edge.counters.connections_refused = 1;
    edge.counters.connections_timed_out = 2;
    edge.counters.connections = 1;
    edge.counters.response_count = 1;
    edge.counters.response_sum_seconds = static_cast<double>(bytes);
    edge.distributions.response_seconds.Observe(static_cast<double>(bytes));
    snapshot_.edge_changes.seconds = 2;
    EdgeCounters& change = snapshot_.edge_changes.exported.emplace_back();
    change.client_payload_bytes = bytes / 10;
    return edge;
  }
  EdgeView& Add(const std::string& client, const std::string& server, uint64_t bytes) {
    return Add(client, server, bytes, nullptr, nullptr);
  }

  // The client bytes of each group, by the text that selects its connections.
  std::map<std::string, uint64_t> BytesOf(EdgeGroupKind kind) const {
    std::map<std::string, uint64_t> bytes;
    for (const EdgeGroup& group : GroupEdges(snapshot_, kind).groups) {
      const std::string filter = FilterOf(group, kind, snapshot_);
      EXPECT_TRUE(Filter::Parse(filter).ok()) << filter;
      EXPECT_TRUE(bytes.emplace(filter, group.sum.counters.client_payload_bytes).second) << "two of " << filter;
    }
    return bytes;
  }
  EdgeGroup OnlyGroup(EdgeGroupKind kind) const {
    const EdgeGroups groups = GroupEdges(snapshot_, kind);
    EXPECT_EQ(groups.groups.size(), 1u);
    return groups.groups.at(0);
  }

  ConnectionSummary& Connect(uint32_t interface, uint64_t bytes) {
    ConnectionSummary& connection = snapshot_.connections.emplace_back();
    connection.interface = interface;
    connection.state = ConnectionState::kEstablished;
    connection.client_sent.payload_bytes = bytes;
    connection.client_sent.payload_bytes_per_second = static_cast<double>(bytes) / 10;
    return connection;
  }

  NamedEnds ends_;
  Snapshot snapshot_;
};

using Bytes = std::map<std::string, uint64_t>;

TEST_F(EdgeGroupsTest, EachEdgeBelongsToOneGroupOfEachKind) {
  Add("10.0.0.1", "10.0.1.1:80", 100);
  Add("10.0.0.1", "10.0.1.1:443", 10);
  Add("10.0.0.2", "10.0.1.1:80", 1);
  Add("2001:db8::1", "[2001:db8::2]:80", 1000);
  EXPECT_EQ(BytesOf(EdgeGroupKind::kService), (Bytes{{"server:10.0.1.1 port:80", 101},
                                                     {"server:10.0.1.1 port:443", 10},
                                                     {"server:2001:db8::2 port:80", 1000}}));
  EXPECT_EQ(BytesOf(EdgeGroupKind::kClient),
            (Bytes{{"client:10.0.0.1", 110}, {"client:10.0.0.2", 1}, {"client:2001:db8::1", 1000}}));
  EXPECT_EQ(BytesOf(EdgeGroupKind::kPair), (Bytes{{"client:10.0.0.1 server:10.0.1.1", 110},
                                                  {"client:10.0.0.2 server:10.0.1.1", 1},
                                                  {"client:2001:db8::1 server:2001:db8::2", 1000}}));
  EXPECT_EQ(BytesOf(EdgeGroupKind::kWorkload), (Bytes{{"", 1111}})) << "of ends without a name";
}

TEST_F(EdgeGroupsTest, PrefixesAreGroupsOfTheirOwn) {
  snapshot_.edges.v4_prefix_bits = 24;
  snapshot_.edges.v4_server_prefix_bits = 16;
  Add("10.0.0.0", "10.0.0.0:80", 100);
  Add("10.0.0.0", "10.0.0.0:80", 10).key.is_server_prefix = true;
  EXPECT_EQ(BytesOf(EdgeGroupKind::kService),
            (Bytes{{"server:10.0.0.0 port:80", 100}, {"server:10.0.0.0/16 port:80", 10}}));
  EXPECT_EQ(BytesOf(EdgeGroupKind::kClient), (Bytes{{"client:10.0.0.0/24", 110}}));
}

TEST_F(EdgeGroupsTest, AWorkloadIsThatOfTheServerOrElseOfTheClient) {
  Add("10.0.0.1", "10.0.1.1:80", 100, ends_.Identity("web-1"), ends_.Identity("db-1"));
  Add("10.0.0.2", "10.0.1.2:81", 10, nullptr, ends_.Identity("db-2"));
  Add("10.0.0.1", "192.0.2.1:443", 1, ends_.Identity("web-1"), nullptr);
  Add("10.0.0.9", "192.0.2.1:443", 1000);
  EXPECT_EQ(BytesOf(EdgeGroupKind::kWorkload),
            (Bytes{{"workload:db ns:shop", 110}, {"workload:web ns:shop", 1}, {"", 1000}}));
  for (const EdgeGroup& group : GroupEdges(snapshot_, EdgeGroupKind::kWorkload).groups) {
    if (group.workload_number == 0) continue;
    const IdentityRef& identity = group.is_client_workload ? group.client_identity : group.server_identity;
    ASSERT_NE(identity, nullptr);
    EXPECT_EQ(identity->workload_number, group.workload_number);
    EXPECT_EQ(group.is_client_workload ? group.server_identity : group.client_identity, nullptr);
  }
}

TEST_F(EdgeGroupsTest, AWorkloadThatIsClientAndServerIsTwoGroups) {
  Add("10.0.0.1", "192.0.2.1:443", 10, ends_.Identity("web-1"), nullptr);
  Add("192.0.2.2", "10.0.0.1:80", 1, nullptr, ends_.Identity("web-1"));
  const EdgeGroups groups = GroupEdges(snapshot_, EdgeGroupKind::kWorkload);
  ASSERT_EQ(groups.groups.size(), 2u);
  EXPECT_EQ(groups.groups[0].workload_number, groups.groups[1].workload_number);
  EXPECT_NE(groups.groups[0].is_client_workload, groups.groups[1].is_client_workload);
}

TEST_F(EdgeGroupsTest, KnowsWhoIsAtTheCommonEnd) {
  Add("10.0.0.1", "10.0.1.1:80", 1, ends_.Identity("web-1"), nullptr);
  Add("10.0.0.2", "10.0.1.1:80", 1, ends_.Identity("web-2"), ends_.Identity("db-1"));
  const EdgeGroup service = OnlyGroup(EdgeGroupKind::kService);
  EXPECT_EQ(service.client_identity, nullptr) << "the clients differ";
  ASSERT_NE(service.server_identity, nullptr);
  EXPECT_EQ(service.server_identity->identity.pod, "db-1");
  Add("10.0.0.3", "10.0.1.1:80", 1, nullptr, ends_.Identity("db-2"));
  EXPECT_EQ(OnlyGroup(EdgeGroupKind::kService).server_identity, nullptr) << "two owners of the address";
}

TEST_F(EdgeGroupsTest, AServiceCountsItsClientsAndKnowsHowItWasAddressed) {
  Add("10.0.0.1", "10.0.1.1:80", 1, ends_.Identity("web-1"), nullptr).services.Add(At("10.96.0.1:80"));
  Add("10.0.0.1", "10.0.1.1:80", 1, ends_.Identity("web-2"), nullptr).services.Add(At("10.96.0.1:80"));
  Add("10.0.0.2", "10.0.1.1:80", 1).services.Add(At("10.96.0.2:80"));
  const EdgeGroup service = OnlyGroup(EdgeGroupKind::kService);
  EXPECT_EQ(service.edges, 3u);
  EXPECT_EQ(service.clients, 2u);
  ASSERT_EQ(service.services.endpoints().size(), 2u);
  EXPECT_EQ(service.services.endpoints()[1], At("10.96.0.2:80"));
}

TEST_F(EdgeGroupsTest, AddsUpCountersDistributionsAndChanges) {
  Add("10.0.0.1", "10.0.1.1:80", 100);
  Add("10.0.0.2", "10.0.1.1:80", 300);
  const EdgeGroups groups = GroupEdges(snapshot_, EdgeGroupKind::kService);
  EXPECT_EQ(groups.change_seconds, 2);
  const EdgeSum& sum = groups.groups.at(0).sum;
  EXPECT_EQ(sum.change.client_payload_bytes, 40u);
  EXPECT_EQ(sum.counters.connections, 2);
  EXPECT_EQ(FailedConnections(sum.counters), 6u);
  EXPECT_EQ(MeanResponseSeconds(sum.counters), 200);
  EXPECT_EQ(sum.distributions.response_seconds.Count(), 2u);
}

TEST_F(EdgeGroupsTest, NothingIsHidden) {
  Add("10.0.0.1", "10.0.1.1:80", 100);
  snapshot_.edges.other.client_payload_bytes = 20;
  snapshot_.edges.other.connections = 4;
  snapshot_.edges.other_distributions.response_seconds.Observe(1);
  snapshot_.edges.retired.client_payload_bytes = 3;
  snapshot_.edges.retired_distributions.response_seconds.Observe(1);
  snapshot_.edges.pending_attempts = 5;
  snapshot_.edge_changes.other.client_payload_bytes = 7;
  for (const EdgeGroupKind kind : {EdgeGroupKind::kService, EdgeGroupKind::kClient, EdgeGroupKind::kPair,
                                   EdgeGroupKind::kWorkload, EdgeGroupKind::kInterface}) {
    const EdgeGroups groups = GroupEdges(snapshot_, kind);
    EXPECT_EQ(groups.total.counters.client_payload_bytes, 123u);
    EXPECT_EQ(groups.total.counters.connections, 10);
    EXPECT_EQ(groups.total.distributions.response_seconds.Count(), 3u);
    if (kind == EdgeGroupKind::kInterface) continue;
    EXPECT_EQ(groups.other.counters.client_payload_bytes, 23u);
    EXPECT_EQ(groups.other.counters.connections, 9);
    EXPECT_EQ(groups.total.change.client_payload_bytes, 17u);
  }
}

TEST_F(EdgeGroupsTest, UnknownChangesAreNoChanges) {
  Add("10.0.0.1", "10.0.1.1:80", 100);
  snapshot_.edge_changes = EdgeChanges();
  const EdgeGroups groups = GroupEdges(snapshot_, EdgeGroupKind::kService);
  EXPECT_EQ(groups.change_seconds, 0);
  EXPECT_EQ(groups.groups.at(0).sum.change.client_payload_bytes, 0u);
}

TEST_F(EdgeGroupsTest, InterfacesHaveTheirAccounts) {
  EdgeView& edge = Add("10.0.0.1", "10.0.1.1:80", 1000);
  edge.counters.segments = 500;
  edge.counters.connections = 9;
  edge.counters.stalled = 2;
  snapshot_.edge_changes.exported[0].segments = 50;
  snapshot_.has_interface_accounts = true;
  snapshot_.interfaces.resize(4);
  snapshot_.interfaces[0].name = "eth0";
  snapshot_.interfaces[1].name = "eth1";
  snapshot_.interfaces[2].is_forgotten = snapshot_.interfaces[3].is_forgotten = true;
  snapshot_.interfaces[3].open_connections = 1;
  EdgeCounters& account = snapshot_.interfaces[0].account;
  account.client_payload_bytes = 900;
  account.segments = 400;
  account.retransmitted_segments = 4;
  account.connections_refused = 1;
  account.response_count = 1;
  account.response_sum_seconds = 0.25;
  snapshot_.interfaces[0].open_connections = 8;
  snapshot_.interfaces[0].stalled_connections = 2;
  snapshot_.edge_changes.interfaces.resize(4);
  snapshot_.edge_changes.interfaces[0].segments = 40;
  snapshot_.edge_changes.interfaces[0].retransmitted_segments = 2;
  Connect(1, 12345);  // is in the accounts already
  const EdgeGroups groups = GroupEdges(snapshot_, EdgeGroupKind::kInterface);
  EXPECT_FALSE(groups.is_of_connections);
  EXPECT_EQ(groups.change_seconds, 2);
  ASSERT_EQ(groups.groups.size(), 3u) << "a forgotten interface is a group while it has connections";
  const EdgeSum& eth0 = groups.groups[0].sum;
  EXPECT_EQ(FilterOf(groups.groups[0], EdgeGroupKind::kInterface, snapshot_), "interface:eth0");
  EXPECT_EQ(eth0.counters.connections, 8);
  EXPECT_EQ(eth0.counters.stalled, 2);
  EXPECT_EQ(FailedConnections(eth0.counters), 1u);
  EXPECT_EQ(LossShare(eth0.counters), 0.01);
  EXPECT_EQ(LossShare(eth0.change), 0.05);
  EXPECT_EQ(MeanResponseSeconds(eth0.counters), 0.25);
  EXPECT_EQ(groups.groups[1].sum.counters.client_payload_bytes, 0u);
  EXPECT_EQ(groups.groups[2].sum.counters.connections, 1);
  EXPECT_EQ(groups.total.counters.segments, 500u);
  EXPECT_EQ(groups.other.counters.segments, 100u) << "of interfaces that are forgotten";
  EXPECT_EQ(groups.other.counters.connections, 0);
  EXPECT_EQ(groups.other.change.segments, 10u);
}

TEST_F(EdgeGroupsTest, WithoutAccountsInterfacesAddUpTheirOpenConnections) {
  Add("10.0.0.1", "10.0.1.1:80", 1000);  // 50 bytes a second, as the changes of all edges say
  snapshot_.edges.other.segments = 50;
  snapshot_.rate_window_seconds = 4;
  snapshot_.interfaces.resize(3);
  snapshot_.interfaces[0].name = "eth0";
  snapshot_.interfaces[1].name = "eth1";
  snapshot_.interfaces[2].is_forgotten = true;
  snapshot_.edges.other.connections = 3;
  Connect(0, 100).handshake_rtt_ns = 500000000;
  Connect(0, 200).state = ConnectionState::kClosed;
  ConnectionSummary& slow = Connect(0, 0);
  slow.response_ns = 250000000;
  slow.responses = 1;
  slow.server_sent.retransmitted_segments = 3;
  const EdgeGroups groups = GroupEdges(snapshot_, EdgeGroupKind::kInterface);
  ASSERT_EQ(groups.groups.size(), 2u) << "a silent interface is a group, a forgotten one is not";
  const EdgeGroup& eth0 = groups.groups[0];
  EXPECT_EQ(FilterOf(eth0, EdgeGroupKind::kInterface, snapshot_), "interface:eth0");
  EXPECT_TRUE(groups.is_of_connections);
  EXPECT_EQ(eth0.sum.counters.client_payload_bytes, 300u);
  EXPECT_EQ(eth0.sum.counters.connections, 2);
  EXPECT_EQ(eth0.sum.counters.retransmitted_segments, 3u);
  EXPECT_EQ(LossShare(eth0.sum.counters), std::nullopt);
  EXPECT_EQ(MeanHandshakeRttSeconds(eth0.sum.counters), 0.5);
  EXPECT_EQ(MeanResponseSeconds(eth0.sum.counters), 0.25);
  EXPECT_EQ(groups.groups[1].sum.counters.connections, 0);
  EXPECT_EQ(groups.other.counters.client_payload_bytes, 700u) << "of connections that ended";
  EXPECT_EQ(LossShare(groups.other.counters), std::nullopt);
  EXPECT_EQ(groups.other.counters.connections, 2);
  EXPECT_EQ(groups.change_seconds, 4) << "the rate window";
  EXPECT_EQ(eth0.sum.change.client_payload_bytes, 120u) << "30 bytes a second";
  EXPECT_EQ(groups.other.change.client_payload_bytes, 80u) << "the other 20";
  EXPECT_EQ(groups.total.change.client_payload_bytes, 200u);
}

TEST_F(EdgeGroupsTest, TimesOfConnectionsLeaveNoRestOfTheSameTimesInTheAccounts) {
  constexpr int64_t kTimesNs[] = {7, 1000001, 30000000, 45000000};  // quotient and product differ
  snapshot_.interfaces.resize(1);
  for (const int64_t time_ns : kTimesNs) {
    EdgeView& edge = snapshot_.edges.exported.emplace_back();
    edge.counters.handshake_rtt_count = edge.counters.response_count = 1;
    edge.counters.handshake_rtt_sum_seconds = edge.counters.response_sum_seconds = ToSeconds(time_ns);
    ConnectionSummary& connection = Connect(0, 0);
    connection.handshake_rtt_ns = connection.response_ns = time_ns;
    connection.responses = 1;
  }
  const EdgeCounters other = GroupEdges(snapshot_, EdgeGroupKind::kInterface).other.counters;
  EXPECT_EQ(other.handshake_rtt_count, 0u);
  EXPECT_EQ(other.handshake_rtt_sum_seconds, 0);
  EXPECT_EQ(other.response_count, 0u);
  EXPECT_EQ(other.response_sum_seconds, 0);
}

TEST_F(EdgeGroupsTest, AnInterfaceThatIsForgottenStaysWhileItHasConnections) {
  snapshot_.interfaces.resize(1);
  snapshot_.interfaces[0].is_forgotten = true;
  Connect(0, 1);
  const EdgeGroup group = OnlyGroup(EdgeGroupKind::kInterface);
  EXPECT_EQ(group.sum.counters.connections, 1);
  EXPECT_EQ(FilterOf(group, EdgeGroupKind::kInterface, snapshot_), "") << "it has no name";
}

TEST_F(EdgeGroupsTest, ReadersThatSawMoreThanTheAccountsLeaveZero) {
  // The rates of connections and the changes of edges have other periods, and a smoothed time is an estimate.
  snapshot_.interfaces.resize(1);
  Connect(0, 1000).response_ns = 5000000000;
  snapshot_.connections[0].responses = 2;
  const EdgeGroups groups = GroupEdges(snapshot_, EdgeGroupKind::kInterface);
  EXPECT_EQ(groups.other.change.client_payload_bytes, 0u);
  EXPECT_EQ(groups.other.counters.client_payload_bytes, 0u);
  EXPECT_EQ(groups.other.counters.connections, 0);
  EXPECT_EQ(MeanResponseSeconds(groups.other.counters), std::nullopt);
}

TEST_F(EdgeGroupsTest, StopsWhenItMust) {
  snapshot_.interfaces.resize(1);
  for (int i = 0; i < 3000; ++i) {
    Add("10.0.0.1", "10.0.1.1:" + std::to_string(i + 1), 1);
    Connect(0, 1);
  }
  for (const EdgeGroupKind kind : {EdgeGroupKind::kService, EdgeGroupKind::kInterface}) {
    int calls = 0;
    EXPECT_TRUE(GroupEdges(snapshot_, kind, [&calls] { return ++calls > 1000; }).has_value());
    EXPECT_GE(calls, 20);
    for (int stop_at = 1; stop_at <= calls; ++stop_at) {
      int called = 0;
      EXPECT_FALSE(GroupEdges(snapshot_, kind, [&] { return ++called >= stop_at; }).has_value());
      EXPECT_EQ(called, stop_at) << "goes on after it should stop";
    }
  }
}

TEST(LossShare, IsOfTheSegments) {
  EdgeCounters counters;
  EXPECT_EQ(LossShare(counters), std::nullopt);
  counters.segments = 200;
  counters.retransmitted_segments = 3;
  EXPECT_EQ(LossShare(counters), 0.015);
}

}  // namespace
}  // namespace tcpgauge
