// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_HISTORY_H_
#define TCPGAUGE_SRC_SNAPSHOT_HISTORY_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "src/base/mutex.h"
#include "src/flow/edge.h"
#include "src/snapshot/history_chunk.h"
#include "src/snapshot/history_counts.h"
#include "src/snapshot/history_view.h"

namespace tcpgauge {

// What an edge counted since the sample before, and its gauge.
struct HistoryEdgeCounts {
  HistoryEdge edge;
  HistoryCounts counts;
};

// What the history is told once a second.
struct HistorySample {
  int64_t time_ns = 0;                   // table time
  int64_t clock_stepped_ns = 0;          // see Snapshot
  HistoryCounts totals;                  // since the start of the agent; counters never fall
  std::vector<HistoryEdgeCounts> edges;  // those with series, each once
};

// The last ten minutes, second by second: of the whole agent, and of the heaviest edges. The top view and the page
// begin with them.
//
// Design. The history is a row of chunks (see HistoryChunk). Each chunk begins with the kEdges heaviest edges of that
// time. An edge that becomes heavy meanwhile joins them, as long as the chunk has a place. Heavy is what has much
// payload lately, and what attempts to connect: a failing edge without payload has a place too, if there are not so
// many. The weight of a second halves in half a minute.
//
// The response times of an edge are written every kResponseSeconds seconds alone, since buckets take more room than all
// other counts. Edges take turns.
//
// A reader holds the chunks themselves, and nothing is copied under the lock but their pointers. So no reader holds up
// the collector. When a chunk is dropped that a reader still holds, it takes memory until the reader is done. A new one
// is not made while two such chunks exist: its seconds then become one long second.
//
// Thread: one thread writes: that of the collector, or, in an attached view, the one that asks the agent. Any thread
// may call Now() at any time. Time: table time. It must not step back. Bounds: MemoryBytes(). The chunks of ten minutes
// take 1.8 MB of that.
class History {
 public:
  static constexpr size_t kEdges = 100;  // that are recorded at a time; up to HistoryChunk::kMaxEdges for moments
  static constexpr size_t kResponseSeconds = 10;

  // Returns the most memory that such a history takes. What Now() copies is not counted.
  static uint64_t MemoryBytes(size_t max_edges, size_t seconds);

  // A history of at least `seconds` seconds, and at most HistoryView::kMaxSeconds. Its samples have at most `max_edges`
  // edges.
  History(size_t max_edges, size_t seconds);

  // Takes a sample. Ignores its time and its totals if it is not later than the last one, and so leaves what it counted
  // for the next one.
  void Record(const HistorySample& sample);

  // Forgets everything. The next second begins at `time_ns`, which may be before what was recorded. Called by the
  // thread that writes.
  void BeginAnew(int64_t time_ns);

  // Returns what is known now. Takes some 0.1 ms; VisitEdges() takes a few milliseconds.
  HistoryView Now() const;

 private:
  // An edge that may be recorded.
  struct Edge {
    HistoryEdge edge;
    HistoryCounts counts;  // those that are not recorded yet; the gauge is that of now
    double weight = 0;
    uint64_t round = 0;      // of the last sample that had the edge; see round_
    bool is_listed = false;  // by the chunk that is being written
  };

  void Count(const HistorySample& sample);
  // Begins another chunk if necessary. Returns false if there is no memory for it.
  bool PrepareChunk(const HistorySample& sample);
  void ListHeaviest();
  void ListNewcomers();
  void List(Edge* edge);
  void AppendEdges();
  // Returns the edges that are not listed, the heaviest first.
  std::vector<Edge*> Unlisted();

  static size_t Chunks(size_t seconds);     // in use
  static size_t MaxChunks(size_t seconds);  // with those that only readers hold

  const size_t seconds_;
  absl::flat_hash_map<EdgeKey, Edge> edges_;
  uint64_t round_ = 0;                   // counts the samples
  int64_t time_ns_ = INT64_MIN;          // when the last second ended
  HistoryCounts totals_;                 // at that time
  size_t next_edge_ = 0;                 // of the chunk, that is appended first
  std::shared_ptr<HistoryChunk> chunk_;  // that is being written; null before the first sample
  // How many chunks exist. A chunk that a reader holds may outlive the history.
  const std::shared_ptr<std::atomic<size_t>> chunk_count_ = std::make_shared<std::atomic<size_t>>(0);

  mutable Mutex mutex_;
  std::vector<HistoryView::CompleteSeconds> chunks_ ABSL_GUARDED_BY(mutex_);
  int64_t clock_stepped_ns_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_HISTORY_H_
