// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_EDGE_MERGER_H_
#define TCPGAUGE_SRC_SNAPSHOT_EDGE_MERGER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/node_hash_map.h"
#include "src/flow/binding_table.h"
#include "src/flow/edge.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Adds up the edges of the workers' tables, and keeps the counters of an edge from falling. EdgeTable says when a table
// exports an edge and when it retires one. Distributions are treated like counters: a bucket's count falls only when
// the scale of its distribution falls.
//
// The connections of one edge may be spread over several tables, and each table exports and retires edges on its own.
// When a table retires an edge, the table adds the edge's counts to the table's `retired` account.
//
// - While another table still exports the edge, the edge's counters would fall. So Merge() adds the retired counts to
//   the exported edge, and subtracts them from the sum of the `retired` accounts. The two still add up to what the
//   tables report. Merge() knows these counts from the call before.
// - Once no table exports the edge, its counts are part of `retired`.
//
// Readers cannot tell edges apart that differ only in EdgeKey::local_ends. If one table has such edges, they are merged
// as if they were edges of two tables.
//
// EdgesView::new_edges counts an edge when a table begins to export it while no other table exports it.
//
// Merge() finds new and retired edges by comparing successive calls. So call Merge() at least twice in a ranking
// window. If calls are rarer, a table may retire an edge and export it again between two calls.
//
// Thread: confined to the collector's thread.
// Bounds: stores a copy of each edge that a worker exports, and one entry for each exported edge that a table retired.
class EdgeMerger {
 public:
  // Returns the merged edges. `workers` holds the edges of each worker, as of now, and is not kept.
  // REQUIRES: each call passes the same workers in the same order.
  EdgesView Merge(const std::vector<const EdgesView*>& workers);

 private:
  // An edge that a worker exported at the last call of Merge().
  struct Before {
    EdgeCounters counters;
    EdgeDistributions distributions;
    int64_t start_time_ns = 0;
  };
  // A map of nodes, because Before is large: the spare room of a flat map would take as much again.
  using Exported = absl::node_hash_map<EdgeKey, Before>;

  // The counts of retired series of an edge, as of the last call of Merge() before the end of each series. Kept while
  // any table exports the edge.
  struct Kept {
    EdgeAccount account;         // the sum over the tables that retired the edge
    int64_t start_time_ns = 0;   // when the first of the retired series started
    uint64_t retired_edges = 0;  // how many times a table retired the edge
  };

  static constexpr uint8_t kMaxLocalEnds = Binding::kClientIsLocal | Binding::kServerIsLocal;

  // Whether any table exported the edge at the last call of Merge(), whichever of its ends are local.
  bool IsExported(const EdgeKey& shown) const;
  // Counts the edges that the worker began to export since the last call of Merge(), while another worker already
  // exported them. `index` is the worker's index in exported_.
  void CountRepeated(const EdgesView& worker, size_t index);
  // Whether the table retired the edge and admitted it again between `before` and `now`.
  static bool WasReadmitted(const Before& before, const EdgeView& now);
  // Adds to kept_ the edges that the worker exported at the last call of Merge() and has retired since. Then replaces
  // `*exported`, the worker's element of exported_, by the edges that the worker exports now.
  void KeepRetired(const EdgesView& worker, Exported* exported);

  std::vector<Exported> exported_;  // by worker, at the last call of Merge()
  absl::node_hash_map<EdgeKey, Kept> kept_;
  uint64_t repeated_edges_ = 0;  // how often a worker began to export an edge that was exported already
  // The sums of seconds in `other`, at the last call of Merge(). Kept because a rounded sum may fall a little.
  double other_rtt_sum_seconds_ = 0;
  double other_response_sum_seconds_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_EDGE_MERGER_H_
