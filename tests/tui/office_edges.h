// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_TUI_OFFICE_EDGES_H_
#define TCPGAUGE_TESTS_TUI_OFFICE_EDGES_H_

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "src/snapshot/snapshot.h"
#include "tests/support/example_identities.h"
#include "tests/tui/scripted_traffic.h"

namespace tcpgauge {

// What an edge was credited with in a second.
struct EdgeSecond {
  uint64_t up_bytes = 0;
  uint64_t down_bytes = 0;
  uint64_t segments = 0;
  uint64_t retransmitted = 0;
  uint64_t refused = 0;
  uint64_t responses = 0;
  double response_seconds = 0;  // of each
};

// Appends an edge that has been credited with `each` in each of `seconds` seconds.
inline void AddOfficeEdge(std::string_view client, std::string_view server, uint16_t port, int64_t open,
                          int64_t seconds, const EdgeSecond& each, Snapshot* snapshot,
                          IdentityRef client_identity = nullptr, IdentityRef server_identity = nullptr) {
  EdgeView edge;
  edge.key.client = *IpAddress::Parse(client);
  edge.key.server = EndpointOf(server, port);
  edge.client = std::move(client_identity);
  edge.server = std::move(server_identity);
  EdgeCounters change;
  change.client_payload_bytes = each.up_bytes;
  change.server_payload_bytes = each.down_bytes;
  change.segments = each.segments;
  change.retransmitted_segments = each.retransmitted;
  change.connections_refused = each.refused;
  change.response_count = each.responses;
  change.response_sum_seconds = each.response_seconds * static_cast<double>(each.responses);
  for (int64_t i = 0; i < seconds; ++i) AddEdgeCounters(change, &edge.counters);
  edge.counters.connections = open;
  edge.counters.handshake_rtt_count = 10;
  edge.counters.handshake_rtt_sum_seconds = 0.23;
  snapshot->edges.exported.push_back(std::move(edge));
  snapshot->edge_changes.exported.push_back(change);
}

// What the router of a small office sees at `second`: one service that is busy, one that fails, one that is slow, one
// that is lossy, and one that was silent lately.
inline std::shared_ptr<Snapshot> OfficeEdges(int64_t second) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->sequence = static_cast<uint64_t>(second) + 1;
  snapshot->capture_start_time_ns = kScriptStartNs;
  snapshot->time_ns = kScriptStartNs + (3600 + second) * kNanosecondsPerSecond;
  snapshot->interfaces.push_back({{}, "eth0", true});
  snapshot->interfaces.push_back({{}, "wlan0", false});
  snapshot->edge_changes.seconds = 1;
  const IdentityRef web = ExamplePod(), unit = ExampleUnit(), guess = ExampleGuess();
  snapshot->identities = {nullptr, web, unit, guess};
  const int64_t seconds = 3600 + second;
  const uint64_t wave = static_cast<uint64_t>(second) % 8 + 1;
  AddOfficeEdge("192.168.100.200", "198.51.100.17", 443, 12, seconds,
                {5000 * wave, 1100000 * wave, 800, 0, 0, 3, 0.012}, snapshot.get(), nullptr, web);
  AddOfficeEdge("192.168.100.201", "198.51.100.17", 443, 3, seconds, {900, 70000, 80, 0, 0, 1, 0.020}, snapshot.get(),
                nullptr, web);
  AddOfficeEdge("2001:db8:85a3:1111:2222:8a2e:370:7334", "2001:db8::53", 443, 1, seconds,
                {2500000, 60000, 2000, 60, 0, 0, 0}, snapshot.get(), guess, nullptr);
  AddOfficeEdge("192.168.100.9", "203.0.113.9", 8080, 0, seconds, {0, 0, 0, 0, 2, 0, 0}, snapshot.get());
  AddOfficeEdge("192.168.100.8", "203.0.113.200", 5432, 20, seconds, {3000, 9000, 30, 0, 0, 2, 1.5}, snapshot.get(),
                nullptr, unit);
  AddOfficeEdge("192.168.100.7", "192.168.100.1", 22, 1, 0, {120, 800, 9, 0, 0, 5, 0.0005}, snapshot.get());
  snapshot->edge_changes.exported.back() = EdgeCounters();
  snapshot->edges.exported.back().counters.segments = 50;
  snapshot->edges.other.client_payload_bytes = 1234567;
  snapshot->edge_changes.other.client_payload_bytes = 1234;
  // The lossy one and the silent one are behind the second interface.
  snapshot->has_interface_accounts = true;
  snapshot->edge_changes.interfaces.resize(2);
  for (size_t i = 0; i < snapshot->edges.exported.size(); ++i) {
    const size_t at = i == 2 || i == 5 ? 1 : 0;
    InterfaceView& interface = snapshot->interfaces[at];
    AddEdgeCounters(snapshot->edges.exported[i].counters, &interface.account);
    AddEdgeCounters(snapshot->edge_changes.exported[i], &snapshot->edge_changes.interfaces[at]);
    interface.open_connections += std::exchange(interface.account.connections, 0);
  }
  for (uint32_t i = 0; i < 3; ++i) {
    snapshot->connections.push_back(ScriptedConnection(i + 1,
                                                       EndpointOf("192.168.100.200", static_cast<uint16_t>(51234 + i)),
                                                       EndpointOf("198.51.100.17", 443), 5000, 1100000));
    snapshot->connections.back().interface = i % 2;
    snapshot->connections.back().response_ns = 12000000;
    snapshot->connections.back().responses = 7;
  }
  return snapshot;
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_TUI_OFFICE_EDGES_H_
