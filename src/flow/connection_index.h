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

// Maps a connection's key to its slot: the number of a record, or the number of an embryo with kEmbryo set. `hash` in
// these methods is the low 32 bits of HashOf(key).
//
// Design. The obvious structure is a flat_hash_map from keys to records. It was rejected for three reasons: growing
// moves every record, the time-out lists need records that stay where they are, and a walk over the table in slices
// needs slots with numbers. So records lie in an array and never move, and the index holds only their numbers under 32
// bits of the keys' hashes. Growing then reads no key. A lookup reads a record only when the 32 bits agree.
//
// The hash selects one of up to eight sets. A set copies itself when it grows, so there are eight short pauses instead
// of a long one. Sets double, and the first size of a set is chosen so that its last size is just enough for
// `capacity` entries. With one set and powers of two, a million entries just missed a power and took 19 MB instead of
// 11.3.
//
// Thread: confined to its table. The arrays must outlive it.
// Bounds: `capacity` entries, which the table keeps to; see MemoryBytes().
class ConnectionIndex {
 public:
  static constexpr uint32_t kNotFound = SlotSet::kNone;
  static constexpr uint32_t kEmbryo = 1u << 31;

  ConnectionIndex(const StableArray<ConnectionRecord>* records, const EmbryoTable* embryos, uint64_t seed,
                  uint32_t capacity);

  // The most memory that an index of `capacity` entries takes: all sets at their last size and, while a set grows, its
  // old array of half that size.
  static uint64_t MemoryBytes(uint32_t capacity);

  uint64_t HashOf(const ConnectionKey& key) const { return hasher_.HashOf(key); }

  void Prefetch(uint32_t hash) const { SetOf(hash).Prefetch(hash); }

  // A slot whose key has this hash, or kNotFound. Two keys may share a hash, so the caller must compare the slot's key.
  // Reads no record.
  uint32_t FindCandidate(uint32_t hash) const {
    return SetOf(hash).Find(hash, [](uint32_t) { return true; });
  }

  // The slot of `key`, or kNotFound.
  uint32_t Find(const ConnectionKey& key, uint32_t hash) const {
    return SetOf(hash).Find(hash, [&](uint32_t slot) { return KeyOf(slot) == key; });
  }

  const ConnectionKey& KeyOf(uint32_t slot) const {
    return slot & kEmbryo ? embryos_[slot & ~kEmbryo].key : records_[slot].key;
  }

  // REQUIRES: the index does not contain the slot's key.
  void Insert(uint32_t slot, uint32_t hash) {
    SetOf(hash).Insert(slot, hash);
    ++size_;
  }
  // Replaces `slot` by `other`. REQUIRES: `slot` is stored under `hash`.
  void Replace(uint32_t slot, uint32_t other, uint32_t hash) { SetOf(hash).Replace(slot, other, hash); }
  // REQUIRES: `slot` is stored under `hash`.
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
