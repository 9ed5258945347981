// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_TIMEOUTS_H_
#define TCPGAUGE_SRC_FLOW_TIMEOUTS_H_

#include <array>
#include <cstdint>

#include "src/base/stable_array.h"
#include "src/flow/connection_record.h"
#include "src/flow/timeout_wheel.h"

namespace tcpgauge {

// Finds the records that have timed out, and the record to evict. This class has one TimeoutWheel for each
// TimeoutClass.
//
// Design. When the class of a record changes, the record usually stays in its old wheel until a search there finds and
// moves it. The record moves at once if that search could come too late: the new class has a shorter time-out, or is
// evicted earlier. So records seldom change wheels. For example, with the default time-outs and without evictions:
// - A connection that is never silent for the time-out of its handshake (35 s) changes wheels once: to kFinished.
// - A connection that is silent for longer, and then closes in order, changes wheels three times: to kEstablished,
//   kClosing and kFinished.
//
// Thread: confined to the thread of its connection table.
// Time: table time (see ConnectionTable), in nanoseconds.
class Timeouts {
 public:
  static constexpr uint32_t kNone = TimeoutWheel::kNone;

  // `timeouts_ns` is indexed by TimeoutClass. `records` and `details` hold one element for each slot, and must outlive
  // this object.
  Timeouts(const std::array<int64_t, kTimeoutClassCount>& timeouts_ns, StableArray<ConnectionRecord>* records,
           StableArray<ConnectionDetails>* details);

  // Puts the record into the wheel of its class. REQUIRES: it is in no wheel.
  void Insert(uint32_t slot);
  // Takes the record out of its wheel. REQUIRES: it is in a wheel.
  void Remove(uint32_t slot) { WheelOf(slot).Remove(slot); }
  // Moves the record to another wheel if necessary. Call it after each event that may change the record's class: a
  // change of its state, confirmation or handshake_class, or a second FIN.
  void Update(uint32_t slot) {
    const TimeoutClass now = ClassOf(records_[slot]);
    if (now != records_[slot].timeout_class) Reclassify(slot, now);
  }

  // Whether, at `now_ns`, the record has been idle for at least the time-out of its present class.
  bool HasTimedOut(const ConnectionRecord& record, int64_t now_ns) const {
    return now_ns - record.last_packet_time_ns >= timeouts_ns_[static_cast<size_t>(ClassOf(record))];
  }

  // Returns a record that has timed out at `now_ns`, or kNone. The record stays in its wheel. `*steps` is in and out:
  // see TimeoutWheel::FindIdle().
  uint32_t FindIdle(int64_t now_ns, int* steps);

  // Returns the record to evict: the longest idle one of the first group that is not empty. Returns kNone if there is
  // no record. The groups are, in order: (1) kUnconfirmed and the three classes of handshakes, (2) kFinished, (3)
  // kClosing, (4) kEstablished. The work of a call is bounded, so the choice is approximate. The record stays in its
  // wheel.
  uint32_t FindLeastUseful();

 private:
  // The class to which the record's present state leads. ConnectionRecord::timeout_class may lag behind.
  static TimeoutClass ClassOf(const ConnectionRecord& record);
  TimeoutWheel& WheelOf(uint32_t slot) { return wheels_[static_cast<size_t>(records_[slot].timeout_class)]; }
  // The rarer part of Update(). `now` is the record's class, and differs from the class of its wheel.
  void Reclassify(uint32_t slot, TimeoutClass now);
  // Moves the record to the wheel of its class. Returns false if it is there already.
  bool MoveToItsClass(uint32_t slot);
  // Returns the longest idle record of the class, or kNone. If the search meets records that have left the class, it
  // moves them to the wheels of their classes.
  uint32_t FindLongestIdle(TimeoutClass timeout_class);

  const std::array<int64_t, kTimeoutClassCount> timeouts_ns_;
  StableArray<ConnectionRecord>& records_;
  std::array<TimeoutWheel, kTimeoutClassCount> wheels_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_TIMEOUTS_H_
