// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_TIMEOUTS_H_
#define TCPGAUGE_SRC_FLOW_TIMEOUTS_H_

#include <array>
#include <cstdint>

#include "src/base/stable_array.h"
#include "src/flow/connection_record.h"
#include "src/flow/timeout_wheel.h"

namespace tcpgauge {

// When records are to be given up: a wheel for each TimeoutClass.
//
// A record whose class comes to have a longer time-out and to be more useful stays in its wheel until that finds it,
// and moves then; so the usual life of a connection costs two moves.
//
// Thread: confined to its table. The arrays must outlive it.
class Timeouts {
 public:
  static constexpr uint32_t kNone = TimeoutWheel::kNone;

  // Time-outs in nanoseconds, indexed by TimeoutClass.
  Timeouts(const std::array<int64_t, kTimeoutClassCount>& timeouts_ns, StableArray<ConnectionRecord>* records,
           StableArray<ConnectionDetails>* details);

  void Insert(uint32_t slot);
  void Remove(uint32_t slot) { WheelOf(slot).Remove(slot); }
  // After a change of the record's state or confirmation.
  void Update(uint32_t slot) {
    const TimeoutClass now = ClassOf(records_[slot]);
    if (now != records_[slot].timeout_class) Reclassify(slot, now);
  }

  bool IsOver(const ConnectionRecord& record, int64_t now_ns) const {
    return now_ns - record.last_packet_time_ns >= timeouts_ns_[static_cast<size_t>(ClassOf(record))];
  }

  // A record whose time is up at `now_ns`, or kNone. Looks at no more than `*steps` records and takes from it what it
  // looked at: zero on return means that there may be more.
  uint32_t FindIdle(int64_t now_ns, int* steps);

  // The record that is missed least: among those without a completed handshake, else the finished, the closing, the
  // established, the one that is idle the longest. kNone when there is no record.
  uint32_t FindLeastUseful();

 private:
  static TimeoutClass ClassOf(const ConnectionRecord& record);
  TimeoutWheel& WheelOf(uint32_t slot) { return wheels_[static_cast<size_t>(records_[slot].timeout_class)]; }
  void Reclassify(uint32_t slot, TimeoutClass now);
  // Moves the record to the wheel of its class, if it waits in another.
  bool MovedToItsClass(uint32_t slot);
  uint32_t FindLongestIdle(TimeoutClass timeout_class);

  const std::array<int64_t, kTimeoutClassCount> timeouts_ns_;
  StableArray<ConnectionRecord>& records_;
  std::array<TimeoutWheel, kTimeoutClassCount> wheels_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_TIMEOUTS_H_
