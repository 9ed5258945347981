// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/stalled_by_edge.h"

#include "src/flow/edge_chooser.h"

namespace tcpgauge {

uint64_t StalledByEdge::MemoryBytes(size_t max_exported) {
  return EdgeChooser::SlotLimit(max_exported) * sizeof(Place) + max_exported * sizeof(Count);
}

StalledByEdge::StalledByEdge(const EdgeTable* edges) : edges_(edges) {
  if (edges == nullptr) return;
  places_.resize(edges->slot_limit());
  counts_.reserve(edges->max_exported());
}

void StalledByEdge::Clear() {
  for (const Count& count : counts_) places_[count.slot] = 0;
  counts_.clear();
  total_ = 0;
}

void StalledByEdge::Add(const EdgeKey& key) {
  ++total_;
  const EdgeTable::Slot slot = edges_->FindAdmitted(key);
  if (slot == EdgeTable::kNone) return;
  if (places_[slot] == 0) {
    if (counts_.size() == edges_->max_exported()) return;
    counts_.push_back({slot, key, 0});
    places_[slot] = static_cast<Place>(counts_.size());
  }
  Count& count = counts_[places_[slot] - 1];
  if (!(count.key == key)) count = {slot, key, 0};  // the slot was another edge's before
  ++count.connections;
}

void StalledByEdge::CopyTo(EdgesView* edges) const {
  edges->other.stalled = total_;
  if (total_ == 0) return;
  for (EdgeView& edge : edges->exported) {
    const EdgeTable::Slot slot = edges_->FindAdmitted(edge.key);
    if (slot == EdgeTable::kNone || places_[slot] == 0) continue;
    const Count& count = counts_[places_[slot] - 1];
    if (!(count.key == edge.key)) continue;
    edge.counters.stalled = count.connections;
    edges->other.stalled -= count.connections;
  }
}

}  // namespace tcpgauge
