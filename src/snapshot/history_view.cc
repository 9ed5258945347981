// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/history_view.h"

#include <algorithm>
#include <utility>

#include "absl/types/span.h"
#include "src/base/time_units.h"

namespace tcpgauge {

HistoryView::HistoryView(const std::vector<CompleteSeconds>& chunks, int64_t clock_stepped_ns)
    : clock_stepped_ns_(clock_stepped_ns) {
  int64_t last_ns = 0;
  size_t count = 0;
  for (const CompleteSeconds& complete : chunks) {
    if (complete.count > 0) last_ns = complete.chunk->second(complete.count - 1).end_ns;
    count += complete.count;
  }
  const int64_t since_ns = last_ns - static_cast<int64_t>(kMaxSeconds) * kNanosecondsPerSecond;
  size_t too_many = count - std::min(count, kMaxSeconds);
  for (const CompleteSeconds& complete : chunks) {
    Part part;
    part.chunk = complete.chunk;
    part.end = complete.count;
    int64_t begin_ns = part.chunk->begin_ns();
    HistoryCounts before = part.chunk->before();
    for (size_t i = 0; i < part.end; ++i) {
      const HistoryChunk::Second& second = part.chunk->second(i);
      if (too_many > 0 || second.end_ns <= since_ns) {
        too_many -= std::min<size_t>(too_many, 1);
        part.begin = i + 1;
      } else {
        if (seconds_.empty()) before_ = before;
        if (i == part.begin) part.first = seconds_.size();
        seconds_.push_back({begin_ns, second.end_ns, second.totals.Since(before)});
      }
      begin_ns = second.end_ns;
      before = second.totals;
    }
    if (part.begin == part.end) continue;
    ListEdges(&part);
    parts_.push_back(std::move(part));
  }
}

void HistoryView::ListEdges(Part* part) {
  const size_t count = part->chunk->second(part->end - 1).edges;
  for (size_t i = 0; i < count; ++i) {
    const auto [index, is_new] = edge_indexes_.emplace(part->chunk->edge(i).key, edges_.size());
    if (is_new) edges_.push_back(part->chunk->edge(i));
    part->edges.push_back(index->second);
  }
}

void HistoryView::Visit(
    absl::FunctionRef<void(size_t edge, size_t second, const HistoryCounts&, const ResponseCounts&)> visit) const {
  for (const Part& part : parts_) {
    part.chunk->Visit(part.end, [&](size_t second, absl::Span<const HistoryCounts> counts,
                                    absl::Span<const ResponseCounts> response_times) {
      if (second < part.begin) return;
      for (size_t i = 0; i < counts.size(); ++i) {
        visit(part.edges[i], part.first + second - part.begin, counts[i], response_times[i]);
      }
    });
  }
}

void HistoryView::VisitEdges(
    absl::FunctionRef<void(size_t edge, size_t second, const HistoryCounts& counts)> visit) const {
  Visit([&](size_t edge, size_t second, const HistoryCounts& counts, const ResponseCounts&) {
    visit(edge, second, counts);
  });
}

std::vector<bool> HistoryView::Matching(absl::FunctionRef<bool(const HistoryEdge& edge)> matches) const {
  std::vector<bool> matching;
  matching.reserve(edges_.size());
  for (const HistoryEdge& edge : edges_) matching.push_back(matches(edge));
  return matching;
}

std::vector<HistoryCounts> HistoryView::SumOf(absl::FunctionRef<bool(const HistoryEdge& edge)> matches) const {
  const std::vector<bool> wanted = Matching(matches);
  std::vector<HistoryCounts> sum(seconds_.size());
  VisitEdges([&](size_t edge, size_t second, const HistoryCounts& counts) {
    if (wanted[edge]) sum[second].Add(counts);
  });
  return sum;
}

std::vector<ResponseCounts> HistoryView::ResponseTimesOf(
    absl::FunctionRef<bool(const HistoryEdge& edge)> matches) const {
  const std::vector<bool> wanted = Matching(matches);
  std::vector<ResponseCounts> sum(seconds_.size());
  Visit([&](size_t edge, size_t second, const HistoryCounts&, const ResponseCounts& response_times) {
    if (wanted[edge]) sum[second].Add(response_times);
  });
  return sum;
}

}  // namespace tcpgauge
