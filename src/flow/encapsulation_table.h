// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_ENCAPSULATION_TABLE_H_
#define TCPGAUGE_SRC_FLOW_ENCAPSULATION_TABLE_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "src/net/encapsulation.h"

namespace tcpgauge {

// A table that gives each encapsulation a small id, so that the key of a connection holds four bytes instead of a whole
// encapsulation. The table counts the uses of each id. An id without uses still stands for its encapsulation. Another
// encapsulation gets the id only in two cases: all ids have been given out, or kSpares ids are without uses. The id
// that has been without uses for the longest time is given out first.
//
// Design. Fingerprints of segments hold ids for a second, and do not count as uses. If an id without uses went to
// another encapsulation at once, two connections with equal addresses in two networks could be taken for one.
//
// Thread: confined to the thread of its connection table.
// Bounds: `capacity` ids. When all are in use, a new encapsulation gets kOverflow, and overflows() counts each
// Acquire() that returns kOverflow. Encapsulations with kOverflow are not told apart: two connections with equal
// addresses and ports, in two such encapsulations, count as one connection.
class EncapsulationTable {
 public:
  static constexpr uint32_t kNone = 0;      // the id of the empty encapsulation
  static constexpr uint32_t kOverflow = 1;  // for this id, Get() returns the empty encapsulation
  static constexpr uint32_t kCapacity = 65536;
  static constexpr uint32_t kSpares = 1024;  // so many ids without uses are kept before one is given out again

  // REQUIRES: 2 <= capacity <= kCapacity. `capacity` includes the ids kNone and kOverflow.
  explicit EncapsulationTable(uint32_t capacity = kCapacity) : capacity_(capacity), entries_(2) {}

  // Returns the most memory that a table with this capacity takes.
  static uint64_t MemoryBytes(uint32_t capacity);

  // Returns the id of `encapsulation`, and counts a use of the id. Gives the encapsulation an id if it has none. The
  // caller must Release() each use. Releasing kNone or kOverflow does nothing.
  uint32_t Acquire(const Encapsulation& encapsulation) {
    if (encapsulation.empty()) return kNone;
    const uint32_t id = entries_[last_].encapsulation == encapsulation ? last_ : Find(encapsulation);
    if (entries_[id].users++ == 0 && id > kOverflow) RemoveSpare(id);
    return id;
  }
  // Counts one more use of an id that is in use. The caller must Release() this use too.
  void AcquireAgain(uint32_t id) { ++entries_[id].users; }
  // Releases one use of `id`.
  void Release(uint32_t id) {
    if (id > kOverflow) ReleaseOne(id);
  }

  uint32_t capacity() const { return capacity_; }
  // Returns the encapsulation of an id that is in use. The reference is valid until the next Acquire().
  const Encapsulation& Get(uint32_t id) const { return entries_[id].encapsulation; }
  // All ids are below size(), which never falls.
  uint32_t size() const { return static_cast<uint32_t>(entries_.size()); }
  // How often Acquire() returned kOverflow.
  uint64_t overflows() const { return overflows_; }

 private:
  struct Entry {
    Encapsulation encapsulation;
    uint64_t users = 0;
    // For an id without uses: its neighbours in the list of such ids. They lost their last use before and after this
    // id. Entry kNone is both ends of the list.
    uint32_t older = kNone;
    uint32_t newer = kNone;
  };

  // Returns the id of `encapsulation`. An encapsulation without an id gets one, or kOverflow if all ids are in use. A
  // returned id that has no uses is among the spares.
  uint32_t Find(const Encapsulation& encapsulation);
  void ReleaseOne(uint32_t id);
  // AddSpare() adds the id to the spares (the ids without uses), as the newest. RemoveSpare() removes it from them.
  void AddSpare(uint32_t id);
  void RemoveSpare(uint32_t id);

  const uint32_t capacity_;
  std::vector<Entry> entries_;  // by id
  uint32_t spares_ = 0;         // ids without uses
  absl::flat_hash_map<Encapsulation, uint32_t> ids_;
  uint32_t last_ = kNone;  // a cache: most packets have the encapsulation of the packet before
  uint64_t overflows_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_ENCAPSULATION_TABLE_H_
