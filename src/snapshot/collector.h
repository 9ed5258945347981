// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_COLLECTOR_H_
#define TCPGAUGE_SRC_SNAPSHOT_COLLECTOR_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "src/snapshot/edge_merger.h"
#include "src/snapshot/snapshot.h"
#include "src/snapshot/triple_buffer.h"
#include "src/snapshot/worker_snapshot.h"

namespace tcpgauge {

struct CollectorOptions {
  int64_t capture_start_time_ns = 0;  // Unix epoch
  double rate_window_seconds = 1;
  size_t exported_connections = 100;  // this many of the heaviest outrank slightly heavier ones next time
};

// Merges what the workers published last into one Snapshot.
//
// Thread: confined to one thread, the only reader of the workers' buffers.
class Collector {
 public:
  // The buffers must outlive the collector.
  Collector(const CollectorOptions& options, std::vector<TripleBuffer<WorkerSnapshot>*> workers)
      : options_(options), workers_(std::move(workers)) {}

  // A new snapshot, or null when no worker has published since the last call.
  std::shared_ptr<const Snapshot> Collect();

 private:
  // Sorts open and ended connections by rank, and remembers the heaviest for the next snapshot.
  void Rank(Snapshot* snapshot);

  const CollectorOptions options_;
  const std::vector<TripleBuffer<WorkerSnapshot>*> workers_;
  uint64_t sequence_ = 0;
  int64_t time_ns_ = 0;  // the latest table time of all workers; never steps back
  EdgeMerger edge_merger_;
  absl::flat_hash_set<uint64_t> heaviest_;  // connection ids in the last snapshot
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_COLLECTOR_H_
