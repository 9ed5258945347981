// SPDX-License-Identifier: Apache-2.0
#include "tests/exporter/metrics/example_snapshot.h"

#include <numeric>
#include <utility>

#include "exporter/metrics/make_exposition.h"
#include "src/naming/identity_pool.h"

namespace tcpgauge {
namespace {

constexpr int64_t kNow = 1700000000250000000;
constexpr size_t kSeriesLimit = 1000000;

void DescribeAgent(AgentMetrics* metrics) {
  metrics->Gauge(Metric::kBuildInfo, {"1.2.3", "0123abc"}).Set(1);
  metrics->Gauge(Metric::kSeriesLimit).Set(kSeriesLimit);
  metrics->Gauge(Metric::kScrapeDuration).Set(0.0025);
  metrics->Gauge(Metric::kRateWindow).Set(1);
}

void CountOutputs(AgentMetrics* metrics) {
  for (const char* route : {"/", "/metrics"}) {
    for (const char* code : {"503", "405", "404", "401", "400", "200"}) {
      metrics->Counter(Metric::kHttpRequests, {route, code}).Increment(50);
    }
  }
  metrics->Counter(Metric::kHttpRequests, {"other", "other"}).Increment(2);
  for (const double seconds : {0.0005, 0.02, 3.0}) {
    metrics->Histogram(Metric::kHttpRequestDuration, {0.001, 0.01, 0.1, 1}).Observe(seconds);
  }
  metrics->Gauge(Metric::kWebConfigReloadSuccessful).Set(1);
  metrics->Gauge(Metric::kWebConfigReloadSuccessTime).Set(1699999950.5);
  metrics->Counter(Metric::kConnectionLogLines).Increment(5000);
  metrics->Counter(Metric::kConnectionLogLost, {"queue_full"}).Increment(3);
  metrics->Counter(Metric::kConnectionLogLost, {"write_error"}).Increment(4);
  metrics->Counter(Metric::kLogLinesLost).Increment(7);
  metrics->Counter(Metric::kOtlpPushes).Increment(90);
  double failures = 5;
  for (const char* reason : {"connection", "timeout", "throttled", "unavailable", "rejected"}) {
    metrics->Counter(Metric::kOtlpPushFailures, {reason}).Increment(failures--);
  }
  metrics->Counter(Metric::kOtlpDataPointsSent).Increment(450000);
  metrics->Counter(Metric::kOtlpDataPointsRejected).Increment(6);
  metrics->Counter(Metric::kOtlpDataPointsDropped).Increment(5000);
  metrics->Gauge(Metric::kOtlpQueueRequests).Set(2);
  metrics->Gauge(Metric::kOtlpQueueBytes).Set(654321);
}

// Sets fixed values for the metrics that ProcessMetrics collects.
void DescribeProcess(AgentMetrics* metrics) {
  metrics->Counter(Metric::kProcessCpu).Increment(12.25);
  metrics->Gauge(Metric::kProcessOpenFds).Set(17);
  metrics->Gauge(Metric::kProcessMaxFds).Set(1024);
  metrics->Gauge(Metric::kProcessVirtualMemory).Set(123456789);
  metrics->Gauge(Metric::kProcessResidentMemory).Set(23456789);
  metrics->Gauge(Metric::kProcessStartTime).Set(1699999900.5);
}

EdgeView ExampleEdge() {
  EdgeView edge;
  edge.key = {*IpAddress::Parse("198.51.100.7"), {*IpAddress::Parse("192.0.2.1"), 443}};
  edge.counters.client_payload_bytes = 1234;
  edge.counters.response_count = 4;
  edge.counters.response_sum_seconds = 0.004375;
  for (const double seconds : {0.0, 0.000375, 0.002, 0.002}) edge.distributions.response_seconds.Observe(seconds);
  edge.start_time_ns = kNow - 50000000000;
  edge.services.Add({*IpAddress::Parse("203.0.113.10"), 8443});
  edge.services.Add({*IpAddress::Parse("192.0.2.1"), 30443});
  return edge;
}

// Who the ends of the example's workload edge are, which addresses and listeners they have, and what the agent counted.
void AddNames(Snapshot* snapshot) {
  const IdentityRef web = ExampleIdentity("shop", "web", "web-7d4b9c-x2x1z");
  const IdentityRef db = ExampleIdentity("shop", "db", "db-0");
  WorkloadEdgesView& workloads = snapshot->workload_edges;
  WorkloadEdgeView& edge = workloads.exported.emplace_back();
  edge.key.client.workload_number = web->workload_number;
  edge.key.server.workload_number = db->workload_number;
  edge.key.server_port = 5432;
  edge.key.reporter = Reporter::kServer;
  edge.client = web;
  edge.server = db;
  edge.counters.client_payload_bytes = 600;
  edge.counters.server_payload_bytes = 7000;
  edge.counters.connections_opened = 30;
  edge.counters.connections_refused = 4;
  edge.counters.connections_timed_out = 5;
  edge.counters.segments = 80;
  edge.counters.retransmitted_segments = 3;
  edge.counters.handshake_rtt_count = 25;
  edge.counters.handshake_rtt_sum_seconds = 0.5;
  for (int i = 0; i < 25; ++i) edge.distributions.handshake_rtt_seconds.Observe(0.02);
  edge.counters.response_count = 1;
  edge.counters.response_sum_seconds = 0.75;
  edge.distributions.response_seconds.Observe(0.75);
  edge.counters.connections = 2;
  edge.start_time_ns = kNow - 40000000000;
  workloads.other[static_cast<size_t>(Reporter::kTransit)].client_payload_bytes = 11;
  workloads.other[static_cast<size_t>(Reporter::kTransit)].response_count = 1;
  workloads.other[static_cast<size_t>(Reporter::kTransit)].response_sum_seconds = 2.5;
  workloads.other_distributions[static_cast<size_t>(Reporter::kTransit)].response_seconds.Observe(2.5);
  workloads.zones = {{"eu-1a", "eu-1b", 7600}};
  workloads.lookups_found = 70;
  workloads.lookups_unknown = 12;
  auto map = std::make_shared<IdentityMap>();
  const IpAddress address = *IpAddress::Parse("10.42.0.7");
  map->addresses.emplace(address, db);
  map->local_addresses.insert(address);
  map->listener_queues = {{{address, 5432}, db, 3, 128, 9}};
  snapshot->identity_map = map;
  snapshot->identity_counters.sources = {{"cgroup", true}, {"kubernetes-pods", false}};
  snapshot->identity_counters.endpoints = 250;
  snapshot->identity_counters.relists = 2;
  snapshot->identity_counters.events = 345;
  snapshot->identity_counters.overflows = {{"identities", 6}};
}

}  // namespace

IdentityRef ExampleIdentity(const std::string& namespace_name, const std::string& workload, const std::string& pod) {
  static IdentityPool* const pool = new IdentityPool;
  EndIdentity identity;
  identity.namespace_name = namespace_name;
  identity.workload = workload;
  identity.workload_kind = "Deployment";
  identity.pod = pod;
  identity.node = "node-7";
  identity.zone = "eu-1a";
  return pool->Get(identity);
}

ConnectionSummary ExampleConnection(uint64_t id, const std::string& client_address, uint16_t client_port) {
  ConnectionSummary connection;
  connection.id = id;
  connection.client = {*IpAddress::Parse(client_address), client_port};
  connection.server = {*IpAddress::Parse("192.0.2.1"), 443};
  connection.service = connection.server;
  connection.state = ConnectionState::kEstablished;
  connection.start_time_ns = connection.last_packet_time_ns = kNow - 1000000000;
  return connection;
}

Snapshot ExampleSnapshot() {
  Snapshot snapshot;
  snapshot.sequence = 7;
  snapshot.time_ns = kNow;
  snapshot.capture_start_time_ns = kNow - 60000000000;
  snapshot.interfaces.resize(2);
  snapshot.interfaces[0].name = "eth0";
  snapshot.interfaces[0].packets = {1000, 20, 3, 1};
  snapshot.interfaces[0].wire_bytes = {1000000, 2000, 300, 60};
  snapshot.interfaces[0].dropped_packets = 5;
  snapshot.interfaces[0].duplicate_packets = {2, 0, 1};
  snapshot.interfaces[1].name = "wlan0";
  snapshot.interfaces[1].duplicate_packets = {4, 3, 4};
  snapshot.interfaces[1].up = false;
  snapshot.retired_interfaces.packets = {40, 30, 20, 10};
  snapshot.retired_interfaces.wire_bytes = {4000, 3000, 2000, 1000};
  snapshot.retired_interfaces.dropped_packets = 6;
  snapshot.retired_interfaces.duplicate_packets = {7, 8, 9};

  ConnectionSummary heavy = ExampleConnection(11, "198.51.100.7", 50000);
  heavy.client_sent.payload_bytes = 1234;
  heavy.server_sent.payload_bytes = 9007199254740993;
  heavy.client_sent.payload_bytes_per_second = 100.5;
  heavy.server_sent.payload_bytes_per_second = 1e9 / 3;
  heavy.server_sent.retransmitted_segments = 9;
  heavy.rtt_ns = 40000000;
  heavy.server_min_rtt_ns = 12300000;
  heavy.client_min_rtt_ns = 45678;
  heavy.window_payload_bytes = 5000;
  ConnectionSummary middle = ExampleConnection(12, "2001:db8::1", 50001);
  middle.interface = 1;
  middle.window_payload_bytes = 400;
  middle.rtt_ns = 300000;
  middle.server_min_rtt_ns = 50000;
  middle.client_min_rtt_ns = 200000;
  ConnectionSummary light = ExampleConnection(13, "198.51.100.8", 50002);
  light.state = ConnectionState::kReset;
  light.server_min_rtt_ns = 1000000;     // half of it is unknown
  light.last_packet_time_ns = kNow + 1;  // newer than the snapshot
  snapshot.connections = {heavy, middle, light};
  snapshot.connections_with_series = {0, 1, 2};
  snapshot.connections_not_listed = 6;

  snapshot.decode_errors = {{"truncated_tcp", 3}, {"ip_version", 0}};
  snapshot.overflows = {{"sequence_gaps", 2}};
  snapshot.edges.exported = {ExampleEdge()};
  snapshot.edges.pending_attempts = 3;
  snapshot.totals.client_payload_bytes = 77777;
  snapshot.totals.server_payload_bytes = 88888;
  snapshot.totals.client_retransmitted_segments = 1;
  snapshot.totals.server_retransmitted_segments = 9;
  snapshot.totals.out_of_order_segments = 4;
  snapshot.totals.zero_windows = 2;
  snapshot.totals.keep_alives = 6;
  snapshot.totals.window_probes = 5;
  snapshot.totals.resets_ignored = 3;
  snapshot.totals.late_segments = 8;
  snapshot.totals.opened_handshake = 40;
  snapshot.totals.opened_midstream = 10;
  snapshot.totals.closed = {20, 10, 5, 3, 2, 1};
  snapshot.totals.connections = {1, 0, 7, 0, 0, 1};
  for (const double rtt : {0.00001, 0.003, 0.2, 90.0}) snapshot.totals.handshake_rtt_seconds.Observe(rtt);
  snapshot.totals.connection_duration_seconds.Observe(12.5);
  snapshot.totals.connection_payload_bytes.Observe(0);
  AddNames(&snapshot);
  return snapshot;
}

const AgentMetrics& ExampleAgentMetrics() {
  static const AgentMetrics* const metrics = [] {
    auto* const made = new AgentMetrics;
    DescribeAgent(made);
    CountOutputs(made);
    DescribeProcess(made);
    return made;
  }();
  return *metrics;
}

Exposition ExampleExposition(Snapshot snapshot, size_t connection_limit) {
  snapshot.connections_with_series.resize(snapshot.connections.size());
  std::iota(snapshot.connections_with_series.begin(), snapshot.connections_with_series.end(), 0);
  ExpositionLimits limits = {kSeriesLimit, connection_limit};
  limits.workload_edges = 60;
  return MakeExposition(std::make_shared<const Snapshot>(std::move(snapshot)), limits, {&ExampleAgentMetrics()});
}

}  // namespace tcpgauge
