// SPDX-License-Identifier: Apache-2.0
#include "src/capture/interface_registry.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tcpgauge {

size_t InterfaceRegistry::Add(const std::string& name) {
  const auto known = std::find(names_.begin(), names_.end(), name);
  if (known != names_.end()) return static_cast<size_t>(known - names_.begin());
  if (names_.size() == kMaxInterfaces) return kMaxInterfaces - 1;
  const bool last = names_.size() + 1 == kMaxInterfaces;
  names_.push_back(last ? "other" : name);
  counters_.interfaces.emplace_back();
  counters_.interfaces.back().name = names_.back();
  conditions_.emplace_back();
  return names_.size() - 1;
}

size_t InterfaceRegistry::FindByIndexSlow(uint32_t index, absl::FunctionRef<std::string(uint32_t)> name_of) {
  auto found = by_index_.find(index);
  if (found == by_index_.end()) {
    const std::string name = name_of(index);
    const size_t place = Add(name.empty() ? absl::StrCat("if", index) : name);
    if (by_index_.size() >= kMaxInterfaces) by_index_.clear();  // existing interfaces are looked up again
    found = by_index_.emplace(index, place).first;
  }
  last_index_ = index;
  return last_place_ = found->second;
}

bool InterfaceRegistry::SetCondition(size_t place, SourceCondition condition) {
  counters_.interfaces[place].up = condition.state == SourceCondition::State::kUp;
  if (conditions_[place] == condition) return false;
  conditions_[place] = std::move(condition);
  return true;
}

std::vector<size_t> InterfaceRegistry::Poll(const InterfaceLookup& lookup) {
  // Interfaces that had the same name one after the other share a place. The one that exists decides its condition.
  absl::flat_hash_map<size_t, SourceCondition::State> states;
  for (auto entry = by_index_.begin(); entry != by_index_.end();) {
    const auto [index, place] = *entry;
    const std::optional<NetworkInterface> interface = lookup.ByIndex(index);
    const SourceCondition::State state = !interface.has_value() ? SourceCondition::State::kGone
                                         : interface->up        ? SourceCondition::State::kUp
                                                                : SourceCondition::State::kDown;
    const auto [known, fresh] = states.emplace(place, state);
    if (!fresh) known->second = std::min(known->second, state);
    if (interface.has_value()) {
      ++entry;
    } else {
      by_index_.erase(entry++);
    }
  }
  last_index_ = 0;
  std::vector<size_t> changed;
  for (const auto& [place, state] : states) {
    if (SetCondition(place, {state, "", 0})) changed.push_back(place);
  }
  return changed;
}

}  // namespace tcpgauge
