// SPDX-License-Identifier: Apache-2.0
#include "tui/paused_snapshot.h"

#include <utility>

#include "absl/container/flat_hash_map.h"

namespace tcpgauge {

std::shared_ptr<const Snapshot> PausedSnapshot(const Snapshot& shown, const Snapshot& newest) {
  absl::flat_hash_map<uint64_t, const ConnectionSummary*> by_id;
  by_id.reserve(newest.connections.size());
  for (const ConnectionSummary& connection : newest.connections) by_id.emplace(connection.id, &connection);

  auto paused = std::make_shared<Snapshot>(newest);
  paused->connections = shown.connections;
  for (ConnectionSummary& connection : paused->connections) {
    const auto found = by_id.find(connection.id);
    if (found != by_id.end()) {
      connection = *found->second;
    } else {
      connection.client_sent.payload_bytes_per_second = 0;
      connection.server_sent.payload_bytes_per_second = 0;
    }
  }
  return paused;
}

}  // namespace tcpgauge
