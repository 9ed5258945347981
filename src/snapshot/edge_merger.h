// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_EDGE_MERGER_H_
#define TCPGAUGE_SRC_SNAPSHOT_EDGE_MERGER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Adds up the edges of the workers' tables. The connections of one edge may be spread over several tables.
//
// Each table admits and retires edges on its own. While one table exports an edge that another has retired, the retired
// counts stay with the exported edge and are subtracted from `retired`. So no counter falls, and exported plus retired
// stays the sum of what the tables report. Once no table exports the edge, its counts are in `retired`.
//
// Thread: confined to the collector's thread.
// Bounds: one copy of each edge that a worker exports, and one entry for each edge that is retired only in part.
class EdgeMerger {
 public:
  // REQUIRES: each call passes the same workers in the same order.
  EdgesView Merge(const std::vector<const EdgesView*>& workers);

 private:
  // The counts of an edge that some tables retired while others still export it.
  struct Kept {
    EdgeCounters counters;
    int64_t start_time_ns = 0;  // the earliest of the retired edges
    uint64_t retired_edges = 0;
  };

  // Adds to kept_ the edges that the worker exported at the last call and has retired since.
  void KeepRetired(const EdgesView& worker, absl::flat_hash_map<EdgeKey, EdgeView>* exported);

  std::vector<absl::flat_hash_map<EdgeKey, EdgeView>> exported_;  // of each worker at the last call
  absl::flat_hash_map<EdgeKey, Kept> kept_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_EDGE_MERGER_H_
