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
// Design. A pass takes a while, and packets are applied meanwhile. So an edge that was admitted when the pass visited
// one of its connections may have lost its slot when the pass ends, and another edge may have got the slot. Each count
// is therefore kept together with its edge. At the end, the count of an edge that is no longer admitted goes to the
// account `other`. So the counts of all accounts add up to the stalled connections that the pass visited.
//
// Thread: confined to the publisher's thread.
// Bounds: one count for each edge that can have series. More edges than that can be admitted in the course of a pass,
// and the connections of the last ones go to `other`. Allocates only in the constructor.
class StalledByEdge {
 public:
  // Returns the memory that an object takes when `max_exported` edges can have series.
  static uint64_t MemoryBytes(size_t max_exported);

  // `edges` must outlive this object. Null: no edges are kept, and no other method may be called.
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
  using Place = uint16_t;  // the index of a count, plus one; or 0

  const EdgeTable* const edges_;
  std::vector<Place> places_;  // by slot
  std::vector<Count> counts_;
  int64_t total_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_STALLED_BY_EDGE_H_
