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
#include "src/snapshot/response_counts.h"

namespace tcpgauge {

// What an edge counted since the last sample, and its gauge.
struct HistoryEdgeCounts {
  HistoryEdge edge;
  HistoryCounts counts;
  ResponseCounts response_times = {};
};

// What the history is told once a second.
struct HistorySample {
  int64_t time_ns = 0;                   // table time
  int64_t clock_stepped_ns = 0;          // see Snapshot
  HistoryCounts totals;                  // since the start of the agent; counters never fall
  std::vector<HistoryEdgeCounts> edges;  // those with series, each once
};

// The last ten minutes of the whole agent and of the heaviest edges, second by second. The top view and the web page
// begin with these minutes.
//
// Design. The history is a row of chunks (see HistoryChunk). Each chunk begins with the kEdges heaviest edges of that
// time. An edge that becomes heavy later joins the chunk, as long as the chunk has a place. The weight of an edge is
// its payload bytes, plus some hundred bytes for each attempt to connect. So failing edges without payload can have
// places too. Older seconds weigh less: the weight of a second halves in half a minute. What an edge counts before it
// is listed is recorded when it is listed, or lost if its series end first.
//
// The response times of an edge are recorded in one of kResponseSeconds seconds, because buckets take more room than
// all counters. Listed edges take turns.
//
// A reader holds the chunks themselves: under the lock, only pointers to them are copied. So no reader holds up the
// collector. A dropped chunk that a reader still holds takes memory until the reader is done. While two such chunks
// exist, no new chunk is begun. The seconds of this time then become one long second.
//
// Thread: one thread writes: that of the collector, or, in an attached view, the one that asks the agent. Any thread
// may call Now() at any time.
// Time: table time. It must not step back, except by BeginAnew().
// Bounds: MemoryBytes(). The chunks of ten minutes take at most 1.6 MB of that.
class History {
 public:
  static constexpr size_t kEdges = 100;  // at the beginning of a chunk; at its end up to HistoryChunk::kMaxEdges
  static constexpr size_t kResponseSeconds = 10;

  // Returns the most memory that a history with these arguments takes. What Now() copies is not counted.
  static uint64_t MemoryBytes(size_t max_edges, size_t seconds);

  // A history of at least `seconds` seconds, and at most HistoryView::kMaxSeconds. Its samples have at most `max_edges`
  // edges.
  History(size_t max_edges, size_t seconds);

  // Takes a sample. If the sample is later than the last one, and a chunk has room or can be begun, the sample ends a
  // second. Otherwise, what the sample counted belongs to the second that a later sample ends.
  void Record(const HistorySample& sample);

  // Forgets everything. The next second begins at `time_ns`, which may be before what was recorded. Called by the
  // thread that writes.
  void BeginAnew(int64_t time_ns);

  // Returns what is known now. Takes some 0.1 ms; HistoryView::VisitEdges() takes a few milliseconds.
  HistoryView Now() const;

 private:
  // An edge that may be recorded.
  struct Edge {
    HistoryEdge edge;
    HistoryCounts counts;  // what is not recorded yet, and the gauge of the last sample
    double weight = 0;
    uint64_t round = 0;          // of the last sample that had the edge; see round_
    bool is_listed = false;      // by the chunk that is being written
    uint8_t seconds_waited = 0;  // while there was no room for it
    uint8_t number = 0;          // with is_listed: of the edge in that chunk
  };

  void Count(const HistorySample& sample);
  // Adds the response times of listed edges to response_times_.
  void KeepResponseTimes(const HistorySample& sample);
  // Begins another chunk if necessary. Returns false if too many chunks exist.
  bool PrepareChunk(const HistorySample& sample);
  void ListHeaviest();
  void ListNewcomers();
  void List(Edge* edge);
  void AppendEdges();
  // Returns the edges that are not listed, the heaviest first.
  std::vector<Edge*> Unlisted();

  static size_t Chunks(size_t seconds);     // how many are in use
  static size_t MaxChunks(size_t seconds);  // also those that only readers hold

  const size_t seconds_;
  absl::flat_hash_map<EdgeKey, Edge> edges_;
  uint64_t round_ = 0;                   // counts the samples
  int64_t time_ns_ = INT64_MIN;          // when the last second ended
  HistoryCounts totals_;                 // at that time
  size_t next_edge_ = 0;                 // the number of the chunk's edge that AppendEdges() begins with
  std::shared_ptr<HistoryChunk> chunk_;  // the one that is being written; null before the first sample
  // By number of an edge in chunk_: its response times that are not recorded yet.
  std::vector<ResponseCounts> response_times_;
  // How many chunks exist. A chunk that a reader holds may outlive the history.
  const std::shared_ptr<std::atomic<size_t>> chunk_count_ = std::make_shared<std::atomic<size_t>>(0);

  mutable Mutex mutex_;
  std::vector<HistoryView::CompleteSeconds> chunks_ ABSL_GUARDED_BY(mutex_);
  int64_t clock_stepped_ns_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_HISTORY_H_
