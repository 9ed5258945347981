// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_HISTORY_CHUNK_H_
#define TCPGAUGE_SRC_SNAPSHOT_HISTORY_CHUNK_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "src/flow/edge.h"
#include "src/naming/end_identity.h"
#include "src/snapshot/history_counts.h"
#include "src/snapshot/response_counts.h"

namespace tcpgauge {

// An edge of the history. EdgeKey::local_ends is 0.
struct HistoryEdge {
  EdgeKey key;
  IdentityRef client;  // null: unknown
  IdentityRef server;
};

// Half a minute of the history. For each second, it has the totals, and what each edge of a list counted.
//
// Design. A chunk can be read without any other chunk: it has its own list of edges, and its gauges begin from 0. So
// the history forgets by dropping its oldest chunk. Until a chunk is dropped, its edges keep their past, even those
// that are no longer among the heaviest. The writer only appends. A reader is told how many seconds are complete and
// reads only these. So it can read while the writer goes on.
//
// The record of an edge in a second has the edge's number (one byte), a set of bits that tells which members follow,
// and these members. The bits and the members are varints (base 128, the lowest bits first). Only the counters that
// grew follow, and the gauge if it changed. The gauge is written as its change, in zigzag form. Of the response times,
// the number of buckets that grew follows (one byte), and for each of them its place (one byte) and its growth. A busy
// edge takes some 20 bytes a second. A silent edge has no record. Fixed fields of 64 bits would take 112 bytes. Fields
// of 32 bits could not hold the bytes of a second at 100 Gbit/s.
//
// Bytes are shared out by time: when n seconds are complete, at most n / kSeconds of kBytes are used. When a second has
// no room for an edge, the amounts of this edge and of those after it wait for the next second, which begins with this
// edge. So a chunk has kSeconds seconds even if every edge changes all its counters in each second, and the sums come
// out right later.
//
// Thread: one writer and any number of readers. A reader must learn through a lock or an atomic how many seconds are
// complete, and read only these.
// Bounds: the size is fixed. A chunk allocates nothing, but shares the identities of its edges.
class HistoryChunk {
 public:
  static constexpr size_t kSeconds = 30;
  static constexpr size_t kMaxEdges = 128;
  static constexpr size_t kBytes = 52500;

  // A second of the chunk.
  struct Second {
    int64_t end_ns = 0;
    HistoryCounts totals;  // from the start of the agent until end_ns
    uint32_t edges = 0;    // how many edges were listed at its end: those with the lowest numbers
    uint32_t bytes = 0;    // where its records end in bytes_
  };

  // `begin_ns` is when the first second begins, and `before` the totals at that time.
  HistoryChunk(int64_t begin_ns, const HistoryCounts& before) : begin_ns_(begin_ns), before_(before) {}

  // The methods of the writer. In each second it adds edges, appends the amounts of listed edges, and ends the second.
  size_t seconds() const { return second_count_; }
  size_t edges() const { return edge_count_; }
  // Lists another edge from the present second on, and returns its number: 0, 1, 2 and so on. REQUIRES: edges() <
  // kMaxEdges.
  size_t AddEdge(const HistoryEdge& edge);
  // Appends what the edge counted, its gauge and its response times to the present second. Returns false, and does
  // nothing, if there is no room. REQUIRES: edge < edges(), seconds() < kSeconds, and the edge was not appended in this
  // second.
  bool Append(size_t edge, const HistoryCounts& counts, const ResponseCounts& response_times = {});
  // Completes the present second. REQUIRES: seconds() < kSeconds.
  void EndSecond(int64_t end_ns, const HistoryCounts& totals);

  // The methods of readers. REQUIRES: each second that they ask for is complete, and each edge was listed in a complete
  // second.
  int64_t begin_ns() const { return begin_ns_; }
  const HistoryCounts& before() const { return before_; }
  const Second& second(size_t second) const { return seconds_[second]; }
  const HistoryEdge& edge(size_t edge) const { return edges_[edge]; }
  // Calls `visit(second, counts, response_times)` for each of the first `count` seconds. `counts` and `response_times`
  // have an element for each edge that was listed in this second, and are valid during the call.
  using SecondVisitor = absl::FunctionRef<void(size_t second, absl::Span<const HistoryCounts> counts,
                                               absl::Span<const ResponseCounts> response_times)>;
  void Visit(size_t count, SecondVisitor visit) const;

 private:
  const int64_t begin_ns_;
  const HistoryCounts before_;
  size_t second_count_ = 0;
  size_t edge_count_ = 0;
  size_t byte_count_ = 0;
  std::array<Second, kSeconds> seconds_;
  std::array<HistoryEdge, kMaxEdges> edges_;
  std::array<uint64_t, kMaxEdges> gauges_{};  // used by the writer: the gauge that was written last, by edge
  std::array<uint8_t, kBytes> bytes_;         // those from byte_count_ on are not initialized
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_HISTORY_CHUNK_H_
