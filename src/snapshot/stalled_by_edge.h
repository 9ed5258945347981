// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_STALLED_BY_EDGE_H_
#define TCPGAUGE_SRC_SNAPSHOT_STALLED_BY_EDGE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "src/flow/edge.h"
#include "src/flow/edge_table.h"
#include "src/snapshot/snapshot.h"

namespace tcpgauge {

// Counts the stalled connections that a pass visits, by edge (see WorkerPublisher and IsStalled()).
//
// Design. A pass takes a while, and packets are applied meanwhile. An edge may lose its slot in the edge table after
// the pass visited one of its connections, and another edge may get this slot. So each count is kept together with its
// edge. At the end, the count of an edge that is no longer admitted goes to the account `other`. So the counts of all
// accounts add up to the stalled connections that the pass visited.
//
// Thread: confined to the publisher's thread.
// Bounds: as many counts as edges can have series. In the course of a pass, more edges than that can be admitted; the
// connections of the last ones go to `other`. Allocates only in the constructor.
class StalledByEdge {
 public:
  // Returns the memory that an object takes when `max_exported` edges can have series.
  static uint64_t MemoryBytes(size_t max_exported);

  // `edges` must outlive this object. Null: the table keeps no edges, and only Clear() may be called.
  explicit StalledByEdge(const EdgeTable* edges);

  // Begins a pass: forgets all counts.
  void Clear();
  // Counts a stalled connection of the edge `key`.
  void Add(const EdgeKey& key);
  // Ends the pass: sets EdgeCounters::stalled in all accounts of `*edges`, which were copied from the edge table just
  // now.
  void CopyTo(EdgesView* edges) const;

 private:
  struct Count {
    EdgeTable::Slot slot;
    EdgeKey key;
    int64_t connections;
  };
  using Place = uint16_t;  // the index in counts_ plus one; 0: no count

  const EdgeTable* const edges_;
  std::vector<Place> places_;  // by slot
  std::vector<Count> counts_;
  int64_t total_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_STALLED_BY_EDGE_H_
