// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_CONNECTION_INDEX_H_
#define TCPGAUGE_SRC_FLOW_CONNECTION_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "src/base/stable_array.h"
#include "src/flow/connection_record.h"
#include "src/flow/embryo_table.h"
#include "src/flow/key_hasher.h"
#include "src/flow/slot_set.h"

namespace tcpgauge {

// From a connection's key to its slot: that of a record, or that of an embryo with kEmbryo set.
//
// Design. The obvious structure is a flat_hash_map from keys to records. It was rejected for three reasons: growing
// moves every record, the time-out lists need records that stay where they are, and a walk over the table in slices
// needs slots with numbers. So records lie in an array and never move, and the index holds only their numbers under 32
// bits of the keys' hashes. Growing then reads no key. A lookup reads a record only when the 32 bits agree.
//
// There are up to eight sets, chosen by the hash. Each copies itself when it grows: eight short pauses instead of a
// long one. Their first size is chosen so that `capacity` entries fill them. With one set and powers of two, a million
// entries just missed a power and took 19 MB instead of 11.3.
//
// Thread: confined to its table. The arrays must outlive it.
// Bounds: see MemoryBytes().
class ConnectionIndex {
 public:
  static constexpr uint32_t kNotFound = SlotSet::kNone;
  static constexpr uint32_t kEmbryo = 1u << 31;

  ConnectionIndex(const StableArray<ConnectionRecord>* records, const EmbryoTable* embryos, uint64_t seed,
                  uint32_t capacity);

  // That an index of `capacity` entries can take: while one of its sets grows, the array half as large is there too.
  static uint64_t MemoryBytes(uint32_t capacity);

  uint64_t HashOf(const ConnectionKey& key) const { return hasher_.HashOf(key); }

  void Prefetch(uint32_t hash) const { SetOf(hash).Prefetch(hash); }

  // A slot whose key has this hash: most probably that of the key, but its record must be compared. Reads no record.
  uint32_t FindCandidate(uint32_t hash) const {
    return SetOf(hash).Find(hash, [](uint32_t) { return true; });
  }

  uint32_t Find(const ConnectionKey& key, uint32_t hash) const {
    return SetOf(hash).Find(hash, [&](uint32_t slot) { return KeyOf(slot) == key; });
  }

  const ConnectionKey& KeyOf(uint32_t slot) const {
    return slot & kEmbryo ? embryos_[slot & ~kEmbryo].key : records_[slot].key;
  }

  // REQUIRES: the slot's key is not in the index.
  void Insert(uint32_t slot, uint32_t hash) {
    SetOf(hash).Insert(slot, hash);
    ++size_;
  }
  // Replaces `slot` by `other`. REQUIRES: `slot` is stored under `hash`.
  void Replace(uint32_t slot, uint32_t other, uint32_t hash) { SetOf(hash).Replace(slot, other, hash); }
  // REQUIRES: the slot is in the index under this hash.
  void Erase(uint32_t slot, uint32_t hash) {
    SetOf(hash).Erase(slot, hash);
    --size_;
  }

  size_t size() const { return size_; }

 private:
  SlotSet& SetOf(uint32_t hash) { return sets_[hash * uint64_t{sets_.size()} >> 32]; }
  const SlotSet& SetOf(uint32_t hash) const { return sets_[hash * uint64_t{sets_.size()} >> 32]; }

  const KeyHasher hasher_;
  const StableArray<ConnectionRecord>& records_;
  const EmbryoTable& embryos_;
  std::vector<SlotSet> sets_;
  size_t size_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_CONNECTION_INDEX_H_
