#include "src/flow/encapsulation_table.h"

namespace tcpgauge {

uint32_t EncapsulationTable::Find(const Encapsulation& encapsulation) {
  const auto found = ids_.find(encapsulation);
  if (found != ids_.end()) return last_ = found->second;
  uint32_t id;
  if (!free_.empty()) {
    id = free_.back();
    free_.pop_back();
  } else if (entries_.size() < kCapacity) {
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

void EncapsulationTable::Release(uint32_t id) {
  if (id <= kOverflow) return;
  Entry& entry = entries_[id];
  if (--entry.users > 0) return;
  ids_.erase(entry.encapsulation);
  free_.push_back(id);
  if (last_ == id) last_ = kNone;
}

}  // namespace tcpgauge
