// SPDX-License-Identifier: Apache-2.0
// What must hold for the accounts of a snapshot while names appear, vanish, flap and change owner: random connections
// of several workers, under random identity maps.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "src/flow/binding_table.h"
#include "src/snapshot/collector.h"
#include "src/snapshot/edge_groups.h"
#include "src/snapshot/worker_publisher.h"
#include "tests/support/distribution_laws.h"
#include "tests/support/edge_sums.h"
#include "tests/support/named_ends.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

constexpr size_t kReporters = 3;

// The workers of an agent and its collector, without capture.
class Agent {
 public:
  Agent(size_t workers, TableOptions table, const CollectorOptions& collector) {
    std::vector<TripleBuffer<WorkerSnapshot>*> buffers;
    if (table.edges.first_window == nullptr) table.edges.first_window = std::make_shared<FirstWindow>();
    for (size_t i = 0; i < workers; ++i) {
      table.hash_seed = 1 + i;
      workers_.push_back(std::make_unique<Worker>(table));
      buffers.push_back(&workers_.back()->buffer);
    }
    collector_ = std::make_unique<Collector>(collector, buffers);
  }

  void SetIdentities(const std::shared_ptr<const IdentityMap>& map) {
    for (const auto& worker : workers_) worker->table.SetIdentities(map, map->sockets_read_ns);
  }
  ConnectionTable& table(size_t worker) { return workers_[worker]->table; }
  size_t workers() const { return workers_.size(); }
  std::shared_ptr<const Snapshot> Collect(double seconds) {
    for (const auto& worker : workers_) {
      while (!worker->table.AdvanceTime(TestTime(seconds))) {
      }
      worker->publisher.PublishNow();
    }
    return collector_->Collect();
  }

 private:
  struct Worker {
    explicit Worker(const TableOptions& options) : table(options, nullptr) {}

    ConnectionTable table;
    CaptureCounters counters;
    TripleBuffer<WorkerSnapshot> buffer;
    WorkerPublisher publisher{&table, &counters, &buffer, Seconds(1), 0, 1000};
  };

  std::vector<std::unique_ptr<Worker>> workers_;
  std::unique_ptr<Collector> collector_;
};

std::string WorkloadOf(const IdentityRef& end) {
  if (end == nullptr) return "";
  return std::string(end->identity.namespace_name) + "/" + std::string(end->identity.workload);
}

std::string LabelsOf(const IdentityRef& end) {
  if (end == nullptr) return "";
  return WorkloadOf(end) + "/" + std::string(end->identity.pod) + "/" + std::string(end->identity.service);
}

// The labels of an edge, as metrics show them.
std::string LabelsOf(const EdgeView& edge) {
  return edge.key.client.ToString() + " " + edge.key.server.ToString() + " " + (edge.key.is_server_prefix ? "p" : "") +
         LabelsOf(edge.client) + ">" + LabelsOf(edge.server);
}

std::string LabelsOf(const WorkloadEdgeView& edge) {
  return std::to_string(static_cast<int>(edge.key.reporter)) + " " + WorkloadOf(edge.client) + " " +
         edge.key.client.prefix.ToString() + ">" + WorkloadOf(edge.server) + ":" + std::to_string(edge.key.server_port);
}

// Checks that no two of them look the same, that the names of a key never change, and that its counters and the counts
// of its buckets never fall.
class SeriesWatch {
 public:
  template <typename View>
  void Check(const std::vector<View>& views) {
    std::map<std::string, EdgeAccount> now;
    for (const View& view : views) {
      const std::string labels = LabelsOf(view);
      EXPECT_TRUE(now.emplace(labels, EdgeAccount{view.counters, view.distributions}).second) << "two of " << labels;
      EXPECT_TRUE(CountsAgree(view.counters, view.distributions)) << labels;
      const auto found = before_.find(labels);
      if (found == before_.end()) continue;
      const EdgeCounters& before = found->second.counters;
      EXPECT_GE(view.counters.client_payload_bytes, before.client_payload_bytes) << labels;
      EXPECT_GE(view.counters.server_payload_bytes, before.server_payload_bytes) << labels;
      EXPECT_GE(view.counters.segments, before.segments) << labels;
      EXPECT_GE(view.counters.connections_opened, before.connections_opened) << labels;
      EXPECT_GE(view.counters.connections_refused, before.connections_refused) << labels;
      EXPECT_GE(view.counters.handshake_rtt_count, before.handshake_rtt_count) << labels;
      EXPECT_GE(view.counters.response_count, before.response_count) << labels;
      EXPECT_GE(view.counters.connections, 0) << labels;
      EXPECT_TRUE(OnlyGrew(found->second.distributions, view.distributions)) << labels;
    }
    before_ = std::move(now);
  }

 private:
  std::map<std::string, EdgeAccount> before_;
};

// One connection of the model.
struct Connection {
  Endpoint client;
  Endpoint server;
  size_t worker;
  uint32_t client_next = 1001;
  uint32_t server_next = 5001;
  double last = 0;  // when its last packet came
};

// What the connections of one reporter were credited with.
struct Credits {
  uint64_t client_payload_bytes = 0;
  uint64_t server_payload_bytes = 0;
  uint64_t connections_opened = 0;
  int64_t connections = 0;
};

class NameLaws : public testing::TestWithParam<std::tuple<int, int, int>> {
 protected:
  NameLaws() : random_(static_cast<uint32_t>(std::get<0>(GetParam()))) {
    TableOptions table;
    table.max_connections = 5000;
    table.ranking_window_ns = Seconds(10);
    table.idle_timeout_ns = Seconds(100);
    table.has_identities = true;
    table.edges.max_exported = 8;
    table.edges.max_new_per_minute = 20;
    table.edges.max_workload_edges = 5;
    table.edges.v4_prefix_bits = std::get<2>(GetParam());
    CollectorOptions collector;
    collector.workload_edges.max_exported = table.edges.max_workload_edges;
    collector.workload_edges.window_ns = table.ranking_window_ns;
    collector.workload_edges.idle_timeout_ns = Seconds(60);
    agent_ = std::make_unique<Agent>(static_cast<size_t>(std::get<1>(GetParam())), table, collector);
    for (int i = 0; i < 6; ++i) ends_.MakeLocal("10.0.0." + std::to_string(i) + ":0");
    ends_.map().shared_addresses.insert(At("10.0.0.5:0").address);
  }

  int Random(int below) { return static_cast<int>(random_() % static_cast<uint32_t>(below)); }
  // Of 12 addresses, the first six are local.
  std::string Address(int i) const { return "10.0.0." + std::to_string(i) + ":0"; }
  void Feed(const Connection& connection, const Segment& segment) {
    agent_->table(connection.worker).Apply({&segment.packet(), 1});
  }

  void Open() {
    Connection connection;
    connection.client = {At(Address(Random(12))).address, next_port_++};
    connection.server = {At(Address(Random(12))).address, static_cast<uint16_t>(Random(3) + 80)};
    connection.worker = static_cast<size_t>(Random(static_cast<int>(agent_->workers())));
    Feed(connection, Segment(connection.client, connection.server).Syn(1000).Time(now_));
    Count(connection, [](Credits* credits) {
      ++credits->connections_opened;
      ++credits->connections;
    });
    if (Random(8) == 0) {
      Feed(connection, Segment(connection.server, connection.client).Rst().Ack(1001).Time(now_));
      Count(connection, [](Credits* credits) { --credits->connections; });
      return;
    }
    now_ += 1e-6 * (1 << Random(14));  // the handshake takes some time
    Feed(connection, Segment(connection.server, connection.client).Syn(5000).Ack(1001).Time(now_));
    Feed(connection, Segment(connection.client, connection.server).Seq(1001).Ack(5001).Time(now_));
    connection.last = now_;
    open_.push_back(connection);
  }
  void Send(Connection* connection) {
    const auto bytes = static_cast<uint32_t>(1 + Random(1400));
    connection->last = now_;
    if (Random(2) == 0) {
      Feed(*connection, Segment(connection->client, connection->server)
                            .Seq(connection->client_next)
                            .Ack(connection->server_next)
                            .Payload(bytes)
                            .Time(now_));
      connection->client_next += bytes;
      Count(*connection, [&](Credits* credits) { credits->client_payload_bytes += bytes; });
    } else {
      Feed(*connection, Segment(connection->server, connection->client)
                            .Seq(connection->server_next)
                            .Ack(connection->client_next)
                            .Payload(bytes)
                            .Time(now_));
      connection->server_next += bytes;
      Count(*connection, [&](Credits* credits) { credits->server_payload_bytes += bytes; });
    }
  }
  void Close(size_t index) {
    const Connection connection = open_[index];
    open_.erase(open_.begin() + static_cast<ptrdiff_t>(index));
    Feed(connection, Segment(connection.client, connection.server)
                         .Seq(connection.client_next)
                         .Ack(connection.server_next)
                         .Rst()
                         .Time(now_));
    Count(connection, [](Credits* credits) { --credits->connections; });
  }
  // Closes the connections that the table would soon end.
  void CloseIdle() {
    for (size_t i = open_.size(); i-- > 0;) {
      if (now_ - open_[i].last > 90) Close(i);
    }
  }
  // Changes the credits of each reporter of the connection.
  template <typename Change>
  void Count(const Connection& connection, Change change) {
    const bool client = ends_.map().IsLocal(connection.client.address);
    const bool server = ends_.map().IsLocal(connection.server.address);
    if (client) change(&credits_[static_cast<size_t>(Reporter::kClient)]);
    if (server) change(&credits_[static_cast<size_t>(Reporter::kServer)]);
    if (!client && !server) change(&credits_[static_cast<size_t>(Reporter::kTransit)]);
    change(&all_);
  }

  // Names appear, vanish, flap and change owner; sockets of the shared address have names too.
  void ChangeNames() {
    for (int i = Random(3); i >= 0; --i) {
      const std::string address = Address(Random(12));
      if (ends_.map().shared_addresses.contains(At(address).address)) continue;
      static const char* const kNames[] = {"", "", "web-1", "web-2", "web-3", "db-1", "db-2", "cache-1", "job-1"};
      ends_.Give(address, kNames[Random(9)], Random(4) == 0 ? "zone-a" : "");
    }
    ends_.map().endpoints.clear();
    for (const Connection& connection : open_) {
      if (!ends_.map().shared_addresses.contains(connection.client.address)) continue;
      if (Random(2) == 0) ends_.map().endpoints[connection.client] = ends_.Identity("unit" + std::to_string(Random(3)));
    }
    const Endpoint listener = {At(Address(5)).address, 80};
    if (Random(2) == 0) ends_.map().endpoints[listener] = ends_.Identity("listener" + std::to_string(Random(2)));
    ends_.map().sockets_read_ns = TestTime(now_);
    agent_->SetIdentities(ends_.Take());
  }

  void Check() {
    const std::shared_ptr<const Snapshot> snapshot = agent_->Collect(now_);
    ASSERT_NE(snapshot, nullptr);
    edges_watch_.Check(snapshot->edges.exported);
    workload_watch_.Check(snapshot->workload_edges.exported);
    EXPECT_LE(snapshot->workload_edges.exported.size(), 5u);
    EXPECT_LE(snapshot->edges.exported.size(), 8u * agent_->workers());

    const EdgesView& view = snapshot->edges;
    EXPECT_TRUE(CountsAgree(view.other, view.other_distributions));
    EXPECT_TRUE(CountsAgree(view.retired, view.retired_distributions));
    EXPECT_TRUE(OnlyGrew(edges_other_before_, view.other_distributions));
    edges_other_before_ = view.other_distributions;
    EdgeAccount all = {view.other, view.other_distributions};
    AddEdgeAccount(EdgeAccount{view.retired, view.retired_distributions}, &all);
    for (const EdgeView& edge : view.exported) {
      AddEdgeAccount(edge, &all);
      EXPECT_EQ(edge.key.local_ends, 0);
    }
    const EdgeCounters& edges = all.counters;
    EXPECT_EQ(all.distributions.handshake_rtt_seconds.Count(), CountOf(snapshot->totals.handshake_rtt_seconds));
    EXPECT_EQ(all.distributions.response_seconds.Count(), CountOf(snapshot->totals.response_seconds));
    EXPECT_EQ(edges.handshake_rtt_count, CountOf(snapshot->totals.handshake_rtt_seconds));
    EXPECT_EQ(edges.response_count, CountOf(snapshot->totals.response_seconds));
    EXPECT_EQ(edges.client_payload_bytes, snapshot->totals.client_payload_bytes);
    EXPECT_EQ(edges.server_payload_bytes, snapshot->totals.server_payload_bytes);
    EXPECT_EQ(edges.client_payload_bytes, all_.client_payload_bytes);
    EXPECT_EQ(edges.connections_opened + snapshot->edges.pending_attempts, all_.connections_opened);
    EXPECT_EQ(edges.connections + static_cast<int64_t>(snapshot->edges.pending_attempts), all_.connections);

    CheckChanges(*snapshot);
    CheckGroups(*snapshot, edges);

    for (size_t reporter = 0; reporter < kReporters; ++reporter) {
      SCOPED_TRACE(reporter);
      EdgeCounters sum = snapshot->workload_edges.other[reporter];
      EXPECT_GE(sum.client_payload_bytes, other_before_[reporter].client_payload_bytes);
      EXPECT_GE(sum.connections_opened, other_before_[reporter].connections_opened);
      EXPECT_GE(sum.handshake_rtt_count, other_before_[reporter].handshake_rtt_count);
      EXPECT_GE(sum.connections, 0);
      other_before_[reporter] = sum;
      const EdgeDistributions& other = snapshot->workload_edges.other_distributions[reporter];
      EXPECT_TRUE(CountsAgree(sum, other));
      EXPECT_TRUE(OnlyGrew(other_distributions_before_[reporter], other));
      other_distributions_before_[reporter] = other;
      for (const WorkloadEdgeView& edge : snapshot->workload_edges.exported) {
        if (static_cast<size_t>(edge.key.reporter) == reporter) AddEdgeCounters(edge.counters, &sum);
      }
      EXPECT_EQ(sum.client_payload_bytes, credits_[reporter].client_payload_bytes);
      EXPECT_EQ(sum.server_payload_bytes, credits_[reporter].server_payload_bytes);
      EXPECT_EQ(sum.connections_opened, credits_[reporter].connections_opened);
      EXPECT_EQ(sum.connections, credits_[reporter].connections);
    }
    for (const ConnectionSummary& connection : snapshot->connections) {
      ASSERT_LT(connection.client_identity, snapshot->identities.size());
      ASSERT_LT(connection.server_identity, snapshot->identities.size());
    }
  }

  // The changes of all edges add up to the growth of the totals since an earlier snapshot.
  void CheckChanges(const Snapshot& snapshot) {
    payload_at_[snapshot.time_ns] = {snapshot.totals.client_payload_bytes, snapshot.totals.server_payload_bytes};
    const EdgeChanges& changes = snapshot.edge_changes;
    if (payload_at_.size() == 1) return;
    ASSERT_GT(changes.seconds, 0);
    ASSERT_EQ(changes.exported.size(), snapshot.edges.exported.size());
    const auto before = payload_at_.find(snapshot.time_ns - std::llround(changes.seconds * 1e9));
    ASSERT_NE(before, payload_at_.end()) << changes.seconds;
    EdgeCounters sum = changes.other;
    for (const EdgeCounters& change : changes.exported) AddEdgeCounters(change, &sum);
    EXPECT_EQ(sum.client_payload_bytes, snapshot.totals.client_payload_bytes - before->second.first);
    EXPECT_EQ(sum.server_payload_bytes, snapshot.totals.server_payload_bytes - before->second.second);
  }

  // Whatever the groups, they and what belongs to none add up to all accounts.
  static void CheckGroups(const Snapshot& snapshot, const EdgeCounters& all) {
    for (const EdgeGroupKind kind :
         {EdgeGroupKind::kService, EdgeGroupKind::kClient, EdgeGroupKind::kPair, EdgeGroupKind::kWorkload}) {
      const EdgeGroups groups = GroupEdges(snapshot, kind);
      EdgeCounters sum = groups.other.counters;
      size_t edges = 0;
      for (const EdgeGroup& group : groups.groups) {
        AddEdgeCounters(group.sum.counters, &sum);
        edges += group.edges;
        EXPECT_TRUE(CountsAgree(group.sum.counters, group.sum.distributions));
      }
      EXPECT_EQ(edges, snapshot.edges.exported.size());
      EXPECT_EQ(sum.client_payload_bytes, all.client_payload_bytes);
      EXPECT_EQ(sum.connections, all.connections + static_cast<int64_t>(snapshot.edges.pending_attempts));
      EXPECT_EQ(groups.total.counters.server_payload_bytes, all.server_payload_bytes);
      EXPECT_TRUE(CountsAgree(groups.total.counters, groups.total.distributions));
    }
  }

  std::mt19937 random_;
  NamedEnds ends_;
  std::unique_ptr<Agent> agent_;
  double now_ = 0;
  uint16_t next_port_ = 1024;
  std::vector<Connection> open_;
  std::array<Credits, kReporters> credits_;
  Credits all_;
  std::array<EdgeCounters, kReporters> other_before_;
  std::array<EdgeDistributions, kReporters> other_distributions_before_;
  EdgeDistributions edges_other_before_;
  std::map<int64_t, std::pair<uint64_t, uint64_t>> payload_at_;  // the totals of each snapshot, by its time
  SeriesWatch edges_watch_;
  SeriesWatch workload_watch_;
};

TEST_P(NameLaws, HoldUnderNamesThatChange) {
  ChangeNames();
  for (int second = 1; second <= 600 && !HasFailure(); ++second) {
    SCOPED_TRACE("second " + std::to_string(second));
    const bool is_quiet = second % 200 > 120;  // long enough for series to end
    for (int i = is_quiet ? 1 : 20; i > 0; --i) {
      now_ += is_quiet ? 1.0 : 0.05;
      const int action = Random(10);
      if (action < 3) Open();
      if (action >= 3 && action < 8 && !open_.empty())
        Send(&open_[static_cast<size_t>(Random(static_cast<int>(open_.size())))]);
      if (action == 8 && !open_.empty()) Close(static_cast<size_t>(Random(static_cast<int>(open_.size()))));
      if (action == 9 && Random(4) == 0) ChangeNames();
    }
    CloseIdle();
    Check();
  }
  while (!open_.empty()) Close(open_.size() - 1);
  now_ += 5;
  Check();
  const std::shared_ptr<const Snapshot> last = agent_->Collect(now_);
  for (const WorkloadEdgeView& edge : last->workload_edges.exported) {
    EXPECT_EQ(edge.counters.connections, 0) << LabelsOf(edge);
  }
  EXPECT_GT(CountOf(last->totals.response_seconds), 0)
      << "there were exchanges, so the laws of their counts were tested";
}

INSTANTIATE_TEST_SUITE_P(Seeds, NameLaws,
                         testing::Combine(testing::Values(1, 2, 3, 4), testing::Values(1, 3), testing::Values(32, 29)));

// A workload of one pod at a time that talks to a database: the pod is replaced again and again.
TEST(Replacements, AThousandPodsOfAWorkloadAreOneWorkloadEdge) {
  TableOptions table;
  table.max_connections = 5000;
  table.ranking_window_ns = Seconds(10);
  table.idle_timeout_ns = Seconds(60);
  table.has_identities = true;
  table.edges.max_workload_edges = 60;
  table.edges.max_new_per_minute = 30;
  CollectorOptions collector;
  collector.workload_edges.window_ns = table.ranking_window_ns;
  collector.workload_edges.idle_timeout_ns = table.idle_timeout_ns;
  Agent agent(2, table, collector);
  NamedEnds ends;
  ends.Give("10.9.0.1:0", "db-1");
  const Endpoint server = At("10.9.0.1:5432");
  uint64_t payload_bytes = 0;
  for (int pod = 1; pod <= 1000; ++pod) {
    const std::string address = "10.8." + std::to_string(pod / 250) + "." + std::to_string(pod % 250) + ":4000";
    ends.map().local_addresses = {At(address).address};
    ends.map().addresses.clear();
    ends.Give("10.9.0.1:0", "db-1");
    ends.Give(address, "web-" + std::to_string(pod));
    ends.map().sockets_read_ns = TestTime(pod);
    agent.SetIdentities(ends.Take());
    ConnectionTable& of = agent.table(static_cast<size_t>(pod) % 2);
    const Endpoint client = At(address);
    const auto feed = [&of](const Segment& segment) { of.Apply({&segment.packet(), 1}); };
    feed(Segment(client, server).Syn(1).Time(pod));
    feed(Segment(server, client).Syn(1).Ack(2).Time(pod));
    feed(Segment(client, server).Seq(2).Ack(2).Payload(100).Time(pod));
    feed(Segment(client, server).Seq(102).Ack(2).Rst().Time(pod));
    payload_bytes += 100;
    const std::shared_ptr<const Snapshot> snapshot = agent.Collect(pod + 0.5);
    ASSERT_EQ(snapshot->workload_edges.exported.size(), 1u) << pod;
    const WorkloadEdgeView& edge = snapshot->workload_edges.exported[0];
    EXPECT_EQ(edge.client->identity.workload, "web");
    EXPECT_EQ(edge.server->identity.workload, "db");
    EXPECT_EQ(edge.key.reporter, Reporter::kClient);
    EXPECT_EQ(edge.counters.client_payload_bytes, payload_bytes);
    EXPECT_EQ(edge.counters.connections_opened, static_cast<uint64_t>(pod));
  }
}

// A name that comes and goes every second splits no counter.
TEST(Replacements, ANameThatFlapsSplitsNoCounter) {
  TableOptions table;
  table.max_connections = 5000;
  table.ranking_window_ns = Seconds(10);
  table.idle_timeout_ns = Seconds(1000);
  table.has_identities = true;
  table.edges.max_workload_edges = 60;
  Agent agent(1, table, CollectorOptions());
  NamedEnds ends;
  ends.MakeLocal("10.8.0.1:0");
  const Endpoint server = At("10.9.0.1:5432");
  std::set<std::string> edges;
  std::set<std::string> workload_edges;
  std::shared_ptr<const Snapshot> snapshot;
  for (int second = 0; second < 300; ++second) {
    ends.Give("10.8.0.1:0", second % 2 == 0 ? "web-1" : "");
    ends.map().sockets_read_ns = TestTime(second);
    agent.SetIdentities(ends.Take());
    const Endpoint client = {At("10.8.0.1:0").address, static_cast<uint16_t>(2000 + second)};
    const auto feed = [&agent](const Segment& segment) { agent.table(0).Apply({&segment.packet(), 1}); };
    feed(Segment(client, server).Syn(1).Time(second));
    feed(Segment(server, client).Syn(1).Ack(2).Time(second));
    feed(Segment(client, server).Seq(2).Ack(2).Payload(100).Time(second));
    feed(Segment(client, server).Seq(102).Ack(2).Rst().Time(second));
    snapshot = agent.Collect(second + 0.5);
    for (const EdgeView& edge : snapshot->edges.exported) edges.insert(LabelsOf(edge));
    for (const WorkloadEdgeView& edge : snapshot->workload_edges.exported) workload_edges.insert(LabelsOf(edge));
  }
  EXPECT_EQ(edges.size(), 1u);
  EXPECT_EQ(workload_edges.size(), 1u);
  ASSERT_EQ(snapshot->edges.exported.size(), 1u);
  EXPECT_EQ(snapshot->edges.exported[0].counters.client_payload_bytes, 300u * 100);
  EXPECT_EQ(snapshot->edges.renamed, 0u);
  ASSERT_EQ(snapshot->workload_edges.exported.size(), 1u);
  EXPECT_EQ(snapshot->workload_edges.exported[0].counters.client_payload_bytes, 300u * 100);
}

// The first name of an end that was nameless.
TEST(Replacements, TheSnapshotHasTheNamesOfConnectionsAndCountsLookups) {
  TableOptions table;
  table.max_connections = 100;
  table.has_identities = true;
  Agent agent(2, table, CollectorOptions());
  NamedEnds ends;
  ends.Give("10.8.0.1:0", "web-1");
  agent.SetIdentities(ends.Take());
  for (size_t worker = 0; worker < 2; ++worker) {
    const Endpoint client = {At("10.8.0.1:0").address, static_cast<uint16_t>(4000 + worker)};
    const Segment syn = Segment(client, At("10.9.0.1:80")).Syn(1);
    const Segment answer = Segment(At("10.9.0.1:80"), client).Syn(1).Ack(2);
    agent.table(worker).Apply({&syn.packet(), 1});
    agent.table(worker).Apply({&answer.packet(), 1});
  }
  const std::shared_ptr<const Snapshot> snapshot = agent.Collect(1);
  ASSERT_EQ(snapshot->connections.size(), 2u);
  for (const ConnectionSummary& connection : snapshot->connections) {
    ASSERT_NE(snapshot->identities[connection.client_identity], nullptr);
    EXPECT_EQ(snapshot->identities[connection.client_identity]->identity.pod, "web-1");
    EXPECT_EQ(connection.server_identity, 0u);
  }
  EXPECT_EQ(snapshot->identities.size(), 2u) << "both workers mean the same identity";
  EXPECT_EQ(snapshot->workload_edges.lookups_found, 2u);
  EXPECT_EQ(snapshot->workload_edges.lookups_unknown, 2u);
  EXPECT_EQ(snapshot->identity_map->addresses.size(), 1u);
}

}  // namespace
}  // namespace tcpgauge
