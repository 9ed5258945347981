// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_CAPTURE_INTERFACE_REGISTRY_H_
#define TCPGAUGE_SRC_CAPTURE_INTERFACE_REGISTRY_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "src/capture/interface_lookup.h"
#include "src/capture/packet_source.h"
#include "src/snapshot/worker_snapshot.h"

namespace tcpgauge {

// Knows the name and the condition of each interface that a worker sees. Each interface has a place: its position in
// CaptureCounters::interfaces.
//
// Interfaces of the same name share a place, even if one was deleted before the other appeared. An interface that is
// renamed keeps its place and its first name.
//
// Thread: confined to its worker. The strings that Name() returns never change or move while the registry lives, so any
// thread may read them.
// Bounds: kMaxInterfaces places. The last place, named "other", stands for all further interfaces.
// REQUIRES: each `place` parameter is a place that Add() or FindByIndex() returned.
class InterfaceRegistry {
 public:
  static constexpr size_t kMaxInterfaces = 1024;

  // The registry adds interfaces to `counters`, which must have none yet, and must outlive the registry.
  explicit InterfaceRegistry(CaptureCounters* counters) : counters_(*counters) {}

  // Returns the place of the interface `name`. Adds the interface if it is new.
  size_t Add(const std::string& name);

  // The condition that SetCondition() stored last for the interface at `place`; nullopt if it stored none.
  const std::optional<SourceCondition>& condition(size_t place) const { return conditions_[place]; }
  // Stores the condition, and sets `up` in the interface's counters. Returns whether the condition is the first one of
  // this place, or differs from the previous one.
  bool SetCondition(size_t place, SourceCondition condition);

  // Returns the place of the interface with the number `index`, and adds the interface if it is new. The number comes
  // from the kernel or, when a file is read, from the file. Calls `name_of` if the registry does not know the number.
  // If `name_of` returns an empty name, the interface is named "if" and its number, for example "if7".
  size_t FindByIndex(uint32_t index, absl::FunctionRef<std::string(uint32_t)> name_of) {
    if (index == last_index_) return last_place_;
    return FindByIndexSlow(index, name_of);
  }

  // Asks the kernel which of the interfaces that FindByIndex() found are up. Takes a few system calls for each
  // interface. Returns the places whose condition is new or has changed. Forgets the numbers of interfaces that are
  // gone, because the kernel may use such a number again.
  std::vector<size_t> Poll(const InterfaceLookup& lookup);

  const std::string& Name(size_t place) const { return names_[place]; }

 private:
  size_t FindByIndexSlow(uint32_t index, absl::FunctionRef<std::string(uint32_t)> name_of);

  CaptureCounters& counters_;
  std::deque<std::string> names_;
  std::vector<std::optional<SourceCondition>> conditions_;
  absl::flat_hash_map<uint32_t, size_t> by_index_;
  uint32_t last_index_ = 0;  // argument of the last FindByIndex(); 0 = no interface
  size_t last_place_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_INTERFACE_REGISTRY_H_
