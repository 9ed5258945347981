// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/measures.h"

#include <algorithm>

namespace tcpgauge {
namespace {

// 0 if no packet was counted. A packet is counted before what it carries, so the result is at most 1.
double LossOf(const DirectionSummary& sent) {
  const uint64_t packets = std::max<uint64_t>(sent.packets, sent.retransmitted_segments);
  return packets == 0 ? 0 : static_cast<double>(sent.retransmitted_segments) / static_cast<double>(packets);
}

}  // namespace

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

std::optional<double> LossOf(const ConnectionSummary& connection) {
  if (connection.client_sent.packets + connection.server_sent.packets == 0) return std::nullopt;
  return std::max(LossOf(connection.client_sent), LossOf(connection.server_sent));
}

}  // namespace tcpgauge
