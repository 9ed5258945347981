// SPDX-License-Identifier: Apache-2.0
#include "src/flow/totals.h"

namespace tcpgauge {

void Totals::Add(const Totals& other) {
  client_payload_bytes += other.client_payload_bytes;
  server_payload_bytes += other.server_payload_bytes;
  segments += other.segments;
  client_retransmitted_segments += other.client_retransmitted_segments;
  server_retransmitted_segments += other.server_retransmitted_segments;
  out_of_order_segments += other.out_of_order_segments;
  syn_retransmissions += other.syn_retransmissions;
  zero_windows += other.zero_windows;
  keep_alives += other.keep_alives;
  window_probes += other.window_probes;
  resets_ignored += other.resets_ignored;
  late_segments += other.late_segments;
  opened_handshake += other.opened_handshake;
  opened_midstream += other.opened_midstream;
  for (size_t i = 0; i < closed.size(); ++i) closed[i] += other.closed[i];
  for (size_t i = 0; i < connections.size(); ++i) connections[i] += other.connections[i];
  handshake_rtt_seconds.Add(other.handshake_rtt_seconds);
  response_seconds.Add(other.response_seconds);
  connection_duration_seconds.Add(other.connection_duration_seconds);
  connection_payload_bytes.Add(other.connection_payload_bytes);
}

}  // namespace tcpgauge
