// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_SAMPLE_MERGER_H_
#define TCPGAUGE_SRC_SNAPSHOT_SAMPLE_MERGER_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "src/flow/edge.h"
#include "src/snapshot/history.h"
#include "src/snapshot/history_counts.h"
#include "src/snapshot/response_counts.h"
#include "src/snapshot/triple_buffer.h"
#include "src/snapshot/worker_sample.h"

namespace tcpgauge {

// Merges the samples of all workers into samples for the history, one for each second.
//
// The totals are added up. For each edge, the history wants what was counted since the last sample. So the merger
// remembers the last counts of each worker's edges. If a worker's edge is new, or its series began again at 0, all its
// counts are new. Edges that differ only in EdgeKey::local_ends are merged, as in a Snapshot.
//
// A second is complete when every worker has published a sample of this second or of a later one. So a worker that is
// late delays the second for all workers. If a worker misses a second, two seconds become one long second.
//
// What an edge counted between the last sample and the end of its series is missing in the edge's history, but not in
// the totals. This happens only in the first window: later, an edge counts nothing for a window before its series end
// (see EdgeChooser).
//
// Thread: confined to one thread, which must be the only reader of the workers' buffers.
// Bounds: one entry for each edge of each worker's latest sample; see MemoryBytes().
class SampleMerger {
 public:
  // Returns the most memory that a merger takes for each worker, if its table exports at most `max_edges` edges.
  static uint64_t MemoryBytes(size_t max_edges);

  // `workers` holds the buffer of each worker. The buffers and `history` must outlive the merger.
  SampleMerger(std::vector<TripleBuffer<WorkerSample>*> workers, History* history)
      : workers_(std::move(workers)), before_(workers_.size()), history_(*history) {}

  // Takes what workers have published since the last call, and records a second if a further second is complete.
  void Merge();

 private:
  // What an edge of a worker had counted in the last sample that was recorded.
  struct Before {
    int64_t start_time_ns = 0;
    HistoryCounts counts;
    ResponseCounts response_times;
  };
  using Edges = absl::flat_hash_map<EdgeKey, Before>;

  // Empties `*edges`, and makes room for those of all workers.
  void Clear(std::vector<HistoryEdgeCounts>* edges) const;
  void AddEdges(const WorkerSample& from, Edges* before, HistorySample* sample);

  const std::vector<TripleBuffer<WorkerSample>*> workers_;
  std::vector<Edges> before_;  // by worker
  History& history_;
  int64_t second_ = INT64_MIN;                    // the second that was recorded last
  HistorySample sample_;                          // a member so that its memory is used again
  absl::flat_hash_map<EdgeKey, size_t> indexes_;  // of the edges of sample_
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_SAMPLE_MERGER_H_
