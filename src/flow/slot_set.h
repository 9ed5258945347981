// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_SLOT_SET_H_
#define TCPGAUGE_SRC_FLOW_SLOT_SET_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

#include "src/base/fetch_ahead.h"
#include "src/base/lazy_memory.h"

namespace tcpgauge {

// A set of slot numbers, each stored under a 32-bit hash. Several slots may have the same hash.
//
// Design. The set is a hash table whose buckets are cache lines, with eight hashes and eight slots each. An entry whose
// home bucket is full goes into the next bucket that has room. A search therefore ends at the first bucket that has
// room.
//
// Why not abseil's flat_hash_set: it stores control bytes and entries apart. Sixteen entries of 8 bytes span three
// cache lines, and flat_hash_set's prefetch() fetches only the first. 73 % of the time of a lookup was spent at the
// load of an entry in another line. Here one line holds everything that a lookup needs, so one prefetch is enough.
// Medians of 5 alternating runs: a million connections took 1.23 s instead of 1.62 s, and a SYN flood took 0.58 s
// instead of 0.77 s (tests/bench/run.py files).
//
// Thread: confined to one thread.
// Bounds: fewer than 2^31 buckets, because 2^31 buckets have room for more slots than there are 32-bit numbers. An
// Insert() that finds MaxSlots(buckets) slots first doubles the number of buckets, and copies all slots. The number of
// buckets never falls.
class SlotSet {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;  // not a valid slot

  // Makes an empty set with `buckets` buckets. REQUIRES: 1 <= buckets < 2^31.
  explicit SlotSet(size_t buckets);

  size_t size() const { return size_; }

  // Prefetches the bucket at which a search for `hash` begins.
  void Prefetch(uint32_t hash) const { FetchAhead(&buckets_[HomeOf(hash)]); }

  // Returns a slot that is stored under `hash` and for which `matches(slot)` is true, or kNone. Calls `matches` only
  // for slots that are stored under `hash`, and stops at the first one that matches.
  template <typename Matches>
  uint32_t Find(uint32_t hash, Matches matches) const {
    for (uint32_t at = HomeOf(hash);; at = NextBucket(at)) {
      const Bucket& bucket = buckets_[at];
      for (uint32_t mask = MatchMask(bucket.hashes, hash); mask != 0; mask &= mask - 1) {
        const uint32_t slot = ~bucket.slots[__builtin_ctz(mask)];
        if (slot != kNone && matches(slot)) return slot;
      }
      if (!IsFull(bucket)) return kNone;
    }
  }

  // Adds `slot` under `hash`. REQUIRES: `slot` is not stored yet, and is not kNone.
  void Insert(uint32_t slot, uint32_t hash);
  // Stores `other` in place of `slot`, under the same hash. REQUIRES: `slot` is stored under `hash`.
  void Replace(uint32_t slot, uint32_t other, uint32_t hash);
  // Removes `slot`. REQUIRES: `slot` is stored under `hash`.
  void Erase(uint32_t slot, uint32_t hash);

  static constexpr size_t kBucketBytes = 64;
  // Returns how many slots `buckets` buckets hold before their number doubles: 5.75 of 8 places on average. With 6
  // places, too many buckets were full, and a SYN flood took a sixth longer. With 5.5 places, a million slots would
  // take half a megabyte more.
  static constexpr size_t MaxSlots(size_t buckets) { return buckets * 23 / 4; }
  // Returns the fewest buckets that hold `slots` slots without doubling.
  static constexpr size_t BucketsFor(size_t slots) { return (slots * 4 + 22) / 23; }

 private:
  static constexpr uint32_t kSlotsPerBucket = 8;
  struct alignas(kBucketBytes) Bucket {
    uint32_t hashes[kSlotsPerBucket];
    uint32_t slots[kSlotsPerBucket];  // bitwise inverted, so that zeroed memory is a bucket of kNone
  };
  static_assert(sizeof(Bucket) == kBucketBytes, "one cache line");
  struct Position {
    uint32_t bucket;
    uint32_t index;
  };

  // Returns a mask with bit i set where words[i] == value. Hand-vectorised: gcc 12 compiles the plain loop to code that
  // is twice as slow. With the plain loop, the SYN flood of the class comment took 1.00 s.
  static uint32_t MatchMask(const uint32_t (&words)[kSlotsPerBucket], uint32_t value) {
    using Four = uint32_t __attribute__((vector_size(16)));
    Four low, high;
    std::memcpy(&low, words, sizeof(low));
    std::memcpy(&high, words + 4, sizeof(high));
    const Four bits = ((low == value) & Four{1, 2, 4, 8}) | ((high == value) & Four{16, 32, 64, 128});
    uint64_t halves[2];
    std::memcpy(halves, &bits, sizeof(halves));
    const uint64_t both = halves[0] | halves[1];
    return static_cast<uint32_t>(both | both >> 32);
  }
  static bool IsFull(const Bucket& bucket) { return MatchMask(bucket.slots, ~kNone) == 0; }

  // The bucket at which a search for `hash` begins. Buckets are in the order of the multiplied hashes, so Grow() reads
  // and writes memory in one direction.
  uint32_t HomeOf(uint32_t hash) const {
    return static_cast<uint32_t>(uint64_t{hash * 0x9e3779b1u} * bucket_count_ >> 32);
  }
  uint32_t NextBucket(uint32_t bucket) const { return bucket + 1 == bucket_count_ ? 0 : bucket + 1; }

  // The number of steps of NextBucket() from `from` to `to`.
  uint32_t Distance(uint32_t from, uint32_t to) const { return to >= from ? to - from : to + bucket_count_ - from; }

  // Stores `slot` without growing and without counting it in size_. REQUIRES: a bucket has room.
  void Put(uint32_t slot, uint32_t hash);
  // Returns where `slot` is. REQUIRES: `slot` is stored under `hash`.
  Position Locate(uint32_t slot, uint32_t hash) const;
  // Doubles the number of buckets.
  void Grow();

  uint32_t bucket_count_;
  std::unique_ptr<LazyMemory> memory_;
  Bucket* buckets_;  // in memory_
  size_t size_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_SLOT_SET_H_
