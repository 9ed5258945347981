// SPDX-License-Identifier: Apache-2.0
#include "tui/meter.h"

#include <algorithm>

#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

// A shorter lifetime counts as this long, because one burst is not a rate.
constexpr double kMinLifetimeSeconds = 1;

// An open connection lives until now, an ended one until its last packet.
double LifetimeSeconds(const ConnectionSummary& connection, int64_t now_ns) {
  const int64_t end_ns = IsOpen(connection.state) ? now_ns : connection.last_packet_time_ns;
  return std::max(static_cast<double>(end_ns - connection.start_time_ns) / kNanosecondsPerSecond, kMinLifetimeSeconds);
}

// Counters only grow, but client and server may be swapped when a midstream guess is corrected.
uint64_t Since(uint64_t now, uint64_t then) { return now > then ? now - then : 0; }

}  // namespace

void Meter::ResetTotals(const Snapshot& snapshot) {
  reset_.clear();
  reset_.reserve(snapshot.connections.size());
  for (const ConnectionSummary& connection : snapshot.connections) {
    const Measures measures = MeasuresOf(connection);
    reset_[connection.id] = {measures.up_bytes, measures.down_bytes, measures.retransmitted_segments};
  }
}

Measures Meter::Of(const ConnectionSummary& connection, int64_t now_ns) const {
  Measures measures = MeasuresOf(connection);
  const int average_seconds = LookOf(averaging_).seconds;
  if (average_seconds > 0 && history_ != nullptr) {
    if (const auto rates = history_->AverageOf(connection, now_ns, average_seconds)) {
      measures.up_bytes_per_second = rates->up;
      measures.down_bytes_per_second = rates->down;
    }
  } else if (averaging_ == Averaging::kLifetime) {
    const double seconds = LifetimeSeconds(connection, now_ns);
    measures.up_bytes_per_second = static_cast<double>(measures.up_bytes) / seconds;
    measures.down_bytes_per_second = static_cast<double>(measures.down_bytes) / seconds;
  }
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
  measures.up_bytes_per_second = snapshot.not_listed_client_sent.payload_bytes_per_second;
  measures.down_bytes_per_second = snapshot.not_listed_server_sent.payload_bytes_per_second;
  if (reset_.empty()) {
    measures.up_bytes = snapshot.not_listed_client_sent.payload_bytes;
    measures.down_bytes = snapshot.not_listed_server_sent.payload_bytes;
  }
  return measures;
}

}  // namespace tcpgauge
