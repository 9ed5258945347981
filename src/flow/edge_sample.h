// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_EDGE_SAMPLE_H_
#define TCPGAUGE_SRC_FLOW_EDGE_SAMPLE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "src/flow/edge.h"
#include "src/flow/edge_binding.h"

namespace tcpgauge {

// A bounded number of edges, each with a weight. Finds the heavy edges among any number of edges, by random admission.
//
// Design. The place of an edge in the sample is called a slot. When all slots are taken, an edge that is not in the
// sample may get the slot of a light edge. A new edge that brings an amount (of payload or failures) gets this slot
// with the probability amount / (amount + weight of the light edge). So a heavy edge soon has a slot, and a flood of
// light edges changes little (after Ben Basat et al., "Randomized Admission Policy for Efficient Top-k and Frequency
// Estimation", 2017).
//
// Thread: confined to one thread.
// Bounds: the capacity. Only the constructor allocates memory.
class EdgeSample {
 public:
  using Slot = uint16_t;
  static constexpr Slot kNone = 0;  // the edge is not in the sample
  static constexpr size_t kMaxCapacity = UINT16_MAX;

  // Returns the memory that a sample of this capacity takes.
  static uint64_t MemoryBytes(size_t capacity);

  // `seed` makes random admission unpredictable. REQUIRES: 1 <= capacity <= kMaxCapacity.
  EdgeSample(size_t capacity, uint64_t seed);

  // Returns the slot of the edge, or kNone.
  Slot Find(const EdgeKey& key) const {
    const auto found = index_.find(key);
    return found == index_.end() ? kNone : found->second;
  }
  // Whether `slot` contains the edge.
  bool Holds(Slot slot, const EdgeKey& key) const { return slot != kNone && entries_[slot].key == key; }
  // As above, for the edge {client, server} whose is_server_prefix is false, between ends that have this binding. May
  // return false for another binding whose names have the same labels.
  bool Holds(Slot slot, const IpAddress& client, const Endpoint& server, uint16_t binding) const {
    const Entry& entry = entries_[slot];
    return slot != kNone && entry.bound.binding == binding && entry.key.client == client &&
           entry.key.server == server && !entry.key.is_server_prefix;
  }

  // The slots from 1 to limit() - 1 have been used.
  size_t limit() const { return used_; }
  // REQUIRES, for the next six methods: `slot` contains an edge.
  const EdgeKey& key(Slot slot) const { return entries_[slot].key; }
  EdgeBinding bound(Slot slot) const { return entries_[slot].bound; }
  double weight(Slot slot) const { return weights_[slot]; }
  void AddWeight(Slot slot, double amount) { weights_[slot] += amount; }
  // A pinned edge keeps its slot.
  void SetPinned(Slot slot, bool is_pinned) { entries_[slot].is_pinned = is_pinned; }
  bool is_pinned(Slot slot) const { return entries_[slot].is_pinned; }

  // Returns the slot for an edge that brings `amount`: an unused slot or, if random admission says so, the slot of a
  // light edge. If a slot is returned, the caller must call Replace() with it. Returns kNone if the edge gets no slot.
  // REQUIRES: the edge has no slot.
  Slot Draw(double amount);
  // Puts the edge into the slot that Draw() returned, with weight 0 and not pinned. An edge that was there loses the
  // slot.
  void Replace(Slot slot, const BoundEdge& edge);
  // Whether the slot that Draw() returned contains an edge, which Replace() removes.
  bool InUse(Slot slot) const { return entries_[slot].in_use; }

  // Multiplies all weights by `factor`.
  void Decay(double factor);

 private:
  struct Entry {
    EdgeKey key;
    EdgeBinding bound;
    bool in_use = false;
    bool is_pinned = false;
  };

  uint32_t Random();

  uint64_t random_state_;
  std::vector<Entry> entries_;  // by Slot; [0] is kNone and never used
  // By Slot. Not in Entry, because random admission reads many weights and little else.
  std::vector<double> weights_;
  size_t used_ = 1;
  absl::flat_hash_map<EdgeKey, Slot> index_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_EDGE_SAMPLE_H_
