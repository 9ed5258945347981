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
#include "src/flow/view_table.h"

namespace tcpgauge {

// An index that leads from the key of a packet to the slot of its connection. There are three kinds of slots:
// - The slot of a record is the record's number. The index finds this slot under the record's key. Exception: if the
//   record's key was changed, a View keeps the record's first key (see View::kFirstNumber). Then the index finds only
//   the slots of the record's views.
// - The slot of an embryo is the embryo's number in the EmbryoTable, with the bit kEmbryo set.
// - The slot of a view is the view's number in the ViewTable, with the bit kView set.
//
// A parameter `hash` is the low 32 bits of HashOf(key).
//
// Design. The obvious structure is a flat_hash_map from keys to records. It was rejected for three reasons: growing
// moves every record, the time-out lists need records that stay where they are, and a walk over the table in slices
// needs slots with numbers. Instead, records lie in an array and never move. The index holds only slots, each with 32
// bits of its key's hash. Growing reads no key. A lookup reads a record, an embryo or a view only when its 32 bits
// equal those of the key that is looked up.
//
// The hash selects one of up to eight sets. A set is copied when it grows, and packets wait meanwhile. With eight sets,
// there are eight short pauses instead of a long one. A set grows by doubling. The first size of a set is chosen so
// that the last size is just enough for the set's share of `capacity` entries. With a single set whose size was a power
// of two, a million entries took 19 MB instead of 11.3 MB.
//
// Thread: confined to the thread of its connection table.
// Bounds: `capacity` entries. The caller must not insert more. MemoryBytes() is computed for this number.
class ConnectionIndex {
 public:
  static constexpr uint32_t kNotFound = SlotSet::kNone;  // not a valid slot; the bits kEmbryo and kView are set in it
  static constexpr uint32_t kEmbryo = 1u << 31;
  static constexpr uint32_t kView = 1u << 30;

  // IsRecord(kNotFound) is false. REQUIRES for IsEmbryo() and IsView(): slot != kNotFound.
  static constexpr bool IsRecord(uint32_t slot) { return (slot & (kEmbryo | kView)) == 0; }
  static constexpr bool IsEmbryo(uint32_t slot) { return (slot & kEmbryo) != 0; }
  static constexpr bool IsView(uint32_t slot) { return (slot & (kEmbryo | kView)) == kView; }

  // `records`, `embryos` and `views` hold what slots refer to. They must outlive the index. `seed` makes the hashes
  // unpredictable (see KeyHasher). `capacity` is the most entries that will be in the index at once.
  ConnectionIndex(const StableArray<ConnectionRecord>* records, const EmbryoTable* embryos, const ViewTable* views,
                  uint64_t seed, size_t capacity);

  // Returns the most memory that an index of `capacity` entries takes: all sets at their last size, and the old array
  // of a set that is growing (half of the last size).
  static uint64_t MemoryBytes(size_t capacity);

  uint64_t HashOf(const ConnectionKey& key) const { return hasher_.HashOf(key); }

  // Prefetches the cache line at which a lookup of `hash` begins.
  void Prefetch(uint32_t hash) const { SetOf(hash).Prefetch(hash); }

  // Returns a slot that is stored under `hash`, or kNotFound. Two keys may share a hash, so the caller must compare the
  // slot's key. Reads no record, embryo or view.
  uint32_t FindCandidate(uint32_t hash) const {
    return SetOf(hash).Find(hash, [](uint32_t) { return true; });
  }

  // Returns the slot of `key`, or kNotFound. `hash` is the hash of `key`.
  uint32_t Find(const ConnectionKey& key, uint32_t hash) const {
    return SetOf(hash).Find(hash, [&](uint32_t slot) { return KeyOf(slot) == key; });
  }

  // Returns a slot under `hash` for which `matches(slot)` is true, or kNotFound. If there are several, returns any of
  // them.
  template <typename Matches>
  uint32_t FindIf(uint32_t hash, Matches matches) const {
    return SetOf(hash).Find(hash, matches);
  }

  // Returns the key in the record, embryo or view that `slot` refers to. REQUIRES: slot != kNotFound.
  const ConnectionKey& KeyOf(uint32_t slot) const {
    if (IsEmbryo(slot)) return embryos_[slot & ~kEmbryo].key;
    return IsView(slot) ? views_[slot & ~kView].key : records_[slot].key;
  }

  // Adds `slot` under `hash`. REQUIRES: the index does not contain the slot's key.
  void Insert(uint32_t slot, uint32_t hash) {
    SetOf(hash).Insert(slot, hash);
    ++size_;
  }
  // Stores `other` instead of `slot`, for the same key. REQUIRES: `slot` is stored under `hash`.
  void Replace(uint32_t slot, uint32_t other, uint32_t hash) { SetOf(hash).Replace(slot, other, hash); }
  // Removes `slot`. REQUIRES: `slot` is stored under `hash`.
  void Erase(uint32_t slot, uint32_t hash) {
    SetOf(hash).Erase(slot, hash);
    --size_;
  }

  size_t size() const { return size_; }  // records, embryos and views together

 private:
  SlotSet& SetOf(uint32_t hash) { return sets_[hash * uint64_t{sets_.size()} >> 32]; }
  const SlotSet& SetOf(uint32_t hash) const { return sets_[hash * uint64_t{sets_.size()} >> 32]; }

  const KeyHasher hasher_;
  const StableArray<ConnectionRecord>& records_;
  const EmbryoTable& embryos_;
  const ViewTable& views_;
  std::vector<SlotSet> sets_;
  size_t size_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_CONNECTION_INDEX_H_
