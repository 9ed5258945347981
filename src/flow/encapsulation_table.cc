// SPDX-License-Identifier: Apache-2.0
#include "src/flow/encapsulation_table.h"

#include <utility>

namespace tcpgauge {

uint64_t EncapsulationTable::MemoryBytes(uint32_t capacity) {
  // While a vector grows, its old array exists beside a new one of up to twice the size. The map's array is at least
  // 7/16 full and, while the map grows, an old array of half the size exists beside it.
  constexpr uint64_t kMapSlotBytes = sizeof(std::pair<Encapsulation, uint32_t>) + 1;
  return capacity * (3 * sizeof(Entry) + kMapSlotBytes * 16 / 7 * 3 / 2);
}

uint32_t EncapsulationTable::Find(const Encapsulation& encapsulation) {
  const auto found = ids_.find(encapsulation);
  if (found != ids_.end()) return last_ = found->second;
  uint32_t id = entries_[kNone].newer;  // the spare that has been without uses longest, or kNone
  if (entries_.size() < capacity_ && spares_ < kSpares) {
    id = static_cast<uint32_t>(entries_.size());
    entries_.emplace_back();
    AddSpare(id);
  } else if (id == kNone) {
    ++overflows_;
    return kOverflow;
  } else {
    ids_.erase(entries_[id].encapsulation);
  }
  entries_[id].encapsulation = encapsulation;
  ids_.emplace(encapsulation, id);
  return last_ = id;
}

void EncapsulationTable::ReleaseOne(uint32_t id) {
  if (--entries_[id].users == 0) AddSpare(id);
}

void EncapsulationTable::AddSpare(uint32_t id) {
  const uint32_t newest = entries_[kNone].older;
  entries_[id].older = newest;
  entries_[id].newer = kNone;
  entries_[newest].newer = entries_[kNone].older = id;
  ++spares_;
}

void EncapsulationTable::RemoveSpare(uint32_t id) {
  const Entry& entry = entries_[id];
  entries_[entry.older].newer = entry.newer;
  entries_[entry.newer].older = entry.older;
  --spares_;
}

}  // namespace tcpgauge
