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

// The interfaces that a worker has seen: their place in CaptureCounters::interfaces, and their names.
//
// Thread: confined to its worker; the strings that Name() returns never change or move and may be read by any.
// Bounds: kMaxInterfaces; all further ones are one, named "other". Where interfaces come and go, those of the same name
// are one, and one that is renamed keeps the name under which it was first seen.
class InterfaceRegistry {
 public:
  static constexpr size_t kMaxInterfaces = 1024;

  // `counters` must outlive it.
  explicit InterfaceRegistry(CaptureCounters* counters) : counters_(*counters) {}

  // The place of an interface of that name, new or known.
  size_t Add(const std::string& name);

  // What was last said of the interface at that place; nothing until something was.
  const std::optional<SourceCondition>& condition(size_t place) const { return conditions_[place]; }
  // False when it is what it was.
  bool SetCondition(size_t place, SourceCondition condition);

  // The place of the operating system's interface number `index`. Asks the system for its name the first time.
  size_t FindByIndex(uint32_t index) {
    if (index == last_index_) return last_place_;
    return FindByIndexSlow(index);
  }

  // Looks which of the interfaces that FindByIndex() found are up, and returns the places of those that changed or are
  // new. A few system calls for each.
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
