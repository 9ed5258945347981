// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_COLLECTOR_H_
#define TCPGAUGE_SRC_SNAPSHOT_COLLECTOR_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "src/naming/identity_hub.h"
#include "src/snapshot/edge_change_meter.h"
#include "src/snapshot/edge_merger.h"
#include "src/snapshot/interface_merger.h"
#include "src/snapshot/series_choice.h"
#include "src/snapshot/snapshot.h"
#include "src/snapshot/triple_buffer.h"
#include "src/snapshot/worker_snapshot.h"
#include "src/snapshot/workload_edge_merger.h"

namespace tcpgauge {

struct CollectorOptions {
  int64_t capture_start_time_ns = 0;  // since the Unix epoch; copied into each snapshot
  double rate_window_seconds = 1;     // copied into each snapshot; also for EdgeChangeMeter
  // How many connections get an increased rank because they were the heaviest in the previous snapshot. See
  // ConnectionSummary::rank.
  size_t exported_connections = 100;
  // The most values of the label `interface`, "other" included. See InterfaceMerger.
  size_t exported_interfaces = 32;
  // How connections get series. Nullopt: all connections may have series, and no choice is remembered.
  std::optional<SeriesChoiceOptions> series_choice = std::nullopt;
  // Where the identity map and the counters of identities come from. Must outlive the collector. Null: there are none.
  const IdentityHub* identities = nullptr;
  // The collector itself sets the capture_start_time_ns of these options.
  WorkloadEdgeOptions workload_edges = WorkloadEdgeOptions();
};

// Merges the latest WorkerSnapshot of each worker into one Snapshot.
//
// - Counters are added up. InterfaceMerger merges the interfaces.
// - Snapshot::views has the views of the listed connections. A worker's list may also have views that belong to no row.
// - The connections of all workers form one list, the highest ConnectionSummary::rank first. Those that ended form
//   another list.
// - EdgeMerger merges the edges, and WorkloadEdgeMerger those between workloads. EdgeChangeMeter measures what the
//   edges were credited with lately.
// - SeriesChoice chooses the connections that have series.
//
// Thread: confined to one thread, which must be the only reader of the workers' buffers.
// Bounds: those of the workers' snapshots, added up.
class Collector {
 public:
  // `workers` holds the buffer of each worker. The buffers must outlive the collector.
  Collector(const CollectorOptions& options, std::vector<TripleBuffer<WorkerSnapshot>*> workers)
      : options_(options),
        workers_(std::move(workers)),
        interface_merger_(options.exported_interfaces, options.capture_start_time_ns),
        edge_change_meter_(options.rate_window_seconds),
        workload_edge_merger_(WithStart(options)) {
    if (options.series_choice.has_value()) series_choice_.emplace(*options.series_choice);
  }

  // Returns a new snapshot. If a worker has not published since the last call, the snapshot contains what this worker
  // published before. Returns null when no worker has published since the last call.
  std::shared_ptr<const Snapshot> Collect();

  // Returns, by worker, the slots of those Snapshot::connections that have series in the last snapshot.
  const std::vector<std::vector<uint32_t>>& slots_with_series() const { return slots_with_series_; }

 private:
  static WorkloadEdgeOptions WithStart(const CollectorOptions& options) {
    WorkloadEdgeOptions workload_edges = options.workload_edges;
    workload_edges.capture_start_time_ns = options.capture_start_time_ns;
    return workload_edges;
  }
  // Returns indexes for Snapshot::connection(), the highest rank of both lists first, and replaces heaviest_. Both
  // lists are sorted by rank.
  std::vector<uint32_t> RankAll(const Snapshot& snapshot);

  const CollectorOptions options_;
  const std::vector<TripleBuffer<WorkerSnapshot>*> workers_;
  uint64_t sequence_ = 0;
  int64_t time_ns_ = 0;  // the latest table time of all workers so far
  InterfaceMerger interface_merger_;
  EdgeMerger edge_merger_;
  EdgeChangeMeter edge_change_meter_;
  WorkloadEdgeMerger workload_edge_merger_;
  std::optional<SeriesChoice> series_choice_;
  std::vector<std::vector<uint32_t>> slots_with_series_;
  absl::flat_hash_set<uint64_t> heaviest_;  // ids of the heaviest connections of the last snapshot, open or ended
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_COLLECTOR_H_
