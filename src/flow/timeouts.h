// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_TIMEOUTS_H_
#define TCPGAUGE_SRC_FLOW_TIMEOUTS_H_

#include <array>
#include <cstdint>

#include "src/base/stable_array.h"
#include "src/flow/connection_record.h"
#include "src/flow/timeout_wheel.h"

namespace tcpgauge {

// Finds the records that have timed out, and the record to evict. It has one TimeoutWheel for each TimeoutClass.
//
// Design. A record whose class changes moves at once if its new class has a shorter time-out or is less useful.
// Otherwise it stays in its wheel until a search there finds it, and moves then. So the usual life of a connection
// costs two moves.
//
// Thread: confined to its table. The arrays must outlive it.
// Time: the table's, in nanoseconds.
class Timeouts {
 public:
  static constexpr uint32_t kNone = TimeoutWheel::kNone;

  // Time-outs in nanoseconds, indexed by TimeoutClass.
  Timeouts(const std::array<int64_t, kTimeoutClassCount>& timeouts_ns, StableArray<ConnectionRecord>* records,
           StableArray<ConnectionDetails>* details);

  void Insert(uint32_t slot);
  void Remove(uint32_t slot) { WheelOf(slot).Remove(slot); }
  // Call this after a change of the record's state or confirmation.
  void Update(uint32_t slot) {
    const TimeoutClass now = ClassOf(records_[slot]);
    if (now != records_[slot].timeout_class) Reclassify(slot, now);
  }

  bool HasTimedOut(const ConnectionRecord& record, int64_t now_ns) const {
    return now_ns - record.last_packet_time_ns >= timeouts_ns_[static_cast<size_t>(ClassOf(record))];
  }

  // Returns a record that has timed out at `now_ns`, or kNone. `steps`: see TimeoutWheel::FindIdle().
  uint32_t FindIdle(int64_t now_ns, int* steps);

  // Returns the record to evict, or kNone when there is no record: the longest idle record of the first group that is
  // not empty. The groups are, in order: (1) without a completed handshake or unconfirmed, (2) finished, (3) closing,
  // (4) established.
  uint32_t FindLeastUseful();

 private:
  static TimeoutClass ClassOf(const ConnectionRecord& record);
  TimeoutWheel& WheelOf(uint32_t slot) { return wheels_[static_cast<size_t>(records_[slot].timeout_class)]; }
  void Reclassify(uint32_t slot, TimeoutClass now);
  // Moves the record to the wheel of its class. False when it is there already.
  bool MoveToItsClass(uint32_t slot);
  uint32_t FindLongestIdle(TimeoutClass timeout_class);

  const std::array<int64_t, kTimeoutClassCount> timeouts_ns_;
  StableArray<ConnectionRecord>& records_;
  std::array<TimeoutWheel, kTimeoutClassCount> wheels_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_TIMEOUTS_H_
