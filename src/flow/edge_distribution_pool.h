// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_EDGE_DISTRIBUTION_POOL_H_
#define TCPGAUGE_SRC_FLOW_EDGE_DISTRIBUTION_POOL_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "src/flow/edge.h"

namespace tcpgauge {

// A pool of distributions for the slots of an edge table. There are many more slots than edges with an account of their
// own, and distributions are large. So a slot takes distributions from the pool only when its first value comes.
//
// Thread: confined to the thread of its connection table.
// Bounds: `capacity` slots at a time, in memory that is allocated by the constructor and becomes resident with use.
class EdgeDistributionPool {
 public:
  static constexpr size_t kMaxCapacity = UINT16_MAX;

  static uint64_t MemoryBytes(size_t slots, size_t capacity) {
    return slots * sizeof(Place) + capacity * (sizeof(EdgeDistributions) + sizeof(Place));
  }

  // REQUIRES: capacity <= kMaxCapacity.
  EdgeDistributionPool(size_t slots, size_t capacity);

  // Returns the distributions of `slot`, which are empty at first. REQUIRES: `slot` has distributions, or fewer than
  // `capacity` slots have distributions.
  EdgeDistributions& Of(size_t slot);
  // Returns the distributions of `slot`; null if it has none.
  const EdgeDistributions* Find(size_t slot) const {
    return places_[slot] == kNone ? nullptr : &distributions_[places_[slot] - 1];
  }
  // Takes the distributions of `slot`, if it has any, back into the pool.
  void Release(size_t slot);

 private:
  using Place = uint16_t;  // 1 + an index of distributions_
  static constexpr Place kNone = 0;

  std::vector<Place> places_;  // by slot
  std::vector<EdgeDistributions> distributions_;
  std::vector<Place> free_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_EDGE_DISTRIBUTION_POOL_H_
