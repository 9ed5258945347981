// SPDX-License-Identifier: Apache-2.0
#include "src/flow/edge.h"

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

}  // namespace tcpgauge
