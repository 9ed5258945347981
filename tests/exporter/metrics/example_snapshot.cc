// SPDX-License-Identifier: Apache-2.0
#include "tests/exporter/metrics/example_snapshot.h"

#include <utility>

#include "exporter/metrics/make_exposition.h"

namespace tcpgauge {
namespace {

constexpr int64_t kNow = 1700000000250000000;

}  // namespace

ConnectionSummary ExampleConnection(uint64_t id, const std::string& client_address, uint16_t client_port) {
  ConnectionSummary connection;
  connection.id = id;
  connection.client = {*IpAddress::Parse(client_address), client_port};
  connection.server = {*IpAddress::Parse("192.0.2.1"), 443};
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
  snapshot.interfaces[0].duplicate_packets = 2;
  snapshot.interfaces[1].name = "wlan0";
  snapshot.interfaces[1].duplicate_packets = 4;
  snapshot.interfaces[1].up = false;

  ConnectionSummary heavy = ExampleConnection(11, "198.51.100.7", 50000);
  heavy.client_sent.payload_bytes = 1234;
  heavy.server_sent.payload_bytes = 9007199254740993;
  heavy.client_sent.payload_bytes_per_second = 100.5;
  heavy.server_sent.payload_bytes_per_second = 1e9 / 3;
  heavy.server_sent.retransmitted_segments = 9;
  heavy.rtt_ns = 12345678;
  heavy.window_payload_bytes = 5000;
  ConnectionSummary middle = ExampleConnection(12, "2001:db8::1", 50001);
  middle.interface = 1;
  middle.window_payload_bytes = 400;
  middle.rtt_ns = 250000;
  ConnectionSummary light = ExampleConnection(13, "198.51.100.8", 50002);
  light.state = ConnectionState::kReset;
  light.last_packet_time_ns = kNow + 1;  // younger than the snapshot
  snapshot.connections = {heavy, middle, light};
  snapshot.connections_not_listed = 6;

  snapshot.decode_errors = {{"truncated_tcp", 3}, {"ip_version", 0}};
  snapshot.overflows = {{"sequence_gaps", 2}};
  snapshot.totals.client_payload_bytes = 77777;
  snapshot.totals.server_payload_bytes = 88888;
  snapshot.totals.client_retransmitted_segments = 1;
  snapshot.totals.server_retransmitted_segments = 9;
  snapshot.totals.out_of_order_segments = 4;
  snapshot.totals.zero_windows = 2;
  snapshot.totals.opened_handshake = 40;
  snapshot.totals.opened_midstream = 10;
  snapshot.totals.closed = {20, 10, 5, 3, 2, 1};
  snapshot.totals.connections = {1, 0, 7, 0, 0, 1};
  for (const double rtt : {0.0001, 0.003, 0.2, 9.0}) snapshot.totals.handshake_rtt_seconds.Observe(rtt);
  snapshot.totals.connection_duration_seconds.Observe(12.5);
  snapshot.totals.connection_payload_bytes.Observe(0);
  return snapshot;
}

ProcessStats ExampleProcess() {
  ProcessStats process;
  process.cpu_seconds = 12.25;
  process.open_fds = 17;
  process.max_fds = 1024;
  process.virtual_memory_bytes = 123456789;
  process.resident_memory_bytes = 23456789;
  process.start_time_seconds = 1699999900.5;
  return process;
}

PushStats ExamplePush() {
  PushStats push;
  push.pushes = 90;
  push.failures = {5, 4, 3, 2, 1};
  push.data_points_sent = 450000;
  push.data_points_rejected = 6;
  push.data_points_dropped = 5000;
  push.queued_requests = 2;
  push.queued_bytes = 654321;
  return push;
}

Exposition ExampleExposition(Snapshot snapshot, size_t connection_limit) {
  return MakeExposition(std::make_shared<const Snapshot>(std::move(snapshot)), {1000000, connection_limit},
                        {"1.2.3", "0123abc"}, ExampleProcess(), 0.0025,
                        {ExamplePush(), ConnectionLogStats{5000, 3, 4}});
}

}  // namespace tcpgauge
