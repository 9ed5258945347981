#ifndef TCPGAUGE_SRC_SNAPSHOT_EDGE_MERGER_H_
#define TCPGAUGE_SRC_SNAPSHOT_EDGE_MERGER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Adds up the edges of several capture threads' tables, over which the connections of one edge are spread.
//
// Each table admits and retires edges by itself. What a table retires of an edge that another one still exports stays
// with the exported edge, and is not yet retired, so that no counter falls and what is exported and what is retired add
// up to the same.
//
// Thread: confined to the collector's.
class EdgeMerger {
 public:
  // `shards` are always the same tables, in the same order.
  EdgesView Merge(const std::vector<const EdgesView*>& shards);

 private:
  struct Kept {
    EdgeCounters counters;
    int64_t start_time_ns = 0;  // of the earliest
    uint64_t retired_edges = 0;
  };

  // What the shard has retired since the last call, of the edges that it exported then.
  void KeepRetired(const EdgesView& shard, absl::flat_hash_map<EdgeKey, EdgeView>* exported);

  std::vector<absl::flat_hash_map<EdgeKey, EdgeView>> exported_;  // by each shard, at the last call
  absl::flat_hash_map<EdgeKey, Kept> kept_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_EDGE_MERGER_H_
