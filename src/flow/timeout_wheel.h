// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_TIMEOUT_WHEEL_H_
#define TCPGAUGE_SRC_FLOW_TIMEOUT_WHEEL_H_

#include <array>
#include <cstdint>

#include "src/base/stable_array.h"
#include "src/flow/connection_record.h"

namespace tcpgauge {

// The connections of one TimeoutClass, in buckets by the time of their last packet.
//
// Design. A list in the order of the last packet would have to move a connection with every packet. Here a packet moves
// nothing. When a bucket is due, its connections are looked at: one that had a packet since moves on to its right
// bucket, and the others are idle. There is one wheel for each class of time-out, so eviction finds the least useful
// connection at the head of one of them, at a cost that the packets of the others have paid in advance.
//
// Thread: confined to its table. The arrays must outlive it. A connection is in one wheel at a time.
// Accuracy: a connection is found at its time-out, or later by at most a 64th of it.
class TimeoutWheel {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  TimeoutWheel(int64_t timeout_ns, StableArray<ConnectionRecord>* records, StableArray<ConnectionDetails>* details);

  void Insert(uint32_t slot);
  void Remove(uint32_t slot);

  // A connection that has had no packet for the time-out at `now_ns`, or kNone. Looks at no more than `*steps`
  // connections and takes from it what it looked at: zero on return means that there may be more.
  uint32_t FindIdle(int64_t now_ns, int* steps);

  // The connection that is idle the longest (to a 64th of the time-out, and among the first that `steps` allow to look
  // at), whether its time is up or not; kNone when the wheel is empty.
  uint32_t FindLongestIdle(int steps);

 private:
  static constexpr int64_t kBucketsPerTimeout = 64;
  static constexpr int64_t kRoomBelow = kBucketsPerTimeout + 1;  // the oldest bucket that is not due lies in it
  static constexpr int64_t kBuckets = 128;                       // a power of two above the former

  int64_t BucketOf(uint32_t slot) const;
  uint32_t& Head(int64_t bucket) { return heads_[static_cast<size_t>(bucket) % kBuckets]; }
  // Whether the connection at the head of bucket `bucket` belongs to a later one; if so moves it there.
  bool MovedOn(uint32_t slot, int64_t bucket);

  const int64_t timeout_ns_;
  const int64_t bucket_ns_;
  StableArray<ConnectionRecord>& records_;
  StableArray<ConnectionDetails>& details_;
  std::array<uint32_t, kBuckets> heads_;
  int64_t oldest_ = 0;  // no connection is in a bucket before this one
  uint64_t size_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_TIMEOUT_WHEEL_H_
