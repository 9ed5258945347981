// SPDX-License-Identifier: Apache-2.0
#include "src/capture/interface_registry.h"

#include <algorithm>
#include <utility>

namespace tcpgauge {
namespace {

constexpr char kOther[] = "other";

SourceCondition::State StateOf(const std::optional<NetworkInterface>& interface) {
  if (!interface.has_value()) return SourceCondition::State::kGone;
  return interface->up ? SourceCondition::State::kUp : SourceCondition::State::kDown;
}

}  // namespace

size_t InterfaceRegistry::AddNamed(const std::string& name) { return Add(name, /*is_named=*/true); }

size_t InterfaceRegistry::Discover(const std::string& name) { return Add(name, /*is_named=*/false); }

size_t InterfaceRegistry::Other() {
  if (!other_.has_value()) {
    const auto known = by_name_.find(kOther);
    other_ = known != by_name_.end() ? known->second : AddPlace(kOther, /*is_named=*/false);
  }
  return *other_;
}

size_t InterfaceRegistry::Add(const std::string& name, bool is_named) {
  const auto known = by_name_.find(name);
  if (known != by_name_.end()) return known->second;
  // One place is kept for "other".
  const size_t taken = places_.size() - free_.size() - (other_.has_value() ? 1 : 0);
  if (name == kOther || taken + 1 >= kMaxInterfaces) return Other();
  return AddPlace(name, is_named);
}

size_t InterfaceRegistry::AddPlace(const std::string& name, bool is_named) {
  size_t place = places_.size();
  if (free_.empty()) {
    places_.emplace_back();
    counters_.interfaces.emplace_back();
  } else {
    place = free_.back();
    free_.pop_back();
  }
  InterfaceView& view = counters_.interfaces[place];
  view.name = name;
  view.is_named = is_named;
  view.number = ++last_number_;
  by_name_.emplace(name, place);
  return place;
}

size_t InterfaceRegistry::FindByIndexSlow(uint32_t index, absl::FunctionRef<std::string(uint32_t)> name_of) {
  auto found = by_index_.find(index);
  if (found == by_index_.end()) {
    const std::string name = name_of(index);
    const size_t place = name.empty() ? Other() : Discover(name);
    if (by_index_.size() >= kMaxInterfaces) by_index_.clear();  // existing interfaces are looked up again
    found = by_index_.emplace(index, Numbered{place}).first;
  }
  last_index_ = index;
  return last_place_ = found->second.place;
}

bool InterfaceRegistry::SetCondition(size_t place, SourceCondition condition) {
  counters_.interfaces[place].up = condition.state == SourceCondition::State::kUp;
  if (places_[place].condition == condition) return false;
  places_[place].condition = std::move(condition);
  return true;
}

bool InterfaceRegistry::IsWatched(size_t place) const {
  const InterfaceView& view = counters_.interfaces[place];
  return !view.is_named && !view.is_forgotten && !view.name.empty() && other_ != place;
}

std::vector<size_t> InterfaceRegistry::Poll(const InterfaceLookup& lookup, int64_t now_ns) {
  last_index_ = 0;
  std::vector<std::optional<SourceCondition::State>> states(places_.size());
  for (auto entry = by_index_.begin(); entry != by_index_.end();) {
    const auto next = std::next(entry);
    auto& [place, gone_since_ns] = entry->second;
    const std::optional<NetworkInterface> interface = lookup.ByIndex(entry->first);
    if (!interface.has_value()) {
      gone_since_ns = std::min(gone_since_ns, now_ns);
      if (now_ns - gone_since_ns >= window_ns_) by_index_.erase(entry);
    } else if (interface->name != Name(place)) {
      by_index_.erase(entry);
    } else {
      gone_since_ns = kNever;
      states[place] = StateOf(interface);
    }
    entry = next;
  }
  std::vector<size_t> changed;
  for (size_t place = 0; place < places_.size(); ++place) {
    if (!IsWatched(place)) continue;
    if (!states[place].has_value()) states[place] = StateOf(lookup.ByName(Name(place)));
    int64_t& gone_since_ns = places_[place].gone_since_ns;
    gone_since_ns = states[place] == SourceCondition::State::kGone ? std::min(gone_since_ns, now_ns) : kNever;
    if (SetCondition(place, {*states[place], "", 0})) changed.push_back(place);
  }
  return changed;
}

std::vector<size_t> InterfaceRegistry::ForgetGone(int64_t now_ns) {
  std::vector<size_t> forgotten;
  for (size_t place = 0; place < places_.size(); ++place) {
    const int64_t gone_since_ns = places_[place].gone_since_ns;
    if (gone_since_ns == kNever || now_ns - gone_since_ns < window_ns_) continue;
    places_[place].gone_since_ns = kNever;
    by_name_.erase(Name(place));
    counters_.interfaces[place].is_forgotten = true;
    forgotten.push_back(place);
    forgotten_.push_back(place);
  }
  if (forgotten.empty()) return forgotten;
  last_index_ = 0;
  absl::erase_if(by_index_,
                 [this](const auto& entry) { return counters_.interfaces[entry.second.place].is_forgotten; });
  return forgotten;
}

std::vector<size_t> InterfaceRegistry::SurplusPlaces() const {
  const size_t surplus = forgotten_.size() - std::min(forgotten_.size(), kMaxForgotten);
  return {forgotten_.begin(), forgotten_.begin() + static_cast<ptrdiff_t>(surplus)};
}

void InterfaceRegistry::Free(size_t place) {
  forgotten_.erase(std::remove(forgotten_.begin(), forgotten_.end(), place), forgotten_.end());
  counters_.retired.Add(counters_.interfaces[place]);
  counters_.interfaces[place] = InterfaceView();
  places_[place] = Place();
  free_.push_back(place);
}

}  // namespace tcpgauge
