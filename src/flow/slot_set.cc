// SPDX-License-Identifier: Apache-2.0
#include "src/flow/slot_set.h"

#include <utility>

namespace tcpgauge {

SlotSet::SlotSet(size_t buckets)
    : bucket_count_(static_cast<uint32_t>(buckets)),
      memory_(std::make_unique<LazyMemory>(buckets * sizeof(Bucket))),
      buckets_(static_cast<Bucket*>(memory_->data())) {}

void SlotSet::Insert(uint32_t slot, uint32_t hash) {
  if (size_ == MaxSlots(bucket_count_)) Grow();
  Put(slot, hash);
  ++size_;
}

void SlotSet::Put(uint32_t slot, uint32_t hash) {
  for (uint32_t at = HomeOf(hash);; at = NextBucket(at)) {
    Bucket& bucket = buckets_[at];
    const uint32_t free = MatchMask(bucket.slots, ~kNone);
    if (free == 0) continue;
    const int index = __builtin_ctz(free);
    bucket.hashes[index] = hash;
    bucket.slots[index] = ~slot;
    return;
  }
}

SlotSet::Position SlotSet::Locate(uint32_t slot, uint32_t hash) const {
  for (uint32_t at = HomeOf(hash);; at = NextBucket(at)) {
    const uint32_t mask = MatchMask(buckets_[at].slots, ~slot);
    if (mask != 0) return {at, static_cast<uint32_t>(__builtin_ctz(mask))};
  }
}

void SlotSet::Replace(uint32_t slot, uint32_t other, uint32_t hash) {
  const Position place = Locate(slot, hash);
  buckets_[place.bucket].slots[place.index] = ~other;
}

void SlotSet::Erase(uint32_t slot, uint32_t hash) {
  Position hole = Locate(slot, hash);
  // Backward-shift deletion: move an entry that had overflowed past this bucket into the hole, and repeat from where it
  // was. `ahead` is the distance from the hole's bucket to `at`.
  for (uint32_t at = hole.bucket, ahead = 1; IsFull(buckets_[at]); ++ahead) {
    at = NextBucket(at);
    Bucket& bucket = buckets_[at];
    for (uint32_t i = 0; i < kSlotsPerBucket; ++i) {
      if (bucket.slots[i] == ~kNone || Distance(HomeOf(bucket.hashes[i]), at) < ahead) continue;
      buckets_[hole.bucket].hashes[hole.index] = bucket.hashes[i];
      buckets_[hole.bucket].slots[hole.index] = bucket.slots[i];
      hole = {at, i};
      ahead = 0;
      break;
    }
  }
  buckets_[hole.bucket].slots[hole.index] = ~kNone;
  --size_;
}

void SlotSet::Grow() {
  SlotSet doubled(size_t{bucket_count_} * 2);
  for (uint32_t at = 0; at < bucket_count_; ++at) {
    const Bucket& bucket = buckets_[at];
    for (uint32_t i = 0; i < kSlotsPerBucket; ++i) {
      if (bucket.slots[i] != ~kNone) doubled.Put(~bucket.slots[i], bucket.hashes[i]);
    }
  }
  doubled.size_ = size_;
  *this = std::move(doubled);
}

}  // namespace tcpgauge
