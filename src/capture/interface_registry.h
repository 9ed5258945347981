#ifndef TCPGAUGE_SRC_CAPTURE_INTERFACE_REGISTRY_H_
#define TCPGAUGE_SRC_CAPTURE_INTERFACE_REGISTRY_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "src/snapshot/shard_snapshot.h"

namespace tcpgauge {

// The interfaces that a capture thread has seen: their place in CaptureCounters::interfaces, and their names.
//
// Thread: confined to its capture thread; the strings that Name() returns never change or move and may be read by any.
// Bounds: kMaxInterfaces; all further ones are one, named "other".
class InterfaceRegistry {
 public:
  static constexpr size_t kMaxInterfaces = 1024;

  // `counters` must outlive it.
  explicit InterfaceRegistry(CaptureCounters* counters) : counters_(*counters) {}

  // The place of an interface of that name, new or known.
  size_t Add(const std::string& name);

  // The place of the operating system's interface number `index`. Asks the system for its name the first time.
  size_t FindByIndex(uint32_t index) {
    if (index == last_index_) return last_place_;
    return FindByIndexSlow(index);
  }

  const std::string& Name(size_t place) const { return names_[place]; }

 private:
  size_t FindByIndexSlow(uint32_t index);

  CaptureCounters& counters_;
  std::deque<std::string> names_;
  absl::flat_hash_map<uint32_t, size_t> by_index_;
  uint32_t last_index_ = 0;  // no interface has this number
  size_t last_place_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_CAPTURE_INTERFACE_REGISTRY_H_
