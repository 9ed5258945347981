// SPDX-License-Identifier: Apache-2.0
#include "src/flow/timeouts.h"

#include <iterator>

namespace tcpgauge {
namespace {

// The most records that one search of a wheel examines.
constexpr int kEvictionSteps = 64;
// The most records of other classes that an eviction moves out of a wheel. A record rarely waits in a wrong wheel more
// than once in its life, so these moves cost little on average.
constexpr int kEvictionMoves = 4096;

// The rank of a class in the order of FindLeastUseful(): 0 is evicted first.
int UsefulnessOf(TimeoutClass timeout_class) {
  constexpr int kUsefulness[] = {0, 0, 0, 1, 4, 3, 2};
  static_assert(std::size(kUsefulness) == kTimeoutClassCount, "one value for each class");
  return kUsefulness[static_cast<size_t>(timeout_class)];
}

}  // namespace

Timeouts::Timeouts(const std::array<int64_t, kTimeoutClassCount>& timeouts_ns, StableArray<ConnectionRecord>* records,
                   StableArray<ConnectionDetails>* details)
    : timeouts_ns_(timeouts_ns), records_(*records), wheels_{TimeoutWheel(timeouts_ns[0], records, details),
                                                             TimeoutWheel(timeouts_ns[1], records, details),
                                                             TimeoutWheel(timeouts_ns[2], records, details),
                                                             TimeoutWheel(timeouts_ns[3], records, details),
                                                             TimeoutWheel(timeouts_ns[4], records, details),
                                                             TimeoutWheel(timeouts_ns[5], records, details),
                                                             TimeoutWheel(timeouts_ns[6], records, details)} {
  static_assert(kTimeoutClassCount == 7, "one wheel for each class");
}

TimeoutClass Timeouts::ClassOf(const ConnectionRecord& record) {
  switch (record.state) {
    case ConnectionState::kSynSent:
      return record.handshake_class;
    case ConnectionState::kSynReceived:
      return TimeoutClass::kLongestHandshake;
    case ConnectionState::kClosing:
      if (record.ends[0].has(EndRecord::kFinSeen) && record.ends[1].has(EndRecord::kFinSeen)) {
        return TimeoutClass::kClosing;
      }
      [[fallthrough]];  // half-closed: the other end may send for as long as it likes (RFC 9293 section 3.6)
    case ConnectionState::kEstablished:
      return record.has(ConnectionRecord::kConfirmed) ? TimeoutClass::kEstablished : TimeoutClass::kUnconfirmed;
    case ConnectionState::kClosed:
    case ConnectionState::kReset:
      break;
  }
  return TimeoutClass::kFinished;
}

void Timeouts::Insert(uint32_t slot) {
  records_[slot].timeout_class = ClassOf(records_[slot]);
  WheelOf(slot).Insert(slot);
}

void Timeouts::Reclassify(uint32_t slot, TimeoutClass now) {
  const TimeoutClass wheel = records_[slot].timeout_class;
  // In its old wheel, this record would time out too late, or a search for the least useful record would miss it.
  if (timeouts_ns_[static_cast<size_t>(now)] < timeouts_ns_[static_cast<size_t>(wheel)] ||
      UsefulnessOf(now) < UsefulnessOf(wheel)) {
    MoveToItsClass(slot);
  }
}

bool Timeouts::MoveToItsClass(uint32_t slot) {
  if (ClassOf(records_[slot]) == records_[slot].timeout_class) return false;
  Remove(slot);
  Insert(slot);
  return true;
}

uint32_t Timeouts::FindIdle(int64_t now_ns, int* steps) {
  for (TimeoutWheel& wheel : wheels_) {
    uint32_t slot;
    while ((slot = wheel.FindIdle(now_ns, steps)) != kNone) {
      if (HasTimedOut(records_[slot], now_ns)) return slot;
      MoveToItsClass(slot);
    }
  }
  return kNone;
}

uint32_t Timeouts::FindLongestIdle(TimeoutClass timeout_class) {
  TimeoutWheel& wheel = wheels_[static_cast<size_t>(timeout_class)];
  uint32_t slot;
  int moves = kEvictionMoves;
  do {
    slot = wheel.FindLongestIdle(kEvictionSteps);
  } while (slot != kNone && MoveToItsClass(slot) && --moves > 0);
  return moves > 0 ? slot : kNone;
}

uint32_t Timeouts::FindLeastUseful() {
  uint32_t least = kNone;
  for (const TimeoutClass group : {TimeoutClass::kHandshake, TimeoutClass::kBackedOffHandshake,
                                   TimeoutClass::kLongestHandshake, TimeoutClass::kUnconfirmed}) {
    const uint32_t slot = FindLongestIdle(group);
    if (least == kNone || (slot != kNone && records_[slot].last_packet_time_ns < records_[least].last_packet_time_ns)) {
      least = slot;
    }
  }
  for (const TimeoutClass next : {TimeoutClass::kFinished, TimeoutClass::kClosing, TimeoutClass::kEstablished}) {
    if (least == kNone) least = FindLongestIdle(next);
  }
  return least;
}

}  // namespace tcpgauge
