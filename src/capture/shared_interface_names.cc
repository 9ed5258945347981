// SPDX-License-Identifier: Apache-2.0
#include "src/capture/shared_interface_names.h"

namespace tcpgauge {

uint64_t SharedInterfaceNames::Acquire(const std::string& name, bool is_named) {
  const MutexLock lock(&mutex_);
  const auto [known, is_new] = numbers_.try_emplace(name, last_number_ + 1);
  if (is_new) held_[++last_number_].entry = {name, is_named};
  ++held_[known->second].holds;
  return known->second;
}

void SharedInterfaceNames::Release(uint64_t number) {
  const MutexLock lock(&mutex_);
  const auto held = held_.find(number);
  if (--held->second.holds > 0) return;
  numbers_.erase(held->second.entry.name);
  held_.erase(held);
}

std::optional<SharedInterfaceNames::Entry> SharedInterfaceNames::Find(uint64_t number) const {
  const MutexLock lock(&mutex_);
  const auto held = held_.find(number);
  if (held == held_.end()) return std::nullopt;
  return held->second.entry;
}

}  // namespace tcpgauge
