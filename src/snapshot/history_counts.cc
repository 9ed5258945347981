// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/history_counts.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "src/net/connection_state.h"

namespace tcpgauge {
namespace {

// A sum of an agent elsewhere may be of any size.
uint64_t Microseconds(double seconds) {
  constexpr double kMaxSeconds = 9e12;  // in microseconds, that fits into 64 bits
  return static_cast<uint64_t>(std::llround(std::clamp(seconds, 0.0, kMaxSeconds) * 1e6));
}

template <typename Counts>
uint64_t Sum(const Counts& counts) {
  return std::accumulate(counts.begin(), counts.end(), uint64_t{0});
}

}  // namespace

void HistoryCounts::Add(const HistoryCounts& other) {
  for (const HistoryCounter& counter : kHistoryCounters) this->*counter.member += other.*counter.member;
  connections += other.connections;
}

HistoryCounts HistoryCounts::Since(const HistoryCounts& before) const {
  HistoryCounts since;
  for (const HistoryCounter& counter : kHistoryCounters) {
    since.*counter.member = this->*counter.member - before.*counter.member;
  }
  since.connections = connections;
  return since;
}

bool HistoryCounts::CountsNothing() const {
  return std::all_of(std::begin(kHistoryCounters), std::end(kHistoryCounters),
                     [this](const HistoryCounter& counter) { return this->*counter.member == 0; });
}

HistoryCounts HistoryCountsOf(const EdgeCounters& edge) {
  HistoryCounts counts;
  counts.client_payload_bytes = edge.client_payload_bytes;
  counts.server_payload_bytes = edge.server_payload_bytes;
  counts.segments = edge.segments;
  counts.retransmitted_segments = edge.retransmitted_segments;
  counts.out_of_order_segments = edge.out_of_order_segments;
  counts.syn_retransmissions = edge.syn_retransmissions;
  counts.connections_opened = edge.connections_opened;
  counts.connections_refused = edge.connections_refused;
  counts.connections_timed_out = edge.connections_timed_out;
  counts.handshake_rtts = edge.handshake_rtt_count;
  counts.handshake_rtt_us_sum = Microseconds(edge.handshake_rtt_sum_seconds);
  counts.responses = edge.response_count;
  counts.response_us_sum = Microseconds(edge.response_sum_seconds);
  counts.connections = static_cast<uint64_t>(std::max<int64_t>(edge.connections, 0));
  return counts;
}

HistoryCounts HistoryCountsOf(const Totals& totals) {
  HistoryCounts counts;
  counts.client_payload_bytes = totals.client_payload_bytes;
  counts.server_payload_bytes = totals.server_payload_bytes;
  counts.segments = totals.segments;
  counts.retransmitted_segments = totals.client_retransmitted_segments + totals.server_retransmitted_segments;
  counts.out_of_order_segments = totals.out_of_order_segments;
  counts.syn_retransmissions = totals.syn_retransmissions;
  counts.connections_opened = totals.opened_handshake + totals.opened_midstream;
  counts.connections_refused = totals.closed[static_cast<size_t>(EndReason::kRefused)];
  counts.connections_timed_out = totals.closed[static_cast<size_t>(EndReason::kHandshakeTimeout)];
  counts.handshake_rtts = Sum(totals.handshake_rtt_seconds.counts);
  counts.handshake_rtt_us_sum = Microseconds(totals.handshake_rtt_seconds.sum);
  counts.responses = Sum(totals.response_seconds.counts);
  counts.response_us_sum = Microseconds(totals.response_seconds.sum);
  for (size_t state = 0; state < kConnectionStateCount; ++state) {
    if (IsOpen(static_cast<ConnectionState>(state))) counts.connections += totals.connections[state];
  }
  return counts;
}

}  // namespace tcpgauge
