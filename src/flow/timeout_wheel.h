// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_TIMEOUT_WHEEL_H_
#define TCPGAUGE_SRC_FLOW_TIMEOUT_WHEEL_H_

#include <array>
#include <cstdint>

#include "src/base/stable_array.h"
#include "src/flow/connection_record.h"

namespace tcpgauge {

// A wheel of buckets that finds the idle connections of one TimeoutClass. A connection is known by the slot of its
// record. Each bucket is for a range of time: a connection goes into the bucket of its last packet.
//
// Design. A list in the order of the last packet would have to move a connection with every packet. Here a packet moves
// no connection, so a connection may lie in a bucket that is older than its last packet. When a bucket is due, its
// connections are examined: those whose last packet belongs to a newer bucket move there, and the others are idle. Each
// TimeoutClass has its own wheel, so an eviction finds the least useful connection at the head of a wheel. The eviction
// may first have to move active connections. But a connection moves only if it had a packet since it was put into its
// bucket, so there are no more moves than packets. Exception: after a jump of table time, the last packet of a
// connection may be beyond the newest bucket. The connection then moves more than once.
//
// Thread: confined to the thread of its connection table.
// Time: table time (see ConnectionTable), in nanoseconds.
// Bounds: a constant amount of memory. The connections are linked through their ConnectionDetails.
// Accuracy: a connection is found at its time-out, or at most a 64th of the time-out later.
class TimeoutWheel {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  // `records` and `details` hold one element for each slot, and must outlive the wheel. The wheel reads
  // ConnectionRecord::last_packet_time_ns. It alone writes `timeout_bucket` and, while a connection is in the wheel,
  // the links `previous` and `next` in ConnectionDetails.
  TimeoutWheel(int64_t timeout_ns, StableArray<ConnectionRecord>* records, StableArray<ConnectionDetails>* details);

  // Puts the connection into the wheel. REQUIRES: it is in no wheel.
  void Insert(uint32_t slot);
  // Takes the connection out of the wheel. REQUIRES: it is in this wheel.
  void Remove(uint32_t slot);

  // Returns a connection whose last packet came at least the time-out before `now_ns`, or kNone. The connection stays
  // in the wheel: the next call returns it again unless the caller removes it.
  //
  // `*steps` (in and out) is the number of connections that the call may examine. The call subtracts those that it
  // examined. If the call returns kNone and `*steps` is 0, the search may be unfinished.
  uint32_t FindIdle(int64_t now_ns, int* steps);

  // Returns the connection that has been idle the longest, even if it has not timed out. Returns kNone if the wheel is
  // empty. The answer is accurate to a 64th of the time-out. The call examines at most `steps` connections. If this
  // limit ends the search early, the answer is the longest idle of the examined connections. The connection stays in
  // the wheel. REQUIRES: steps > 0.
  uint32_t FindLongestIdle(int steps);

 private:
  static constexpr int64_t kBucketsPerTimeout = 64;
  // At most this many buckets below the first bucket in use are kept free. They are for connections that come from
  // another wheel, and whose last packet is older than that first bucket. If a last packet is too old even for the free
  // buckets, its connection has timed out already, and goes into the lowest free bucket.
  static constexpr int64_t kRoomBelow = kBucketsPerTimeout + 1;
  static constexpr int64_t kBuckets = 128;  // the next power of two above kRoomBelow

  // Buckets are numbered by time: last packet time / bucket_ns_.
  int64_t BucketOf(uint32_t slot) const;
  uint32_t& Head(int64_t bucket) { return heads_[static_cast<size_t>(bucket) % kBuckets]; }
  // Moves the connection from the head of `bucket` to the bucket of its last packet. Returns false if that is the same
  // bucket.
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
