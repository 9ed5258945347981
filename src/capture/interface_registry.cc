#include "src/capture/interface_registry.h"

#include <net/if.h>

#include "absl/strings/str_cat.h"

namespace tcpgauge {

size_t InterfaceRegistry::Add(const std::string& name) {
  const bool full = names_.size() + 1 >= kMaxInterfaces;
  const std::string kept = full ? "other" : name;
  for (size_t place = 0; place < names_.size(); ++place) {
    if (names_[place] == kept) return place;
  }
  names_.push_back(kept);
  counters_.interfaces.emplace_back();
  counters_.interfaces.back().name = kept;
  return names_.size() - 1;
}

size_t InterfaceRegistry::FindByIndexSlow(uint32_t index) {
  auto found = by_index_.find(index);
  if (found == by_index_.end()) {
    char name[IF_NAMESIZE];
    // Gone already, or of another network namespace: it has no name here.
    const bool known = if_indextoname(index, name) != nullptr;
    const size_t place = Add(known ? name : absl::StrCat("if", index));
    if (by_index_.size() >= kMaxInterfaces) return place;
    found = by_index_.emplace(index, place).first;
  }
  last_index_ = index;
  return last_place_ = found->second;
}

}  // namespace tcpgauge
