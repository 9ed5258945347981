// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/edge_change_meter.h"

#include <algorithm>
#include <utility>

#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

// Returns by how much `now` exceeds `before`, or 0.
template <typename Number>
Number Growth(Number before, Number now) {
  return now > before ? now - before : Number{};
}

// Returns the growth of each counter. The gauges are 0.
EdgeCounters Growth(const EdgeCounters& before, const EdgeCounters& now) {
  EdgeCounters growth;
  growth.client_payload_bytes = Growth(before.client_payload_bytes, now.client_payload_bytes);
  growth.server_payload_bytes = Growth(before.server_payload_bytes, now.server_payload_bytes);
  growth.segments = Growth(before.segments, now.segments);
  growth.retransmitted_segments = Growth(before.retransmitted_segments, now.retransmitted_segments);
  growth.out_of_order_segments = Growth(before.out_of_order_segments, now.out_of_order_segments);
  growth.syn_retransmissions = Growth(before.syn_retransmissions, now.syn_retransmissions);
  growth.connections_opened = Growth(before.connections_opened, now.connections_opened);
  growth.connections_refused = Growth(before.connections_refused, now.connections_refused);
  growth.connections_timed_out = Growth(before.connections_timed_out, now.connections_timed_out);
  growth.handshake_rtt_count = Growth(before.handshake_rtt_count, now.handshake_rtt_count);
  growth.handshake_rtt_sum_seconds = Growth(before.handshake_rtt_sum_seconds, now.handshake_rtt_sum_seconds);
  growth.response_count = Growth(before.response_count, now.response_count);
  growth.response_sum_seconds = Growth(before.response_sum_seconds, now.response_sum_seconds);
  return growth;
}

EdgeCounters RestOf(const EdgesView& edges) {
  EdgeCounters rest = edges.other;
  AddEdgeCounters(edges.retired, &rest);
  return rest;
}

}  // namespace

uint64_t EdgeChangeMeter::MemoryBytes(size_t max_edges) {
  constexpr uint64_t kSets = 2;
  // A table that was made for n elements is at least 7/16 full. It has one byte more for each place.
  return kSets * max_edges * (sizeof(EdgeKey) + sizeof(EarlierEdge) + 1) * 16 / 7;
}

EdgeChanges EdgeChangeMeter::Compare(const Earlier& earlier, const EdgesView& edges,
                                     const std::vector<InterfaceView>& interfaces, int64_t time_ns) {
  EdgeChanges changes;
  // Counts are divided by it. As a product (see ToSeconds()), 30 s would be a bit more than 30. Outputs round it.
  changes.seconds = static_cast<double>(time_ns - earlier.time_ns) / kNanosecondsPerSecond;
  changes.exported.reserve(edges.exported.size());
  // What series that ended since then had counted before. It is part of `edges.retired` now.
  EdgeCounters ended;
  for (const auto& [key, before] : earlier.exported) AddEdgeCounters(before.counters, &ended);
  for (const EdgeView& edge : edges.exported) {
    const auto found = earlier.exported.find(edge.key);
    // Series that ended and began again start at zero.
    const bool goes_on = found != earlier.exported.end() && edge.start_time_ns <= found->second.start_time_ns;
    changes.exported.push_back(Growth(goes_on ? found->second.counters : EdgeCounters(), edge.counters));
    if (goes_on) SubtractEdgeCounters(found->second.counters, &ended);
  }
  AddEdgeCounters(earlier.rest, &ended);
  changes.other = Growth(ended, RestOf(edges));
  changes.interfaces.reserve(interfaces.size());
  for (const InterfaceView& interface : interfaces) {
    const auto found = earlier.interfaces.find(interface.name);
    // A name that was forgotten and came back starts at zero.
    const bool goes_on = found != earlier.interfaces.end() && interface.start_time_ns <= found->second.start_time_ns;
    changes.interfaces.push_back(Growth(goes_on ? found->second.counters : EdgeCounters(), interface.account));
  }
  return changes;
}

EdgeChanges EdgeChangeMeter::Measure(const EdgesView& edges, const std::vector<InterfaceView>& interfaces,
                                     int64_t time_ns) {
  const bool is_due = !newer_.has_value() || time_ns - newer_->time_ns >= shortest_period_ns_;
  const std::optional<Earlier>& earlier = is_due || !older_.has_value() ? newer_ : older_;
  EdgeChanges changes;
  if (earlier.has_value() && time_ns > earlier->time_ns) changes = Compare(*earlier, edges, interfaces, time_ns);
  if (!is_due) return changes;
  older_ = std::move(newer_);
  Earlier now;
  now.time_ns = time_ns;
  now.exported.reserve(edges.exported.size());
  for (const EdgeView& edge : edges.exported) now.exported[edge.key] = {edge.counters, edge.start_time_ns};
  now.rest = RestOf(edges);
  for (const InterfaceView& interface : interfaces) {
    now.interfaces[interface.name] = {interface.account, interface.start_time_ns};
  }
  newer_ = std::move(now);
  return changes;
}

}  // namespace tcpgauge
