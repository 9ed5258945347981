// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_WORKLOAD_CELLS_H_
#define TCPGAUGE_SRC_FLOW_WORKLOAD_CELLS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "src/flow/binding_table.h"
#include "src/flow/edge.h"
#include "src/flow/workload_edge.h"
#include "src/naming/end_identity.h"

namespace tcpgauge {

// The identity of a cell: all connections that have the same client workload (or client prefix), server workload,
// server port, zones and local ends. A local end is one on this node. `edge.reporter` keeps its default, because a cell
// may count for two reporters (see Reporter).
struct WorkloadCellKey {
  WorkloadEdgeKey edge;
  uint8_t local_ends = 0;   // as in Binding
  std::string client_zone;  // empty: unknown
  std::string server_zone;

  friend bool operator==(const WorkloadCellKey& a, const WorkloadCellKey& b) {
    return a.edge == b.edge && a.local_ends == b.local_ends && a.client_zone == b.client_zone &&
           a.server_zone == b.server_zone;
  }
  template <typename H>
  friend H AbslHashValue(H state, const WorkloadCellKey& key) {
    return H::combine(std::move(state), key.edge, key.local_ends, key.client_zone, key.server_zone);
  }
};

// What was credited to the connections of a cell. WorkloadCells::AppendAccounts() fills in what was credited to the
// cell itself. EdgeTable adds what was credited to the own accounts of edges. A plain value.
struct WorkloadAccount {
  // Identifies the cell. A number is used only once. When a cell is forgotten and begins again, it has another number.
  uint64_t number = 0;
  bool is_fold = false;  // a fold (see WorkloadCells); only local_ends of `key` is used
  WorkloadCellKey key;
  // One pod or container of the workload; null without a workload. Copies, so that the cell does not keep an identity
  // in use.
  IdentityRef client;
  IdentityRef server;
  EdgeCounters counters;
  EdgeDistributions distributions{};  // of the values that `counters` add up
};

// The accounts of a table by workloads. They hold what is not in the own account of an edge (see EdgeTable).
//
// Design. Traffic is credited to the own account of its edge while the edge is admitted (see EdgeChooser), and to the
// cell of its connection at all other times. So workloads cost no further addition. When the series of an edge end, the
// edge's account is added to retired() of its cell. So the accounts of a cell, together with those of its edges that
// have series, hold everything that was ever credited to its connections.
//
// Folds. A fold is a cell for connections that have no cell of their own. There is a fold for each value of local_ends,
// so the sums over each Reporter stay exact.
//
// Thread: confined to the thread of its connection table.
// Bounds: CellLimit() cells, folds included. When all are in use, further connections use a fold. A cell without users
// may be forgotten (see ForgetUnused()). Its accounts are then added to its fold. Without identities, all connections
// use the first fold.
class WorkloadCells {
 public:
  using Id = uint16_t;
  static constexpr size_t kFolds = 4;        // ids less than this are those of the folds, by local_ends
  static constexpr size_t kMaxEdges = 5000;  // so that Id has room

  // Returns a number above every id.
  static size_t CellLimit(size_t max_workload_edges) { return kFolds + kCellsPerEdge * max_workload_edges; }
  static uint64_t MemoryBytes(size_t max_workload_edges);

  // REQUIRES: max_workload_edges <= kMaxEdges.
  explicit WorkloadCells(size_t max_workload_edges);

  // Returns the cell of a connection between these ends, and adds one to its number of users. Returns a fold when there
  // is no room.
  Id Acquire(const WorkloadCellKey& key, const Binding& ends);
  // Like Acquire(), but adds neither a cell nor a user: returns a fold if no cell has this key.
  Id Find(const WorkloadCellKey& key) const;
  // AcquireAgain() adds a user to a cell that already has one. Release() takes a user away. Both do nothing for a fold.
  void AcquireAgain(Id id) {
    if (id >= kFolds) ++cells_[id].users;
  }
  void Release(Id id) {
    if (id >= kFolds) --cells_[id].users;
  }

  // What was credited to connections of the cell while their edges were not admitted. The gauge counts the open
  // connections that hold no slot of the edge table.
  EdgeCounters& unadmitted(Id id) { return cells_[id].unadmitted; }
  // The sum of the accounts of edges whose series have ended. The gauges are 0.
  EdgeCounters& retired(Id id) { return cells_[id].retired; }
  // The distributions of the values in these two accounts. They are large, so the two accounts share them.
  EdgeDistributions& distributions(Id id) { return cells_[id].distributions; }

  // Returns the sum of unadmitted() over all cells.
  EdgeCounters Unadmitted() const;
  // Returns the sum of distributions() over all cells.
  EdgeDistributions Distributions() const;

  // Appends to `*accounts` the account of each cell that is in use: the sum of unadmitted() and retired(). Returns, by
  // id, the index of each such cell in `*accounts`.
  std::vector<uint32_t> AppendAccounts(std::vector<WorkloadAccount>* accounts) const;

  // If all cells are in use, forgets those that had no user during the whole time since the last call.
  void ForgetUnused();

 private:
  static constexpr size_t kCellsPerEdge = 4;

  struct Cell {
    uint64_t number = 0;  // 0: the cell is free
    WorkloadCellKey key;
    IdentityRef client;
    IdentityRef server;
    EdgeCounters unadmitted;
    EdgeCounters retired;
    uint32_t users = 0;
    bool was_unused = false;  // when ForgetUnused() was called last
    EdgeDistributions distributions;
  };

  void Forget(Id id);

  const size_t limit_;
  std::vector<Cell> cells_;  // by Id
  std::vector<Id> free_;
  absl::flat_hash_map<WorkloadCellKey, Id> ids_;
  Id last_acquired_ = 0;  // 0: none
  uint64_t last_number_ = kFolds;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_WORKLOAD_CELLS_H_
