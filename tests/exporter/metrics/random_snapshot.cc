// SPDX-License-Identifier: Apache-2.0
#include "tests/exporter/metrics/random_snapshot.h"

#include <cstring>
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
    connection.rtt_ns = Below(3) == 0 ? ConnectionSummary::kUnknown : static_cast<int64_t>(Below(1000000000));
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
    return edge;
  }

  std::mt19937_64 random_;
  const bool any_;
};

}  // namespace

Snapshot RandomSnapshot(uint64_t seed, size_t connection_count, Values values) {
  return Generator(seed, values).Make(connection_count);
}

}  // namespace tcpgauge
