// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_EDGE_CHANGE_METER_H_
#define TCPGAUGE_SRC_SNAPSHOT_EDGE_CHANGE_METER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "src/flow/edge.h"
#include "src/snapshot/interface_view.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Measures what the edges and the interfaces were credited with lately, by comparing their counters with those of an
// earlier snapshot.
//
// Design. The collector measures once for all readers, so that all outputs show the same rates. It compares counters.
// It does not add up the rates of the open connections: a connection that began and ended between two snapshots would
// be missing.
//
// - The meter keeps the counters of two earlier snapshots, the older and the newer. If the newer is at least half a
//   rate window old, the meter compares the present counters with the newer, then drops the older and keeps the present
//   counters. Otherwise it compares them with the older, and keeps nothing new. So the period is at least half a rate
//   window, however often readers come, and it is longer after a gap. Exception: while the meter keeps only one
//   snapshot, it compares with that one.
// - When the series of an edge end, its counts move to EdgesView::retired. The meter does not count this as a change.
//   So the changes of all edges and of the rest together equal the change of all accounts.
//
// Thread: confined to one thread.
// Time: table time, in nanoseconds.
// Bounds: two sets of the counters of the edges that have series, and of the interfaces.
class EdgeChangeMeter {
 public:
  // Returns the memory of a meter for at most `max_edges` edges with series.
  static uint64_t MemoryBytes(size_t max_edges);

  // REQUIRES: rate_window_seconds > 0.
  explicit EdgeChangeMeter(double rate_window_seconds)
      : shortest_period_ns_(static_cast<int64_t>(rate_window_seconds * 1e9 / 2)) {}

  // Returns what was credited since the earlier snapshot. Call it for each snapshot, in order, with its own `edges`,
  // `interfaces` and `time_ns`. EdgeChanges::seconds is 0 if there is no earlier snapshot, or if no time has passed.
  EdgeChanges Measure(const EdgesView& edges, const std::vector<InterfaceView>& interfaces, int64_t time_ns);

 private:
  struct EarlierEdge {  // or interface
    EdgeCounters counters;
    int64_t start_time_ns = 0;
  };
  // The counters of a snapshot.
  struct Earlier {
    int64_t time_ns = 0;
    absl::flat_hash_map<EdgeKey, EarlierEdge> exported;
    EdgeCounters rest;  // of the edges without series, and what was counted under series that ended
    absl::flat_hash_map<std::string, EarlierEdge> interfaces;  // by name
  };

  static EdgeChanges Compare(const Earlier& earlier, const EdgesView& edges,
                             const std::vector<InterfaceView>& interfaces, int64_t time_ns);

  const int64_t shortest_period_ns_;
  std::optional<Earlier> older_;  // before newer_
  std::optional<Earlier> newer_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_EDGE_CHANGE_METER_H_
