// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/past_edges.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "src/base/time_units.h"
#include "src/flow/edge.h"
#include "src/snapshot/history_counts.h"

namespace tcpgauge {
namespace {

EdgeCounters ChangeOf(const HistoryCounts& counts) {
  constexpr double kSecondsPerMicrosecond = 1e-6;
  EdgeCounters change;
  change.client_payload_bytes = counts.client_payload_bytes;
  change.server_payload_bytes = counts.server_payload_bytes;
  change.segments = counts.segments;
  change.retransmitted_segments = counts.retransmitted_segments;
  change.out_of_order_segments = counts.out_of_order_segments;
  change.syn_retransmissions = counts.syn_retransmissions;
  change.connections_opened = counts.connections_opened;
  change.connections_refused = counts.connections_refused;
  change.connections_timed_out = counts.connections_timed_out;
  change.handshake_rtt_count = counts.handshake_rtts;
  change.handshake_rtt_sum_seconds = static_cast<double>(counts.handshake_rtt_us_sum) * kSecondsPerMicrosecond;
  change.response_count = counts.responses;
  change.response_sum_seconds = static_cast<double>(counts.response_us_sum) * kSecondsPerMicrosecond;
  return change;
}

}  // namespace

void VisitPastEdges(const HistoryView& history, size_t count, int64_t until_ns,
                    absl::FunctionRef<void(const std::shared_ptr<const Snapshot>& second)> visit) {
  const std::vector<HistorySecond>& seconds = history.seconds();
  const auto is_over = [until_ns](const HistorySecond& second) { return second.end_ns <= until_ns; };
  const auto end = static_cast<size_t>(std::partition_point(seconds.begin(), seconds.end(), is_over) - seconds.begin());
  const size_t begin = end - std::min(end, count);
  std::vector<std::vector<std::pair<size_t, HistoryCounts>>> edges(end - begin);  // by second
  history.VisitEdges([&](size_t edge, size_t second, const HistoryCounts& counts) {
    if (second >= begin && second < end) edges[second - begin].emplace_back(edge, counts);
  });
  for (size_t i = begin; i < end; ++i) {
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->time_ns = seconds[i].end_ns;
    snapshot->edge_changes.seconds =
        static_cast<double>(seconds[i].end_ns - seconds[i].begin_ns) / kNanosecondsPerSecond;
    for (const auto& [edge, counts] : edges[i - begin]) {
      EdgeView& view = snapshot->edges.exported.emplace_back();
      view.key = history.edges()[edge].key;
      view.client = history.edges()[edge].client;
      view.server = history.edges()[edge].server;
      view.counters.connections = static_cast<int64_t>(counts.connections);
      snapshot->edge_changes.exported.push_back(ChangeOf(counts));
    }
    visit(snapshot);
  }
}

}  // namespace tcpgauge
