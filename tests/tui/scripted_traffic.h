// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_TUI_SCRIPTED_TRAFFIC_H_
#define TCPGAUGE_TESTS_TUI_SCRIPTED_TRAFFIC_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string_view>

#include "src/base/time_units.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// The start of scripted traffic (2023-11-14 22:13:20 UTC), in nanoseconds of the Unix epoch.
constexpr int64_t kScriptStartNs = 1700000000 * kNanosecondsPerSecond;

// REQUIRES: `address` is a valid IP address.
inline Endpoint EndpointOf(std::string_view address, uint16_t port) { return {*IpAddress::Parse(address), port}; }

// Returns an established connection without counted traffic. `client_rate` and `server_rate` are what the client and
// the server send, in payload bytes per second. The connection starts `id` nanoseconds after kScriptStartNs, so a
// higher id means a younger connection. A test changes the other fields that it needs.
inline ConnectionSummary ScriptedConnection(uint64_t id, const Endpoint& client, const Endpoint& server,
                                            double client_rate = 0, double server_rate = 0) {
  ConnectionSummary connection;
  connection.id = id;
  connection.client = client;
  connection.server = server;
  connection.service = server;
  connection.state = ConnectionState::kEstablished;
  connection.role = Role::kObserved;
  connection.client_sent.payload_bytes_per_second = client_rate;
  connection.server_sent.payload_bytes_per_second = server_rate;
  connection.start_time_ns = kScriptStartNs + static_cast<int64_t>(id);
  connection.last_packet_time_ns = kScriptStartNs;
  return connection;
}

// Returns the snapshot of scripted traffic at `second` seconds after kScriptStartNs, with `count` connections. Equal
// arguments give equal snapshots. Every seventh connection is busy, and its rates change each second. The others are
// idle. The connection with the most payload comes first.
inline std::shared_ptr<const Snapshot> ScriptedTraffic(size_t count, int64_t second) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->sequence = static_cast<uint64_t>(second) + 1;
  snapshot->capture_start_time_ns = kScriptStartNs;
  snapshot->time_ns = kScriptStartNs + second * kNanosecondsPerSecond;
  snapshot->interfaces.push_back({{}, "eth0", true});
  for (size_t i = 0; i < count; ++i) {
    const auto low = static_cast<uint8_t>(i % 250 + 1);
    const auto middle = static_cast<uint8_t>(i / 250 % 250);
    const uint8_t client4[4] = {10, 77, middle, low};
    uint8_t client6[16] = {0x20, 1, 0x0d, 0xb8, 0x85, 0xa3, 0, 0, 0, 0, 0x8a, 0x2e, 3, 0x70, middle, low};
    const uint8_t server4[4] = {192, 168, 1, static_cast<uint8_t>(i % 9 + 1)};
    const bool v6 = i % 5 == 3;
    const Endpoint client = {v6 ? IpAddress::FromV6(client6) : IpAddress::FromV4(client4),
                             static_cast<uint16_t>(32768 + i % 28000)};
    const Endpoint server = {v6 ? *IpAddress::Parse("2001:db8::443") : IpAddress::FromV4(server4),
                             static_cast<uint16_t>(i % 3 == 0 ? 443 : 5432)};
    const bool busy = i % 7 == 0;
    const double rate =
        busy ? static_cast<double>(1000 + i * 37 % 5000 * ((static_cast<size_t>(second) + i) % 11 + 1)) : 0;
    ConnectionSummary connection = ScriptedConnection(i + 1, client, server, rate / 8, rate);
    connection.client_sent.payload_bytes = static_cast<uint64_t>(rate / 8) * snapshot->sequence;
    connection.server_sent.payload_bytes = static_cast<uint64_t>(rate) * snapshot->sequence;
    connection.server_sent.retransmitted_segments = i % 13 == 0 ? static_cast<uint32_t>(i % 40) : 0;
    connection.server_min_rtt_ns =
        i % 6 == 5 ? ConnectionSummary::kUnknown : static_cast<int64_t>(100000 + i * 7919 % 90000000);
    connection.client_min_rtt_ns = 50000;
    connection.state = i % 17 == 5   ? ConnectionState::kClosing
                       : i % 23 == 7 ? ConnectionState::kSynSent
                                     : connection.state;
    if (busy) connection.last_packet_time_ns = snapshot->time_ns;
    snapshot->connections.push_back(connection);
  }
  std::sort(snapshot->connections.begin(), snapshot->connections.end(),
            [](const ConnectionSummary& a, const ConnectionSummary& b) {
              return a.payload_bytes() != b.payload_bytes() ? a.payload_bytes() > b.payload_bytes() : a.id < b.id;
            });
  return snapshot;
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_TUI_SCRIPTED_TRAFFIC_H_
