// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_ENCAPSULATION_TABLE_H_
#define TCPGAUGE_SRC_FLOW_ENCAPSULATION_TABLE_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "src/net/encapsulation.h"

namespace tcpgauge {

// Gives each encapsulation a small id, so that a connection's key holds four bytes instead of the whole encapsulation.
// Counts the uses of an id. When the last use is released, another encapsulation may get the id.
//
// Thread: confined to its table.
// Bounds: `capacity` ids. When all are in use, a further encapsulation gets kOverflow and is counted in overflows().
// All encapsulations with kOverflow are one, so their connections may be confused with each other.
class EncapsulationTable {
 public:
  static constexpr uint32_t kNone = 0;      // not encapsulated
  static constexpr uint32_t kOverflow = 1;  // Get() returns an empty encapsulation
  static constexpr uint32_t kCapacity = 65536;

  // `capacity` is at most kCapacity and includes kNone and kOverflow.
  explicit EncapsulationTable(uint32_t capacity = kCapacity) : capacity_(capacity), entries_(2) {}

  // The most memory that a table with this capacity takes.
  static uint64_t MemoryBytes(uint32_t capacity);

  // Returns the id of `encapsulation`, a new id if it has none, and counts a use of it. The caller must Release() it.
  uint32_t Acquire(const Encapsulation& encapsulation) {
    if (encapsulation.empty()) return kNone;
    const uint32_t id = entries_[last_].encapsulation == encapsulation ? last_ : Find(encapsulation);
    ++entries_[id].users;
    return id;
  }
  // Counts one more use of an id that is in use.
  void AcquireAgain(uint32_t id) { ++entries_[id].users; }
  void Release(uint32_t id) {
    if (id > kOverflow) ReleaseOne(id);
  }

  uint32_t capacity() const { return capacity_; }
  const Encapsulation& Get(uint32_t id) const { return entries_[id].encapsulation; }
  // All ids are below this.
  uint32_t size() const { return static_cast<uint32_t>(entries_.size()); }
  uint64_t overflows() const { return overflows_; }

 private:
  struct Entry {
    Encapsulation encapsulation;
    uint64_t users = 0;
  };

  // The id of `encapsulation`, a new id if it has none, or kOverflow.
  uint32_t Find(const Encapsulation& encapsulation);
  void ReleaseOne(uint32_t id);

  const uint32_t capacity_;
  std::vector<Entry> entries_;  // by id
  std::vector<uint32_t> free_;  // ids to give out again
  absl::flat_hash_map<Encapsulation, uint32_t> ids_;
  uint32_t last_ = kNone;  // a cache: most packets have the encapsulation of the packet before
  uint64_t overflows_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_ENCAPSULATION_TABLE_H_
