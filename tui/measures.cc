// SPDX-License-Identifier: Apache-2.0
#include "tui/measures.h"

#include <algorithm>

#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

// A lifetime below this is one burst, not a rate.
constexpr double kMinLifetimeSeconds = 1;

uint64_t RetransmittedSegments(const ConnectionSummary& connection) {
  return uint64_t{connection.client_sent.retransmitted_segments} + connection.server_sent.retransmitted_segments;
}

// Until now while it is open, until its last packet once it ended.
double LifetimeSeconds(const ConnectionSummary& connection, int64_t now_ns) {
  const bool ended = connection.state == ConnectionState::kClosed || connection.state == ConnectionState::kReset;
  const int64_t end_ns = ended ? connection.last_packet_time_ns : now_ns;
  return std::max(static_cast<double>(end_ns - connection.start_time_ns) / kNanosecondsPerSecond, kMinLifetimeSeconds);
}

// Counters only grow, but a midstream correction may exchange the two ends.
uint64_t Since(uint64_t now, uint64_t then) { return now > then ? now - then : 0; }

}  // namespace

void Measures::Add(const Measures& other) {
  up_bytes_per_second += other.up_bytes_per_second;
  down_bytes_per_second += other.down_bytes_per_second;
  up_bytes += other.up_bytes;
  down_bytes += other.down_bytes;
  retransmitted_segments += other.retransmitted_segments;
}

void Meter::ResetTotals(const Snapshot& snapshot) {
  reset_.clear();
  reset_.reserve(snapshot.connections.size());
  for (const ConnectionSummary& connection : snapshot.connections) {
    reset_[connection.id] = {connection.client_sent.payload_bytes, connection.server_sent.payload_bytes,
                             RetransmittedSegments(connection)};
  }
}

Measures Meter::Of(const ConnectionSummary& connection, int64_t now_ns) const {
  Measures measures;
  if (lifetime_average_) {
    const double seconds = LifetimeSeconds(connection, now_ns);
    measures.up_bytes_per_second = static_cast<double>(connection.client_sent.payload_bytes) / seconds;
    measures.down_bytes_per_second = static_cast<double>(connection.server_sent.payload_bytes) / seconds;
  } else {
    measures.up_bytes_per_second = connection.client_sent.payload_bytes_per_second;
    measures.down_bytes_per_second = connection.server_sent.payload_bytes_per_second;
  }
  measures.up_bytes = connection.client_sent.payload_bytes;
  measures.down_bytes = connection.server_sent.payload_bytes;
  measures.retransmitted_segments = RetransmittedSegments(connection);
  if (!reset_.empty()) {
    const auto found = reset_.find(connection.id);
    if (found != reset_.end()) {
      measures.up_bytes = Since(measures.up_bytes, found->second.up_bytes);
      measures.down_bytes = Since(measures.down_bytes, found->second.down_bytes);
      measures.retransmitted_segments = Since(measures.retransmitted_segments, found->second.retransmitted_segments);
    }
  }
  return measures;
}

Measures Meter::OfNotListed(const Snapshot& snapshot) const {
  Measures measures;
  if (!lifetime_average_) {
    measures.up_bytes_per_second = snapshot.not_listed_client_sent.payload_bytes_per_second;
    measures.down_bytes_per_second = snapshot.not_listed_server_sent.payload_bytes_per_second;
  }
  if (reset_.empty()) {
    measures.up_bytes = snapshot.not_listed_client_sent.payload_bytes;
    measures.down_bytes = snapshot.not_listed_server_sent.payload_bytes;
  }
  return measures;
}

}  // namespace tcpgauge
