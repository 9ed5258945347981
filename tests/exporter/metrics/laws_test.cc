// SPDX-License-Identifier: Apache-2.0
// Laws of the exposition, tested from segments to samples with random traffic that tries to break them: it is bounded,
// its sums are exact, the heaviest connections come first, connections that it leaves out are counted, and few
// connections get series.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "exporter/metrics/make_exposition.h"
#include "exporter/metrics/series_plan.h"
#include "exporter/metrics/visit_metrics.h"
#include "gtest/gtest.h"
#include "src/flow/connection_table.h"
#include "src/snapshot/collector.h"
#include "src/snapshot/series_choice.h"
#include "src/snapshot/worker_publisher.h"
#include "tests/exporter/metrics/example_snapshot.h"
#include "tests/support/edge_sums.h"
#include "tests/support/random_traffic.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

constexpr int64_t kSecondNs = 1000000000;
constexpr size_t kWorkers = 2;
constexpr double kHysteresis = 1.25;  // advantage in rank of a connection that was in front before

// Adds `workload_edges` workload edges, and as many sources, overflows, zones, addresses and listeners as can be, or
// more than any exposition has room for.
void AddManyNames(size_t workload_edges, Snapshot* snapshot) {
  for (size_t i = 0; i < workload_edges; ++i) {
    WorkloadEdgeView& edge = snapshot->workload_edges.exported.emplace_back();
    edge.client = ExampleIdentity("shop", "web" + std::to_string(i), "");
    edge.key.reporter = static_cast<Reporter>(i % kReporters);
  }
  for (int i = 0; i < 100; ++i) snapshot->workload_edges.zones.push_back({"zone", std::to_string(i), 1});
  auto map = std::make_shared<IdentityMap>();
  for (uint16_t i = 0; i < 300; ++i) {
    const uint8_t wire[4] = {10, 42, static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i)};
    const IpAddress address = IpAddress::FromV4(wire);
    map->addresses.emplace(address, ExampleIdentity("shop", "web", "web-" + std::to_string(i)));
    map->local_addresses.insert(address);
    map->listener_queues.push_back({{address, 80}, nullptr, 0, 128, 0});
  }
  snapshot->identity_map = map;
  snapshot->identity_counters.sources.resize(kMaxIdentitySources);
  snapshot->identity_counters.overflows.resize(kMaxIdentityOverflows);
}

// Everything between the decoder and the text, with two workers.
class Pipeline {
 public:
  Pipeline(const ExpositionLimits& limits, size_t edges, int64_t window_ns,
           const std::optional<SeriesChoiceOptions>& series_choice = std::nullopt)
      : limits_(limits) {
    TableOptions options;
    options.max_connections = 20000;
    options.ranking_window_ns = window_ns;
    options.max_recently_ended = limits.connections;
    limits_.edges = edges;
    options.edges.max_exported = PlanSeries(limits_).edges / kWorkers;
    CollectorOptions collector;
    collector.exported_connections = limits.connections;
    std::vector<TripleBuffer<WorkerSnapshot>*> buffers;
    for (Worker& worker : workers_) {
      worker.table = std::make_unique<ConnectionTable>(options, nullptr);
      worker.counters.interfaces.resize(3);
      worker.publisher = std::make_unique<WorkerPublisher>(worker.table.get(), &worker.counters, &worker.buffer,
                                                           kSecondNs, 0, options.max_connections);
      buffers.push_back(&worker.buffer);
    }
    for (size_t i = 0; i < workers_[0].counters.interfaces.size(); ++i) {
      for (Worker& worker : workers_) worker.counters.interfaces[i].name = "eth" + std::to_string(i);
    }
    collector.series_choice = series_choice;
    collector_ = std::make_unique<Collector>(collector, buffers);
  }

  void Feed(const DecodedPacket& packet) {
    const size_t worker = (packet.source.port + packet.destination.port) % kWorkers;
    workers_[worker].table->Apply({&packet, 1});
  }

  void AdvanceTime(int64_t now_ns) {
    for (Worker& worker : workers_) {
      while (!worker.table->AdvanceTime(now_ns)) {
      }
    }
  }

  Exposition Expose(int64_t now_ns) {
    AdvanceTime(now_ns);
    for (Worker& worker : workers_) worker.publisher->PublishNow();
    return MakeExposition(WithNames(WithServices(*collector_->Collect())), limits_, {&ExampleAgentMetrics()});
  }

 private:
  // Every edge has as many services as an edge can have.
  static Snapshot WithServices(Snapshot snapshot) {
    for (EdgeView& edge : snapshot.edges.exported) {
      for (uint16_t port = 1; port <= EdgeServices::kMax; ++port) edge.services.Add({edge.key.server.address, port});
    }
    return snapshot;
  }

  // If identities are on, every edge has names, there are as many workload edges as the plan allows, and more of
  // everything else about names than it allows.
  std::shared_ptr<const Snapshot> WithNames(Snapshot snapshot) const {
    if (limits_.workload_edges.has_value()) {
      AddManyNames(PlanSeries(limits_).workload_edges, &snapshot);
      for (EdgeView& edge : snapshot.edges.exported) {
        edge.client = ExampleIdentity("shop", "web", edge.key.client.ToString());
        edge.server = ExampleIdentity("shop", "db", "");
      }
    }
    return std::make_shared<const Snapshot>(std::move(snapshot));
  }

  struct Worker {
    std::unique_ptr<ConnectionTable> table;
    CaptureCounters counters;
    TripleBuffer<WorkerSnapshot> buffer;
    std::unique_ptr<WorkerPublisher> publisher;
  };

  ExpositionLimits limits_;
  Worker workers_[kWorkers];
  std::unique_ptr<Collector> collector_;
};

// Traffic whose time never steps back: forged SYNs, scans, and short and long connections of few or many clients.
class Crowd {
 public:
  Crowd(uint64_t seed, Pipeline* pipeline) : random_(seed), pipeline_(*pipeline) {}

  int64_t now_ns() const { return now_ns_; }
  // Payload of each connection; the key is its client endpoint.
  const std::map<Endpoint, uint64_t>& payload_bytes() const { return payload_bytes_; }

  // One event, tens of microseconds after the event before.
  void Go() {
    switch (Below(4)) {
      case 0:  // a forged SYN, or a scanned port
        Send(Segment({Address(Below(1 << 20)), Port()}, {Address(1), static_cast<uint16_t>(Below(65536))})
                 .Syn(Below(9)));
        return;
      case 1:
        Connect();
        return;
      case 2:
        if (long_.empty() || (long_.size() < 500 && Below(10) == 0)) {
          long_.push_back(Connect());
          return;
        }
        [[fallthrough]];
      default:
        if (!long_.empty()) Carry(&long_[Below(static_cast<uint32_t>(long_.size()))], Below(20) == 0 ? 60000 : 700);
    }
  }

 private:
  struct Connection {
    Endpoint client;
    Endpoint server;
    uint32_t next = 1;
  };

  uint32_t Below(uint32_t bound) { return static_cast<uint32_t>(random_() % bound); }
  uint16_t Port() { return static_cast<uint16_t>(1024 + next_port_++ % 60000); }
  static IpAddress Address(uint32_t number) {
    const uint8_t wire[4] = {10, static_cast<uint8_t>(number >> 16), static_cast<uint8_t>(number >> 8),
                             static_cast<uint8_t>(number)};
    return IpAddress::FromV4(wire);
  }
  void Send(Segment segment) {
    now_ns_ += 1000 * (1 + Below(40));
    pipeline_.Feed(segment.TimeNs(now_ns_));
  }
  // A connection with up to 300 bytes of payload. Half of them come from 20 clients, the others from a million.
  Connection Connect() {
    const uint32_t clients = Below(2) == 0 ? 20 : 1 << 20;
    Connection connection{{Address(100 + Below(clients)), Port()}, {Address(1 + Below(3)), 443}};
    Send(Segment(connection.client, connection.server).Syn(0));
    Send(Segment(connection.server, connection.client).Syn(0).Ack(1));
    Send(Segment(connection.client, connection.server).Seq(1).Ack(1));
    Carry(&connection, 1 + Below(300));
    return connection;
  }
  void Carry(Connection* connection, uint32_t bytes) {
    Send(Segment(connection->client, connection->server).Seq(connection->next).Ack(1).Payload(bytes));
    connection->next += bytes;
    payload_bytes_[connection->client] += bytes;
  }

  std::mt19937_64 random_;
  Pipeline& pipeline_;
  int64_t now_ns_ = kTestStartNs;
  uint32_t next_port_ = 0;
  std::vector<Connection> long_;
  std::map<Endpoint, uint64_t> payload_bytes_;
};

using EdgeLabels = std::tuple<std::string, std::string, std::string>;

std::map<EdgeLabels, EdgeCounters> EdgesOf(const Exposition& exposition) {
  std::map<EdgeLabels, EdgeCounters> edges;
  for (const ExportedEdge& edge : exposition.edges) {
    const bool is_new =
        edges.emplace(EdgeLabels(edge.client_address, edge.server_address, edge.server_port), edge.counters).second;
    EXPECT_TRUE(is_new) << "two series of the same labels";
  }
  return edges;
}

void ExpectAllIsCreditedOnce(const Exposition& exposition) {
  EdgeCounters sum = exposition.snapshot->edges.retired;
  for (const ExportedEdge& edge : exposition.edges) AddEdgeCounters(edge.counters, &sum);
  const Totals& totals = exposition.snapshot->totals;
  ASSERT_EQ(sum.client_payload_bytes, totals.client_payload_bytes);
  ASSERT_EQ(sum.server_payload_bytes, totals.server_payload_bytes);
  const uint64_t pending = exposition.snapshot->edges.pending_attempts;
  ASSERT_EQ(sum.connections_opened + pending, totals.opened_handshake + totals.opened_midstream);
  ASSERT_EQ(static_cast<uint64_t>(sum.connections) + pending, OpenConnections(totals));
  ASSERT_EQ(sum.segments, totals.segments);
  ASSERT_EQ(sum.retransmitted_segments, totals.client_retransmitted_segments + totals.server_retransmitted_segments);
  ASSERT_EQ(sum.out_of_order_segments, totals.out_of_order_segments);
  ASSERT_EQ(sum.connections_refused, totals.closed[static_cast<size_t>(EndReason::kRefused)]);
  ASSERT_EQ(sum.connections_timed_out, totals.closed[static_cast<size_t>(EndReason::kHandshakeTimeout)]);
  ASSERT_LE(sum.syn_retransmissions, totals.syn_retransmissions);
  if (pending == 0) {
    ASSERT_EQ(sum.syn_retransmissions, totals.syn_retransmissions);
  }
}

TEST(Laws, NoExpositionHoldsMoreSamplesThanTheLimit) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    RandomTraffic traffic(seed);
    ExpositionLimits limits = {kMinSeriesLimit + traffic.Below(1000), traffic.Below(200),
                               traffic.Below(2) == 0 ? EdgeDetail::kBasic : EdgeDetail::kFull};
    if (traffic.Below(2) == 0) limits.workload_edges = traffic.Below(100);
    limits.edge_buckets = seed % 3 == 0;
    Pipeline weird(limits, traffic.Below(200), 5 * kSecondNs);
    Pipeline crowded(limits, traffic.Below(200), 5 * kSecondNs);
    Crowd crowd(seed, &crowded);
    int64_t now_ns = kTestStartNs;
    for (int i = 0; i < 20; ++i) {
      for (int j = 0; j < 500; ++j) {
        const DecodedPacket packet = traffic.Next();
        now_ns = std::max(now_ns, packet.time_ns);
        weird.Feed(packet);
        crowd.Go();
      }
      for (const Exposition& exposition : {weird.Expose(now_ns), crowded.Expose(crowd.now_ns())}) {
        ASSERT_LE(CountSamples(exposition), limits.series) << "seed " << seed;
        ASSERT_EQ(CountSamples(exposition), exposition.series) << "seed " << seed;
        ExpectAllIsCreditedOnce(exposition);
      }
    }
  }
}

TEST(Laws, TheFixedSamplesAreWhatThePlanSays) {
  const size_t edges = 1;  // the edge "other"
  const size_t interfaces = 3;
  for (const EdgeDetail detail : {EdgeDetail::kBasic, EdgeDetail::kFull}) {
    for (const bool edge_buckets : {false, true}) {
      ExpositionLimits limits = {1000, 0, detail};
      limits.edge_buckets = edge_buckets;
      const Exposition exposition = Pipeline(limits, 0, kSecondNs).Expose(kTestStartNs);
      EXPECT_EQ(CountSamples(exposition),
                kFixedSamples + edges * SamplesPerEdge(detail, edge_buckets) + interfaces * kSamplesPerInterface);
    }
  }
}

TEST(Laws, TheFixedSamplesOfNamesAreWhatThePlanSays) {
  for (const EdgeDetail detail : {EdgeDetail::kFull, EdgeDetail::kBasic}) {
    Snapshot with_names, one_edge_more;
    AddManyNames(1, &with_names);
    AddManyNames(2, &one_edge_more);
    ExpositionLimits limits = {5000, 0, detail, 0, 60};
    const auto samples = [&limits](const Snapshot& snapshot) {
      return MakeExposition(std::make_shared<const Snapshot>(snapshot), limits, {}).series;
    };
    const size_t per_edge = samples(one_edge_more) - samples(with_names);
    EXPECT_EQ(per_edge, detail == EdgeDetail::kFull ? 14u : 10u);
    EXPECT_EQ(per_edge, SamplesPerWorkloadEdge(detail, false));
    limits.edge_buckets = true;
    EXPECT_EQ(samples(one_edge_more) - samples(with_names), SamplesPerWorkloadEdge(detail, true));
    limits.edge_buckets = false;
    const SeriesPlan plan = PlanSeries(limits);
    EXPECT_EQ(samples(with_names) - samples(Snapshot()), kFixedIdentitySamples + (1 + kReporters) * per_edge +
                                                             plan.zones + plan.listeners * kSamplesPerListener +
                                                             plan.endpoints);
  }
}

TEST(Laws, IncreasesOfTheEdgesAddUpToThatOfTheTotalsAndNoCounterFalls) {
  constexpr int64_t kWindowNs = 3 * kSecondNs;
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    Pipeline pipeline({600, 20}, 20, kWindowNs);
    Crowd crowd(seed, &pipeline);
    std::map<EdgeLabels, EdgeCounters> before;
    Totals totals_before;
    uint64_t retired_before = 0;
    // Edges change at full seconds, so expositions are made half a second later.
    for (int64_t due_ns = kTestStartNs + kSecondNs / 2; due_ns < kTestStartNs + 20 * kSecondNs; due_ns += kSecondNs) {
      while (crowd.now_ns() < due_ns) {
        crowd.Go();
        pipeline.AdvanceTime(crowd.now_ns());
      }
      const Exposition exposition = pipeline.Expose(crowd.now_ns());
      const std::map<EdgeLabels, EdgeCounters> now = EdgesOf(exposition);
      const Totals& totals = exposition.snapshot->totals;
      ExpectAllIsCreditedOnce(exposition);
      // In the first window, edges are exported without an announcement.
      const bool settled = due_ns > kTestStartNs + 2 * kWindowNs;
      uint64_t increase = 0;
      for (const auto& [labels, counters] : now) {
        const bool is_new = before.find(labels) == before.end();
        if (is_new && settled) {
          ASSERT_EQ(counters.client_payload_bytes, 0) << "rate() misses the first value of a series";
        }
        const EdgeCounters& old = before[labels];
        ASSERT_GE(counters.client_payload_bytes, old.client_payload_bytes) << "seed " << seed;
        ASSERT_GE(counters.connections_opened, old.connections_opened) << "seed " << seed;
        increase += counters.client_payload_bytes - old.client_payload_bytes;
      }
      ASSERT_GE(exposition.snapshot->edges.retired.client_payload_bytes, retired_before);
      retired_before = exposition.snapshot->edges.retired.client_payload_bytes;
      if (settled) {
        ASSERT_EQ(increase, totals.client_payload_bytes - totals_before.client_payload_bytes) << "seed " << seed;
      }
      totals_before = totals;
      before = now;
    }
    EXPECT_GT(retired_before, 0) << "no edge ever retired, so the test tried too little";
  }
}

TEST(Laws, TheHeaviestConnectionsOfTheWindowAreExported) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const ExpositionLimits limits = {2000, 50};
    Pipeline pipeline(limits, 20, 60 * kSecondNs);
    Crowd crowd(seed, &pipeline);
    for (int i = 0; i < 10; ++i) {
      for (int j = 0; j < 2000; ++j) crowd.Go();
      const Exposition exposition = pipeline.Expose(crowd.now_ns() + kSecondNs);
      ASSERT_EQ(exposition.connections.size(), limits.connections);
      std::map<Endpoint, uint64_t> left_out = crowd.payload_bytes();
      uint64_t lightest_exported = UINT64_MAX;
      for (const ExportedConnection& exported : exposition.connections) {
        lightest_exported = std::min(lightest_exported, left_out.at(exported.connection->client));
        left_out.erase(exported.connection->client);
      }
      for (const auto& [client, bytes] : left_out) {
        ASSERT_LE(static_cast<double>(bytes), kHysteresis * static_cast<double>(lightest_exported)) << "seed " << seed;
      }
    }
  }
}

TEST(Laws, TwoReadersSeeTheSame) {
  Pipeline pipeline({2000, 50}, 50, 60 * kSecondNs);
  Crowd crowd(1, &pipeline);
  for (int j = 0; j < 5000; ++j) crowd.Go();
  const Exposition first = pipeline.Expose(crowd.now_ns());
  const Exposition second = MakeExposition(first.snapshot, {2000, 50}, {});
  ASSERT_EQ(first.connections.size(), second.connections.size());
  for (size_t i = 0; i < first.connections.size(); ++i) {
    EXPECT_EQ(first.connections[i].connection, second.connections[i].connection);
  }
  EXPECT_EQ(EdgesOf(first).size(), EdgesOf(second).size());
}

TEST(Laws, FewConnectionsGetSeries) {
  constexpr size_t kConnections = 20;
  constexpr size_t kNew = 10;
  Pipeline pipeline({600, kConnections}, 20, kSecondNs, SeriesChoiceOptions{kConnections, kNew, kSecondNs});
  Crowd crowd(1, &pipeline);
  std::set<std::pair<Endpoint, Endpoint>> had_series;
  for (int64_t due_ns = kTestStartNs; due_ns < kTestStartNs + 5 * kSecondNs; due_ns += kSecondNs / 2) {
    while (crowd.now_ns() < due_ns) crowd.Go();
    const Exposition exposition = pipeline.Expose(crowd.now_ns());
    ASSERT_LE(exposition.connections.size(), kConnections);
    for (const ExportedConnection& exported : exposition.connections) {
      had_series.insert({exported.connection->client, exported.connection->server});
    }
    const Snapshot& snapshot = *exposition.snapshot;
    ASSERT_LE(had_series.size(), snapshot.connections_admitted);
    ASSERT_LE(snapshot.connections_admitted, kConnections + kNew) << "thousands began within the minute";
    ASSERT_EQ(exposition.connections_not_exported + exposition.connections.size(),
              snapshot.connections.size() + snapshot.ended_connections.size());
  }
  EXPECT_GT(had_series.size(), kConnections) << "the test tried too little";
}

TEST(Laws, WhatIsLeftOutIsCounted) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    Pipeline pipeline({600, 20}, 20, 3 * kSecondNs);
    Crowd crowd(seed, &pipeline);
    for (int i = 0; i < 10; ++i) {
      for (int j = 0; j < 2000; ++j) crowd.Go();
      const Exposition exposition = pipeline.Expose(crowd.now_ns());
      const Snapshot& snapshot = *exposition.snapshot;
      uint64_t confirmed = 0;
      for (const uint64_t count : snapshot.totals.connections) confirmed += count;
      ASSERT_EQ(exposition.connections_not_exported + exposition.connections.size(),
                confirmed + snapshot.ended_connections.size());
      ASSERT_EQ(snapshot.edges.folded, snapshot.edges.other.connections_opened);
      ASSERT_EQ(EdgesOf(exposition).size(), snapshot.edges.exported.size() + 1) << "and the edge other";
      ASSERT_EQ(exposition.services.size(),
                std::min(snapshot.edges.exported.size() * EdgeServices::kMax, PlanSeries({600, 20}).services));
    }
  }
}

}  // namespace
}  // namespace tcpgauge
