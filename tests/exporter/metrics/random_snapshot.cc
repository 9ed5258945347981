// SPDX-License-Identifier: Apache-2.0
#include "tests/exporter/metrics/random_snapshot.h"

#include <cstring>
#include <memory>
#include <random>
#include <string>

namespace tcpgauge {
namespace {

class Generator {
 public:
  Generator(uint64_t seed, Values values) : random_(seed), any_(values == Values::kAny) {}

  Snapshot Make(size_t connection_count) {
    Snapshot snapshot;
    snapshot.time_ns = 1700000000000000000 + static_cast<int64_t>(Below(1000000000));
    snapshot.rate_window_seconds = Double(60);
    snapshot.connections_not_listed = Below(1000);
    snapshot.interfaces.resize(1 + Below(4));
    for (InterfaceView& interface : snapshot.interfaces) {
      interface.name = Name();
      for (uint64_t& count : interface.packets) count = Count();
      for (uint64_t& count : interface.wire_bytes) count = Count();
      interface.dropped_packets = Count();
      for (uint64_t& count : interface.duplicate_packets) count = Count();
      interface.up = Below(2) == 0;
    }
    snapshot.decode_errors = {{"truncated_link", Count()}, {"ip_version", Count()}};
    snapshot.overflows = {{"sequence_gaps", Count()}};
    FillTotals(&snapshot.totals);
    for (uint16_t port = 1; port <= static_cast<uint16_t>(Below(4)); ++port)
      snapshot.edges.exported.push_back(Edge(port));
    snapshot.edges.pending_attempts = Count();
    for (size_t i = 0; i < connection_count; ++i) {
      snapshot.connections.push_back(Connection(i, snapshot));
      snapshot.connections_with_series.push_back(static_cast<uint32_t>(i));
    }
    return snapshot;
  }

  void AddNames(Snapshot* snapshot) {
    for (EdgeView& edge : snapshot->edges.exported) {
      if (Below(3) != 0) edge.client = Identity();
      if (Below(3) != 0) edge.server = Identity();
      if (any_ && Below(2) == 0) edge.key = snapshot->edges.exported[0].key;
    }
    WorkloadEdgesView& workloads = snapshot->workload_edges;
    for (uint16_t port = 1; port <= static_cast<uint16_t>(Below(5)); ++port) {
      WorkloadEdgeView& edge = workloads.exported.emplace_back();
      edge.key.server_port = any_ ? 1 : port;
      edge.key.reporter = static_cast<Reporter>(Below(3));
      if (Below(3) != 0) edge.client = Identity();
      if (Below(3) != 0) edge.server = Identity();
      if (Below(2) == 0) edge.key.client.prefix = Address();
      edge.counters.client_payload_bytes = Count();
      edge.counters.handshake_rtt_sum_seconds = Double(100);
      AddResponses(&edge.counters, &edge.distributions);
    }
    for (EdgeCounters& other : workloads.other) other.server_payload_bytes = Count();
    for (uint64_t pairs = Below(3); pairs > 0; --pairs) {
      workloads.zones.push_back({"zone-" + std::to_string(pairs), "zone-" + std::to_string(Below(3)), Count()});
    }
    workloads.lookups_found = Count();
    auto map = std::make_shared<IdentityMap>();
    for (uint64_t addresses = Below(4); addresses > 0; --addresses) {
      const IpAddress address = Address();
      map->addresses.emplace(address, Identity());
      map->local_addresses.insert(address);
    }
    for (uint16_t port = 1; port <= static_cast<uint16_t>(Below(4)); ++port) {
      map->listener_queues.push_back(
          {{Address(), port}, Below(2) == 0 ? Identity() : nullptr, Count(), Count(), Count()});
    }
    snapshot->identity_map = map;
    snapshot->identity_counters.sources = {{"cgroup", Below(2) == 0}};
    snapshot->identity_counters.events = Count();
  }

 private:
  uint64_t Below(uint64_t bound) { return random_() % bound; }

  uint64_t Count() { return any_ ? random_() >> Below(64) : Below(uint64_t{1} << Below(50)); }

  double Double(double scale) {
    if (!any_) return scale * static_cast<double>(random_() >> 11) * 0x1p-53;
    const uint64_t bits = random_();
    double number;
    std::memcpy(&number, &bits, sizeof(number));
    return number;
  }

  std::string Name() {
    if (!any_) return "eth" + std::to_string(Below(1000));
    std::string name(Below(6), '\0');
    for (char& c : name) c = Below(3) == 0 ? "\"\\\n{},="[Below(7)] : static_cast<char>(random_());
    return name;
  }

  IpAddress Address() {
    uint8_t bytes[16] = {0x20, 0x01, 0x0d, 0xb8};
    for (int i = 12; i < 16; ++i) bytes[i] = static_cast<uint8_t>(random_());
    if (Below(4) == 0) return IpAddress::FromV6(bytes);
    // With Values::kAny there are few addresses, so that many connections have equal labels.
    return IpAddress::FromV4({10, 0, any_ ? uint8_t{0} : bytes[14], any_ ? uint8_t{1} : bytes[15]});
  }

  // A name of 1 to 3 letters. With Values::kAny, any bytes, or empty.
  std::string Label() { return any_ ? Name() : std::string(1 + Below(3), static_cast<char>('a' + Below(26))); }

  // Members may be unknown. All identities have different numbers.
  IdentityRef Identity() {
    auto identity = std::make_shared<NumberedIdentity>();
    identity->number = identity->label_number = ++last_identity_;
    for (auto name : {&EndIdentity::namespace_name, &EndIdentity::workload, &EndIdentity::pod, &EndIdentity::service,
                      &EndIdentity::workload_kind}) {
      if (Below(3) != 0) identity->identity.*name = Label();
    }
    identity->identity.is_guess = Below(2) == 0;
    return identity;
  }

  void FillTotals(Totals* totals) {
    totals->client_payload_bytes = Count();
    totals->server_payload_bytes = Count();
    totals->client_retransmitted_segments = Count();
    totals->server_retransmitted_segments = Count();
    totals->out_of_order_segments = Count();
    totals->zero_windows = Count();
    totals->keep_alives = Count();
    totals->window_probes = Count();
    totals->resets_ignored = Count();
    totals->late_segments = Count();
    totals->opened_handshake = Count();
    totals->opened_midstream = Count();
    for (uint64_t& count : totals->closed) count = Count();
    for (uint64_t& count : totals->connections) count = Count();
    for (int i = 0; i < 50; ++i) {
      totals->handshake_rtt_seconds.Observe(Double(3));
      totals->connection_duration_seconds.Observe(Double(100));
      totals->connection_payload_bytes.Observe(static_cast<double>(Count()));
    }
  }

  DirectionSummary Direction() {
    DirectionSummary direction;
    direction.payload_bytes = Count();
    direction.retransmitted_segments = static_cast<uint32_t>(random_() >> (32 + Below(32)));
    direction.payload_bytes_per_second = Double(1e9);
    return direction;
  }

  ConnectionSummary Connection(size_t index, const Snapshot& snapshot) {
    ConnectionSummary connection;
    connection.id = index;
    connection.client = {Address(), static_cast<uint16_t>(any_ ? Below(3) : random_())};
    connection.server = {Address(), static_cast<uint16_t>(any_ ? Below(3) : 443)};
    connection.state = static_cast<ConnectionState>(Below(kConnectionStateCount));
    connection.interface = static_cast<uint32_t>(Below(snapshot.interfaces.size()));
    connection.client_sent = Direction();
    connection.server_sent = Direction();
    connection.last_packet_time_ns = snapshot.time_ns + 1000 - static_cast<int64_t>(Below(uint64_t{1} << Below(45)));
    connection.server_min_rtt_ns =
        Below(3) == 0 ? ConnectionSummary::kUnknown : static_cast<int64_t>(Below(1000000000));
    connection.client_min_rtt_ns = 500000;
    return connection;
  }

  // An edge of a server port that no other edge has.
  EdgeView Edge(uint16_t port) {
    EdgeView edge;
    edge.key = {Address(), {Address(), port}};
    edge.counters.client_payload_bytes = Count();
    edge.counters.server_payload_bytes = Count();
    for (uint64_t services = Below(4); services > 0; --services) {
      edge.services.Add({Address(), static_cast<uint16_t>(random_())});
    }
    AddResponses(&edge.counters, &edge.distributions);
    return edge;
  }

  void AddResponses(EdgeCounters* counters, EdgeDistributions* distributions) {
    for (uint64_t responses = Below(50); responses > 0; --responses) {
      const double seconds = Double(0.1);
      ++counters->response_count;
      counters->response_sum_seconds += seconds;
      distributions->response_seconds.Observe(seconds);
    }
  }

  std::mt19937_64 random_;
  uint32_t last_identity_ = 0;
  const bool any_;
};

}  // namespace

Snapshot RandomSnapshot(uint64_t seed, size_t connection_count, Values values) {
  return Generator(seed, values).Make(connection_count);
}

void AddRandomNames(uint64_t seed, Values values, Snapshot* snapshot) { Generator(seed, values).AddNames(snapshot); }

}  // namespace tcpgauge
