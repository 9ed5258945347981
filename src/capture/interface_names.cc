// SPDX-License-Identifier: Apache-2.0
#include "src/capture/interface_names.h"

#include <utility>

namespace tcpgauge {

InterfaceNames::InterfaceNames(std::string unnamed) { names_.push_back(std::move(unnamed)); }

uint32_t InterfaceNames::Add(std::string_view name) {
  if (name.empty()) return kUnnamed;
  const MutexLock lock(&mutex_);
  std::string key(name.substr(0, kMaxNameBytes));
  const auto known = numbers_.find(key);
  if (known != numbers_.end()) return known->second;
  if (names_.size() == kMaxNames) return kMaxNames;
  names_.push_back(names_.size() + 1 == kMaxNames ? "other" : key);
  const auto number = static_cast<uint32_t>(names_.size());
  numbers_.emplace(std::move(key), number);
  return number;
}

std::string InterfaceNames::Name(uint32_t number) const {
  const MutexLock lock(&mutex_);
  return number >= 1 && number <= names_.size() ? names_[number - 1] : "";
}

}  // namespace tcpgauge
