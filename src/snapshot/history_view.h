// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_HISTORY_VIEW_H_
#define TCPGAUGE_SRC_SNAPSHOT_HISTORY_VIEW_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "src/flow/edge.h"
#include "src/snapshot/history_chunk.h"
#include "src/snapshot/history_counts.h"
#include "src/snapshot/response_counts.h"

namespace tcpgauge {

// A second of the history: what came after `begin_ns` and until `end_ns`. Such a second is longer where the agent could
// not take a sample each second.
struct HistorySecond {
  int64_t begin_ns = 0;  // the end of the second before
  int64_t end_ns = 0;
  HistoryCounts totals;  // what was counted in this second, by the whole agent
};

// The history as it was when History::Now() returned it. A plain value that does not change.
//
// Time: table time, in nanoseconds since the Unix epoch, as in Snapshot. Wall time is table time plus
// clock_stepped_ns().
// Thread: any number of threads may call the const methods.
// Bounds: holds the chunks that the history had at that time (see History). So do not keep a view for long.
class HistoryView {
 public:
  static constexpr size_t kMaxSeconds = 600;

  // A chunk, and how many of its seconds were complete.
  struct CompleteSeconds {
    std::shared_ptr<const HistoryChunk> chunk;
    size_t count = 0;
  };

  // An empty history.
  HistoryView() = default;
  // `chunks` are those of a history, the oldest first.
  HistoryView(const std::vector<CompleteSeconds>& chunks, int64_t clock_stepped_ns);

  // The oldest first, without gaps, at most kMaxSeconds. All end within kMaxSeconds before the end of the last one.
  const std::vector<HistorySecond>& seconds() const { return seconds_; }
  // What the whole agent had counted when the first second began. Its counters, plus those of HistorySecond::totals of
  // all seconds(), equal those of Totals at the end of the last second.
  const HistoryCounts& before() const { return before_; }
  int64_t clock_stepped_ns() const { return clock_stepped_ns_; }
  // The edges that were listed in any of these seconds (see HistoryChunk), in no order.
  const std::vector<HistoryEdge>& edges() const { return edges_; }

  // Calls `visit(edge, second, counts)` for each edge that was listed in a second, second by second. `edge` is an index
  // of edges(), and `second` of seconds(). `counts` is what was recorded of the edge in this second, and may be all
  // zero. It may include amounts of earlier seconds: those that had no room, and in the edge's first second those from
  // before it was listed. An edge that is left out of a second was not among the heaviest ones.
  void VisitEdges(absl::FunctionRef<void(size_t edge, size_t second, const HistoryCounts& counts)> visit) const;

  // Returns, for each second, the sum over the edges that `matches` selects.
  std::vector<HistoryCounts> SumOf(absl::FunctionRef<bool(const HistoryEdge& edge)> matches) const;
  // Returns, for each second, the response times of the edges that `matches` selects. An edge has some only in every
  // History::kResponseSeconds-th second, which includes the response times of the seconds before. The last response
  // times of an edge may be missing if the edge is no longer among the heaviest.
  std::vector<ResponseCounts> ResponseTimesOf(absl::FunctionRef<bool(const HistoryEdge& edge)> matches) const;

 private:
  // A chunk, and the range of its seconds that this view shows.
  struct Part {
    std::shared_ptr<const HistoryChunk> chunk;
    size_t begin = 0;           // the first second in the range
    size_t end = 0;             // after the last second in the range
    size_t first = 0;           // the index of `begin` in seconds_
    std::vector<size_t> edges;  // by the number of an edge in the chunk: its index in edges_
  };

  void ListEdges(Part* part);
  // As VisitEdges(), with the response times.
  void Visit(
      absl::FunctionRef<void(size_t edge, size_t second, const HistoryCounts&, const ResponseCounts&)> visit) const;
  std::vector<bool> Matching(absl::FunctionRef<bool(const HistoryEdge& edge)> matches) const;  // by index of edges()

  std::vector<HistorySecond> seconds_;
  HistoryCounts before_;
  int64_t clock_stepped_ns_ = 0;
  std::vector<HistoryEdge> edges_;
  absl::flat_hash_map<EdgeKey, size_t> edge_indexes_;
  std::vector<Part> parts_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_HISTORY_VIEW_H_
