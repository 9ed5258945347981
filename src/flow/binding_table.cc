// SPDX-License-Identifier: Apache-2.0
#include "src/flow/binding_table.h"

#include <algorithm>

namespace tcpgauge {

uint64_t BindingTable::MemoryBytes(uint64_t max_users) {
  // The index grows by doubling, so its array is at least 7/16 full. The vectors grow so too.
  return std::min<uint64_t>(max_users, kCapacity) *
         (2 * (sizeof(Entry) + sizeof(Id)) + (sizeof(std::pair<Binding, Id>) + 1) * 16 / 7);
}

BindingTable::Id BindingTable::Acquire(const Binding& binding) {
  if (binding == Binding()) return kNobody;
  if (const auto found = ids_.find(binding); found != ids_.end()) {
    ++entries_[found->second].users;
    return found->second;
  }
  Id id;
  if (!free_.empty()) {
    id = free_.back();
    free_.pop_back();
  } else if (entries_.size() <= kCapacity) {
    id = static_cast<Id>(entries_.size());
    entries_.emplace_back();
  } else {
    ++overflows_;
    return kNobody;
  }
  entries_[id] = {binding, /*users=*/1};
  ids_.emplace(binding, id);
  return id;
}

void BindingTable::Release(Id id) {
  if (id == kNobody || --entries_[id].users > 0) return;
  ids_.erase(entries_[id].binding);
  entries_[id].binding = Binding();
  free_.push_back(id);
}

}  // namespace tcpgauge
