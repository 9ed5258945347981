// SPDX-License-Identifier: Apache-2.0
#include "src/flow/encapsulation_table.h"

#include <utility>

namespace tcpgauge {

uint64_t EncapsulationTable::MemoryBytes(uint32_t capacity) {
  // While a vector grows, its old array exists beside a new one of up to twice the size. The map's array is at least
  // 7/16 full and, while the map grows, an old array of half the size exists beside it.
  constexpr uint64_t kMapSlotBytes = sizeof(std::pair<Encapsulation, uint32_t>) + 1;
  return capacity * (3 * (sizeof(Entry) + sizeof(uint32_t)) + kMapSlotBytes * 16 / 7 * 3 / 2);
}

uint32_t EncapsulationTable::Find(const Encapsulation& encapsulation) {
  const auto found = ids_.find(encapsulation);
  if (found != ids_.end()) return last_ = found->second;
  uint32_t id;
  if (!free_.empty()) {
    id = free_.back();
    free_.pop_back();
  } else if (entries_.size() < capacity_) {
    id = static_cast<uint32_t>(entries_.size());
    entries_.emplace_back();
  } else {
    ++overflows_;
    return kOverflow;
  }
  entries_[id] = {encapsulation, 0};
  ids_.emplace(encapsulation, id);
  return last_ = id;
}

void EncapsulationTable::ReleaseOne(uint32_t id) {
  Entry& entry = entries_[id];
  if (--entry.users > 0) return;
  ids_.erase(entry.encapsulation);
  free_.push_back(id);
  if (last_ == id) last_ = kNone;
}

}  // namespace tcpgauge
