// SPDX-License-Identifier: Apache-2.0
#include "src/flow/edge.h"

#include <algorithm>

namespace tcpgauge {

void AddEdgeDistributions(const EdgeDistributions& from, EdgeDistributions* to) {
  to->handshake_rtt_seconds.Add(from.handshake_rtt_seconds);
  to->response_seconds.Add(from.response_seconds);
}

void SubtractEdgeDistributions(const EdgeDistributions& from, EdgeDistributions* to) {
  to->handshake_rtt_seconds.Subtract(from.handshake_rtt_seconds);
  to->response_seconds.Subtract(from.response_seconds);
}

void AddEdgeCounters(const EdgeCounters& from, EdgeCounters* to) {
  to->client_payload_bytes += from.client_payload_bytes;
  to->server_payload_bytes += from.server_payload_bytes;
  to->segments += from.segments;
  to->retransmitted_segments += from.retransmitted_segments;
  to->out_of_order_segments += from.out_of_order_segments;
  to->syn_retransmissions += from.syn_retransmissions;
  to->connections_opened += from.connections_opened;
  to->connections_refused += from.connections_refused;
  to->connections_timed_out += from.connections_timed_out;
  to->handshake_rtt_count += from.handshake_rtt_count;
  to->handshake_rtt_sum_seconds += from.handshake_rtt_sum_seconds;
  to->response_count += from.response_count;
  to->response_sum_seconds += from.response_sum_seconds;
  to->connections += from.connections;
  to->stalled += from.stalled;
}

void SubtractEdgeCounters(const EdgeCounters& from, EdgeCounters* to) {
  to->client_payload_bytes -= from.client_payload_bytes;
  to->server_payload_bytes -= from.server_payload_bytes;
  to->segments -= from.segments;
  to->retransmitted_segments -= from.retransmitted_segments;
  to->out_of_order_segments -= from.out_of_order_segments;
  to->syn_retransmissions -= from.syn_retransmissions;
  to->connections_opened -= from.connections_opened;
  to->connections_refused -= from.connections_refused;
  to->connections_timed_out -= from.connections_timed_out;
  to->handshake_rtt_count -= from.handshake_rtt_count;
  to->handshake_rtt_sum_seconds -= from.handshake_rtt_sum_seconds;
  to->response_count -= from.response_count;
  to->response_sum_seconds -= from.response_sum_seconds;
  to->connections -= from.connections;
  to->stalled -= from.stalled;
}

void TakeEdgeCountersAway(const EdgeCounters& part, EdgeCounters* all) {
  const auto take = [](auto of_part, auto* from) { *from -= std::min(of_part, *from); };
  take(part.client_payload_bytes, &all->client_payload_bytes);
  take(part.server_payload_bytes, &all->server_payload_bytes);
  take(part.segments, &all->segments);
  take(part.retransmitted_segments, &all->retransmitted_segments);
  take(part.out_of_order_segments, &all->out_of_order_segments);
  take(part.syn_retransmissions, &all->syn_retransmissions);
  take(part.connections_opened, &all->connections_opened);
  take(part.connections_refused, &all->connections_refused);
  take(part.connections_timed_out, &all->connections_timed_out);
  take(part.handshake_rtt_count, &all->handshake_rtt_count);
  take(part.handshake_rtt_sum_seconds, &all->handshake_rtt_sum_seconds);
  take(part.response_count, &all->response_count);
  take(part.response_sum_seconds, &all->response_sum_seconds);
  take(part.connections, &all->connections);
  take(part.stalled, &all->stalled);
}

}  // namespace tcpgauge
