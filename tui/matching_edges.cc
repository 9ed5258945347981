// SPDX-License-Identifier: Apache-2.0
#include "tui/matching_edges.h"

namespace tcpgauge {

std::shared_ptr<const Snapshot> MatchingEdges(
    const Snapshot& snapshot, absl::FunctionRef<bool(const ConnectionSummary&, const Snapshot&)> wanted) {
  auto matching = std::make_shared<Snapshot>();
  matching->time_ns = snapshot.time_ns;
  matching->capture_start_time_ns = snapshot.capture_start_time_ns;
  matching->rate_window_seconds = snapshot.rate_window_seconds;
  matching->interfaces = snapshot.interfaces;
  for (const ConnectionSummary& connection : snapshot.connections) {
    if (wanted(connection, snapshot)) matching->connections.push_back(connection);
  }
  matching->edges.v4_prefix_bits = snapshot.edges.v4_prefix_bits;
  matching->edges.v6_prefix_bits = snapshot.edges.v6_prefix_bits;
  matching->edges.v4_server_prefix_bits = snapshot.edges.v4_server_prefix_bits;
  matching->edges.v6_server_prefix_bits = snapshot.edges.v6_server_prefix_bits;
  matching->edge_changes.seconds = snapshot.edge_changes.seconds;
  Snapshot probe;
  probe.interfaces.emplace_back();
  probe.identities.resize(3);
  ConnectionSummary connection;
  connection.state = ConnectionState::kEstablished;
  connection.client_identity = 1;
  connection.server_identity = 2;
  for (size_t i = 0; i < snapshot.edges.exported.size(); ++i) {
    const EdgeView& edge = snapshot.edges.exported[i];
    connection.client = {edge.key.client, 0};
    connection.server = edge.key.server;
    connection.service = edge.services.endpoints().empty() ? edge.key.server : edge.services.endpoints().front();
    probe.identities[1] = edge.client;
    probe.identities[2] = edge.server;
    if (!wanted(connection, probe)) continue;
    matching->edges.exported.push_back(edge);
    if (i < snapshot.edge_changes.exported.size()) {
      matching->edge_changes.exported.push_back(snapshot.edge_changes.exported[i]);
    }
  }
  return matching;
}

}  // namespace tcpgauge
