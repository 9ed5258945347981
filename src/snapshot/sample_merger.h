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
#include "src/snapshot/triple_buffer.h"
#include "src/snapshot/worker_sample.h"

namespace tcpgauge {

// Merges the samples of all workers into those of the history, one a second.
//
// The totals are added up. Of an edge, the history wants what was counted since the sample before, so the edge's last
// counts of each worker are remembered. Its series may end in the table of one worker and go on in another's, or begin
// again at 0: then everything that the new series counted is new. Edges that differ only in EdgeKey::local_ends are
// one, as in a Snapshot.
//
// A second is complete when every worker has published a sample of it or of a later one. A worker that is late delays
// the others' second. If it misses one, two seconds become a long one.
//
// Exception: in the first window, series may end at once (see EdgeChooser). What such an edge counted since the last
// sample is then missing in the edge's history. The totals have it.
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

  // Takes what workers have published since the last call, and records a second if one is complete.
  void Merge();

 private:
  // What an edge of a worker had counted in the last sample that was recorded.
  struct Before {
    int64_t start_time_ns = 0;
    HistoryCounts counts;
  };
  using Edges = absl::flat_hash_map<EdgeKey, Before>;

  void AddEdges(const WorkerSample& from, Edges* before, HistorySample* sample);

  const std::vector<TripleBuffer<WorkerSample>*> workers_;
  std::vector<Edges> before_;  // by worker
  History& history_;
  int64_t second_ = INT64_MIN;                    // that was recorded last
  HistorySample sample_;                          // the memory of the last one is used again
  absl::flat_hash_map<EdgeKey, size_t> indexes_;  // of the edges of sample_
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_SAMPLE_MERGER_H_
