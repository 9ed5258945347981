// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/stalled_by_edge.h"

#include "src/flow/edge_chooser.h"

namespace tcpgauge {

uint64_t StalledByEdge::MemoryBytes(size_t max_exported) {
  return EdgeChooser::SlotLimit(max_exported) * (sizeof(Count) + sizeof(EdgeTable::Slot));
}

StalledByEdge::StalledByEdge(const EdgeTable* edges) : edges_(edges) {
  if (edges == nullptr) return;
  counts_.resize(edges->slot_limit());
  counted_.reserve(counts_.size());
}

void StalledByEdge::Clear() {
  for (const EdgeTable::Slot slot : counted_) counts_[slot] = Count();
  counted_.clear();
  total_ = 0;
}

void StalledByEdge::Add(const EdgeKey& key) {
  ++total_;
  const EdgeTable::Slot slot = edges_->FindAdmitted(key);
  if (slot == EdgeTable::kNone) return;
  Count& count = counts_[slot];
  if (count.connections == 0) counted_.push_back(slot);
  if (!(count.key == key)) count = {key, 0};  // the slot was another edge's before
  ++count.connections;
}

void StalledByEdge::CopyTo(EdgesView* edges) const {
  edges->other.stalled = total_;
  if (total_ == 0) return;
  for (EdgeView& edge : edges->exported) {
    const EdgeTable::Slot slot = edges_->FindAdmitted(edge.key);
    if (slot == EdgeTable::kNone || !(counts_[slot].key == edge.key)) continue;
    edge.counters.stalled = counts_[slot].connections;
    edges->other.stalled -= edge.counters.stalled;
  }
}

}  // namespace tcpgauge
