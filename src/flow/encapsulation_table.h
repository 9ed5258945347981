// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_ENCAPSULATION_TABLE_H_
#define TCPGAUGE_SRC_FLOW_ENCAPSULATION_TABLE_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "src/net/encapsulation.h"

namespace tcpgauge {

// Small numbers for the encapsulations that connections live in, so that a connection's key needs four bytes for it.
//
// Thread: confined to its table.
// Bounds: `capacity` encapsulations in use at a time; while all are, a further one gets kOverflow (its connections
// share one name space with each other) and is counted in overflows(). A number is free for another encapsulation when
// its last use is released.
class EncapsulationTable {
 public:
  static constexpr uint32_t kNone = 0;      // not encapsulated
  static constexpr uint32_t kOverflow = 1;  // Get() returns an empty encapsulation
  static constexpr uint32_t kCapacity = 65536;

  // `capacity` is at most kCapacity, the two above included.
  explicit EncapsulationTable(uint32_t capacity = kCapacity) : capacity_(capacity), entries_(2) {}

  // That it can take.
  static uint64_t MemoryBytes(uint32_t capacity);

  // The number of `encapsulation`, given out anew when it has none, with one use of it that the caller must Release().
  uint32_t Acquire(const Encapsulation& encapsulation) {
    if (encapsulation.empty()) return kNone;
    const uint32_t id = entries_[last_].encapsulation == encapsulation ? last_ : Find(encapsulation);
    ++entries_[id].users;
    return id;
  }
  // One more use of a number that is in use.
  void AcquireAgain(uint32_t id) { ++entries_[id].users; }
  void Release(uint32_t id) {
    if (id > kOverflow) ReleaseOne(id);
  }

  uint32_t capacity() const { return capacity_; }
  const Encapsulation& Get(uint32_t id) const { return entries_[id].encapsulation; }
  // Numbers are below this.
  uint32_t size() const { return static_cast<uint32_t>(entries_.size()); }
  uint64_t overflows() const { return overflows_; }

 private:
  struct Entry {
    Encapsulation encapsulation;
    uint64_t users = 0;
  };

  uint32_t Find(const Encapsulation& encapsulation);
  void ReleaseOne(uint32_t id);

  const uint32_t capacity_;
  std::vector<Entry> entries_;
  std::vector<uint32_t> free_;
  absl::flat_hash_map<Encapsulation, uint32_t> ids_;
  uint32_t last_ = kNone;  // most packets come in the encapsulation of the packet before
  uint64_t overflows_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_ENCAPSULATION_TABLE_H_
