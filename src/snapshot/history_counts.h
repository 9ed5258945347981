// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_HISTORY_COUNTS_H_
#define TCPGAUGE_SRC_SNAPSHOT_HISTORY_COUNTS_H_

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "src/flow/edge.h"
#include "src/flow/totals.h"

namespace tcpgauge {

// What the history tells of a second, or what was counted until a time. The members are the same for the whole agent
// and for an edge, so that both have the same charts. EdgeCounters and Totals say what each one counts.
//
// Units: bytes of TCP payload, retransmissions included. Segments are those with payload, of both ends. Times are in
// microseconds, because sums of integers do not depend on the order.
struct HistoryCounts {
  uint64_t client_payload_bytes = 0;
  uint64_t server_payload_bytes = 0;
  uint64_t segments = 0;
  uint64_t retransmitted_segments = 0;
  uint64_t out_of_order_segments = 0;
  uint64_t syn_retransmissions = 0;
  uint64_t connections_opened = 0;
  uint64_t connections_refused = 0;
  uint64_t connections_timed_out = 0;
  uint64_t handshake_rtts = 0;  // handshakes whose round trip was measured
  uint64_t handshake_rtt_us_sum = 0;
  uint64_t responses = 0;
  uint64_t response_us_sum = 0;
  uint64_t connections = 0;  // a gauge: those that were neither closed nor reset at the end

  uint64_t payload_bytes() const { return client_payload_bytes + server_payload_bytes; }

  // Adds every member of `other` to the same member, the gauge too.
  void Add(const HistoryCounts& other);
  // Returns what was counted since `before`, with the gauge of now. REQUIRES: no counter of `before` is higher.
  HistoryCounts Since(const HistoryCounts& before) const;
  // Whether all counters are 0, whatever the gauge is.
  bool CountsNothing() const;
};

// Return what an account has counted, or what the totals of a table have counted.
HistoryCounts HistoryCountsOf(const EdgeCounters& edge);
HistoryCounts HistoryCountsOf(const Totals& totals);

// A member that is a counter.
struct HistoryCounter {
  uint64_t HistoryCounts::*member;
  std::string_view name;  // in JSON; points to static storage
  bool is_microseconds;   // JSON shows seconds
};

// All members but the gauge. The counters that usually grow on busy edges come first, so that their bits fit into the
// first byte (see HistoryChunk).
constexpr HistoryCounter kHistoryCounters[] = {
    {&HistoryCounts::client_payload_bytes, "client_payload_bytes", false},
    {&HistoryCounts::server_payload_bytes, "server_payload_bytes", false},
    {&HistoryCounts::segments, "segments", false},
    {&HistoryCounts::responses, "responses", false},
    {&HistoryCounts::response_us_sum, "response_seconds_sum", true},
    {&HistoryCounts::connections_opened, "connections_opened", false},
    {&HistoryCounts::handshake_rtts, "handshake_rtts", false},
    {&HistoryCounts::handshake_rtt_us_sum, "handshake_rtt_seconds_sum", true},
    {&HistoryCounts::retransmitted_segments, "retransmitted_segments", false},
    {&HistoryCounts::out_of_order_segments, "out_of_order_segments", false},
    {&HistoryCounts::syn_retransmissions, "syn_retransmissions", false},
    {&HistoryCounts::connections_refused, "connections_refused", false},
    {&HistoryCounts::connections_timed_out, "connections_timed_out", false},
};
constexpr size_t kHistoryCounterCount = std::size(kHistoryCounters);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_HISTORY_COUNTS_H_
