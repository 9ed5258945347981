// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_TIMEOUT_WHEEL_H_
#define TCPGAUGE_SRC_FLOW_TIMEOUT_WHEEL_H_

#include <array>
#include <cstdint>

#include "src/base/stable_array.h"
#include "src/flow/connection_record.h"

namespace tcpgauge {

// Finds the idle connections of one TimeoutClass. It holds them in buckets, by the time of their last packet.
//
// Design. A list in the order of the last packet would have to move a connection with every packet. Here a packet moves
// no connection. When a bucket is due, its connections are examined: a connection that has had a packet since moves to
// the bucket of that packet, and the others are idle. Each class has its own wheel, so eviction finds the least useful
// connection at the head of one of them. It may first have to move active connections, at most once for each packet
// that they had.
//
// Thread: confined to its table. The arrays must outlive it. A connection is in one wheel at a time.
// Time: the table's, in nanoseconds.
// Accuracy: a connection is found at its time-out, or at most a 64th of the time-out later.
class TimeoutWheel {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  TimeoutWheel(int64_t timeout_ns, StableArray<ConnectionRecord>* records, StableArray<ConnectionDetails>* details);

  void Insert(uint32_t slot);
  void Remove(uint32_t slot);

  // Returns a connection whose last packet is at least the time-out before `now_ns`, or kNone. The connection stays in
  // the wheel. Examines at most `*steps` connections and subtracts their number from `*steps`: kNone with `*steps` at
  // zero means that the search is not finished.
  uint32_t FindIdle(int64_t now_ns, int* steps);

  // Returns the connection that is idle the longest, whether it has timed out or not, or kNone when the wheel is empty.
  // It is accurate to a 64th of the time-out. After examining `steps` connections it returns the best one so far.
  uint32_t FindLongestIdle(int steps);

 private:
  static constexpr int64_t kBucketsPerTimeout = 64;
  // The wheel keeps this many buckets below the first one in use, because a connection with an older last packet may
  // come from another wheel. Buckets further below are due anyway.
  static constexpr int64_t kRoomBelow = kBucketsPerTimeout + 1;
  static constexpr int64_t kBuckets = 128;  // the power of two above kRoomBelow

  // Buckets are numbered by time: last packet time / bucket_ns_.
  int64_t BucketOf(uint32_t slot) const;
  uint32_t& Head(int64_t bucket) { return heads_[static_cast<size_t>(bucket) % kBuckets]; }
  // Moves the connection, which is at the head of `bucket`, to the bucket of its last packet. False when it is there
  // already.
  bool MoveToItsBucket(uint32_t slot, int64_t bucket);

  const int64_t timeout_ns_;
  const int64_t bucket_ns_;
  StableArray<ConnectionRecord>& records_;
  StableArray<ConnectionDetails>& details_;
  std::array<uint32_t, kBuckets> heads_;  // of lists through ConnectionDetails
  int64_t oldest_ = 0;                    // no connection is in a bucket below this one
  uint64_t size_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_TIMEOUT_WHEEL_H_
