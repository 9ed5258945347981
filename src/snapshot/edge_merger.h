// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_EDGE_MERGER_H_
#define TCPGAUGE_SRC_SNAPSHOT_EDGE_MERGER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Adds up the edges of several workers' tables, over which the connections of one edge are spread.
//
// Each table admits and retires edges by itself. What a table retires of an edge that another one still exports stays
// with the exported edge, and is not yet retired, so that no counter falls and what is exported and what is retired add
// up to the same.
//
// Thread: confined to the collector's.
class EdgeMerger {
 public:
  // `workers` are always the same tables, in the same order.
  EdgesView Merge(const std::vector<const EdgesView*>& workers);

 private:
  struct Kept {
    EdgeCounters counters;
    int64_t start_time_ns = 0;  // of the earliest
    uint64_t retired_edges = 0;
  };

  // What the worker has retired since the last call, of the edges that it exported then.
  void KeepRetired(const EdgesView& worker, absl::flat_hash_map<EdgeKey, EdgeView>* exported);

  std::vector<absl::flat_hash_map<EdgeKey, EdgeView>> exported_;  // by each worker, at the last call
  absl::flat_hash_map<EdgeKey, Kept> kept_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_EDGE_MERGER_H_
