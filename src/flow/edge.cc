// SPDX-License-Identifier: Apache-2.0
#include "src/flow/edge.h"

namespace tcpgauge {

void AddEdgeCounters(const EdgeCounters& from, EdgeCounters* to) {
  to->client_payload_bytes += from.client_payload_bytes;
  to->server_payload_bytes += from.server_payload_bytes;
  to->connections_opened += from.connections_opened;
  to->connections_failed += from.connections_failed;
  to->retransmitted_segments += from.retransmitted_segments;
  to->handshake_rtt_count += from.handshake_rtt_count;
  to->handshake_rtt_sum_seconds += from.handshake_rtt_sum_seconds;
  to->connections += from.connections;
}

}  // namespace tcpgauge
