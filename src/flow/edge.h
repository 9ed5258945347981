// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_EDGE_H_
#define TCPGAUGE_SRC_FLOW_EDGE_H_

#include <cstdint>
#include <utility>

#include "src/net/endpoint.h"

namespace tcpgauge {

// The identity of an edge: one client (or client prefix) and one server port. Connections in different encapsulations
// belong to the same edge if their addresses are equal.
struct EdgeKey {
  IpAddress client;  // for a client prefix: the first address of the prefix
  Endpoint server;

  friend bool operator==(const EdgeKey& a, const EdgeKey& b) { return a.client == b.client && a.server == b.server; }
  template <typename H>
  friend H AbslHashValue(H state, const EdgeKey& key) {
    return H::combine(std::move(state), key.client, key.server);
  }
};

// The account of an edge: what the edge has been credited with. All members except `connections` only grow.
struct EdgeCounters {
  uint64_t client_payload_bytes = 0;
  uint64_t server_payload_bytes = 0;
  uint64_t connections_opened = 0;
  uint64_t connections_failed = 0;  // refused, or the handshake timed out
  uint64_t retransmitted_segments = 0;
  uint64_t handshake_rtt_count = 0;
  double handshake_rtt_sum_seconds = 0;
  int64_t connections = 0;  // a gauge: the connections of the edge that are open now
};

// Adds every member of `from` to the same member of `*to`.
void AddEdgeCounters(const EdgeCounters& from, EdgeCounters* to);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_EDGE_H_
