// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/measures.h"

namespace tcpgauge {

void Measures::Add(const Measures& other) {
  up_bytes_per_second += other.up_bytes_per_second;
  down_bytes_per_second += other.down_bytes_per_second;
  up_bytes += other.up_bytes;
  down_bytes += other.down_bytes;
  retransmitted_segments += other.retransmitted_segments;
}

Measures MeasuresOf(const ConnectionSummary& connection) {
  Measures measures;
  measures.up_bytes_per_second = connection.client_sent.payload_bytes_per_second;
  measures.down_bytes_per_second = connection.server_sent.payload_bytes_per_second;
  measures.up_bytes = connection.client_sent.payload_bytes;
  measures.down_bytes = connection.server_sent.payload_bytes;
  measures.retransmitted_segments =
      uint64_t{connection.client_sent.retransmitted_segments} + connection.server_sent.retransmitted_segments;
  return measures;
}

}  // namespace tcpgauge
