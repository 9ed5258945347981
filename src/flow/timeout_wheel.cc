// SPDX-License-Identifier: Apache-2.0
#include "src/flow/timeout_wheel.h"

#include <algorithm>

namespace tcpgauge {

TimeoutWheel::TimeoutWheel(int64_t timeout_ns, StableArray<ConnectionRecord>* records,
                           StableArray<ConnectionDetails>* details)
    : timeout_ns_(timeout_ns),
      bucket_ns_(std::max<int64_t>(timeout_ns / kBucketsPerTimeout, 1)),
      records_(*records),
      details_(*details) {
  heads_.fill(kNone);
}

int64_t TimeoutWheel::BucketOf(uint32_t slot) const {
  // A connection outside the wheel's range waits in the nearest bucket, and is examined again when that is due.
  return std::clamp(records_[slot].last_packet_time_ns / bucket_ns_, oldest_, oldest_ + kBuckets - 1);
}

void TimeoutWheel::Insert(uint32_t slot) {
  if (size_++ == 0) oldest_ = std::max<int64_t>(records_[slot].last_packet_time_ns / bucket_ns_ - kRoomBelow, 0);
  const int64_t bucket = BucketOf(slot);
  uint32_t& head = Head(bucket);
  ConnectionDetails& details = details_[slot];
  records_[slot].timeout_bucket = static_cast<uint8_t>(bucket % kBuckets);
  details.previous = kNone;
  details.next = head;
  if (head != kNone) details_[head].previous = slot;
  head = slot;
}

void TimeoutWheel::Remove(uint32_t slot) {
  --size_;
  const ConnectionDetails& details = details_[slot];
  (details.previous == kNone ? heads_[records_[slot].timeout_bucket] : details_[details.previous].next) = details.next;
  if (details.next != kNone) details_[details.next].previous = details.previous;
}

bool TimeoutWheel::MoveToItsBucket(uint32_t slot, int64_t bucket) {
  if (BucketOf(slot) == bucket) return false;
  Remove(slot);
  Insert(slot);
  return true;
}

uint32_t TimeoutWheel::FindIdle(int64_t now_ns, int* steps) {
  const int64_t first_not_due = (now_ns - timeout_ns_) / bucket_ns_;
  // After a jump in time, all buckets are due. Skip whole turns of the wheel, which change no bucket's place.
  if (first_not_due - oldest_ >= 2 * kBuckets) oldest_ += ((first_not_due - oldest_) / kBuckets - 1) * kBuckets;
  while (size_ > 0 && *steps > 0) {
    if (oldest_ >= first_not_due) return kNone;
    const uint32_t slot = Head(oldest_);
    if (slot == kNone) {
      ++oldest_;  // at most kBuckets times in a row
      continue;
    }
    --*steps;
    if (!MoveToItsBucket(slot, oldest_)) return slot;
  }
  return kNone;
}

uint32_t TimeoutWheel::FindLongestIdle(int steps) {
  if (size_ == 0) return kNone;
  uint32_t best = kNone;
  for (int64_t bucket = oldest_; steps > 0; --steps) {
    while (Head(bucket) == kNone) ++bucket;
    oldest_ = std::max(oldest_, bucket - kRoomBelow);
    const uint32_t slot = Head(bucket);
    if (best == kNone || records_[slot].last_packet_time_ns < records_[best].last_packet_time_ns) best = slot;
    if (!MoveToItsBucket(slot, bucket)) break;
  }
  return best;
}

}  // namespace tcpgauge
