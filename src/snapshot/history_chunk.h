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

namespace tcpgauge {

// An edge of the history. EdgeKey::local_ends is 0.
struct HistoryEdge {
  EdgeKey key;
  IdentityRef client;  // null: unknown
  IdentityRef server;
};

// Half a minute of the history: for each second the totals, and what each of a list of edges counted.
//
// Design. A chunk needs no other one: it has its own list of edges, and its first second says all that later ones
// continue. So the history forgets by dropping its oldest chunk, and an edge that is no longer among the heaviest keeps
// its past until then. A writer only appends. A reader that knows how many seconds were complete reads no more than
// these, so it reads while the writer goes on.
//
// Of an edge's second, only the counters that grew are written: the edge's number (one byte), a bit for each member
// that changed, and the amounts as varints (base 128, the lowest bits first). The gauge is written as its change, in
// zigzag form. Of the response times, the number of buckets that grew is written (one byte), and for each of them its
// place (one byte) and the amount. A busy edge takes some 20 bytes a second, and a silent one none. If fields of a
// fixed size were used instead, they would take 112 bytes, or could not hold what 100 Gbit/s bring.
//
// Bytes are shared out by time: when n of kSeconds seconds are complete, at most n parts of the bytes are used. When a
// second has no room for an edge, the edge's amounts wait for the next one, and it comes first there. So the sums stay
// exact, and the ten minutes are kept, even if every edge changed all its counters in each second.
//
// Thread: one writer. Any number of readers, if they ask for no more than was complete when another thread said so.
// Bounds: of a fixed size. It allocates nothing, but shares the identities of its edges.
class HistoryChunk {
 public:
  static constexpr size_t kSeconds = 30;
  static constexpr size_t kMaxEdges = 128;
  static constexpr size_t kBytes = 58000;

  // A second of the chunk.
  struct Second {
    int64_t end_ns = 0;
    HistoryCounts totals;  // until end_ns, since the start of the agent
    uint32_t edges = 0;    // how many of the listed edges were recorded in this second, the first ones
    uint32_t bytes = 0;    // the end of what was written of them
  };

  // `begin_ns` is when the first second begins, and `before` the totals at that time.
  HistoryChunk(int64_t begin_ns, const HistoryCounts& before) : begin_ns_(begin_ns), before_(before) {}

  // The methods of the writer. In each second it adds edges, appends the amounts of listed edges, and ends the second.
  size_t seconds() const { return second_count_; }
  size_t edges() const { return edge_count_; }
  // Lists another edge from the present second on, and returns its number. REQUIRES: edges() < kMaxEdges.
  size_t AddEdge(const HistoryEdge& edge);
  // Appends what the edge counted, and its gauge, to the present second. Returns false, and does nothing, if there is
  // no room. REQUIRES: seconds() < kSeconds; the edge was not appended in this second.
  bool Append(size_t edge, const HistoryCounts& counts);
  // Completes the present second.
  void EndSecond(int64_t end_ns, const HistoryCounts& totals);

  // The methods of readers. REQUIRES, for each second and edge that they ask for: it was complete.
  int64_t begin_ns() const { return begin_ns_; }
  const HistoryCounts& before() const { return before_; }
  const Second& second(size_t second) const { return seconds_[second]; }
  const HistoryEdge& edge(size_t edge) const { return edges_[edge]; }
  // Calls `visit(second, counts)` for each of the first `count` seconds. `counts` has an element for each edge that was
  // recorded in this second, and is valid during the call.
  void Visit(size_t count, absl::FunctionRef<void(size_t second, absl::Span<const HistoryCounts> counts)> visit) const;

 private:
  const int64_t begin_ns_;
  const HistoryCounts before_;
  size_t second_count_ = 0;
  size_t edge_count_ = 0;
  size_t byte_count_ = 0;
  std::array<Second, kSeconds> seconds_;
  std::array<HistoryEdge, kMaxEdges> edges_;
  std::array<uint64_t, kMaxEdges> gauges_{};  // of the writer: the last one that was written, by edge
  std::array<uint8_t, kBytes> bytes_;         // those from byte_count_ on are not initialized
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_HISTORY_CHUNK_H_
