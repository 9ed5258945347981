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
#include "src/capture/interface_lookup.h"
#include "src/capture/packet_source.h"
#include "src/snapshot/worker_snapshot.h"

namespace tcpgauge {

// Gives each interface that a worker sees a place in CaptureCounters::interfaces, and keeps its name and condition.
//
// Interfaces of the same name share a place, even if one was deleted before the other appeared. A renamed interface
// keeps its first name.
//
// Thread: confined to its worker. The strings that Name() returns never change or move, and any thread may read them.
// Bounds: kMaxInterfaces places. The last one, named "other", stands for all further interfaces. `place` parameters
// must be places that Add() or FindByIndex() returned.
class InterfaceRegistry {
 public:
  static constexpr size_t kMaxInterfaces = 1024;

  // `counters` has no interfaces yet, and must outlive the registry.
  explicit InterfaceRegistry(CaptureCounters* counters) : counters_(*counters) {}

  // Returns the place of `name`; adds it if it is new.
  size_t Add(const std::string& name);

  // What SetCondition() last stored for the interface at `place`; nullopt before the first call.
  const std::optional<SourceCondition>& condition(size_t place) const { return conditions_[place]; }
  // Stores the condition; also stores, in the interface's counters, whether it is up. False when the condition has not
  // changed.
  bool SetCondition(size_t place, SourceCondition condition);

  // Returns the place of the interface with the kernel's number `index`. Asks the kernel for the name the first time.
  size_t FindByIndex(uint32_t index) {
    if (index == last_index_) return last_place_;
    return FindByIndexSlow(index);
  }

  // Asks the kernel which of the interfaces that FindByIndex() found are up; each interface costs a few system calls.
  // Returns the places whose condition is new or has changed.
  std::vector<size_t> Poll(const InterfaceLookup& lookup);

  const std::string& Name(size_t place) const { return names_[place]; }

 private:
  size_t FindByIndexSlow(uint32_t index);

  CaptureCounters& counters_;
  std::deque<std::string> names_;
  std::vector<std::optional<SourceCondition>> conditions_;
  absl::flat_hash_map<uint32_t, size_t> by_index_;
  uint32_t last_index_ = 0;  // no interface has this number
  size_t last_place_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_INTERFACE_REGISTRY_H_
