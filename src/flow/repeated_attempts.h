// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_REPEATED_ATTEMPTS_H_
#define TCPGAUGE_SRC_FLOW_REPEATED_ATTEMPTS_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace tcpgauge {

// The attempts to connect whose SYN was repeated a moment ago, and for which no copy of a SYN on another stretch is
// known yet. A copy of the repetition may still come: the earlier SYNs may have been lost between the two stretches. So
// each attempt waits here for a while before its edge is told (see Edges in ConnectionTable).
//
// Thread: confined to the thread of its connection table.
// Time: table time (see ConnectionTable), in nanoseconds.
// Bounds: kCapacity attempts. When all places are taken, Add() keeps no further attempt.
class RepeatedAttempts {
 public:
  static constexpr size_t kCapacity = 256;

  struct Attempt {
    uint32_t slot;              // of its record
    uint32_t initial_sequence;  // of the client's SYN: the slot may be that of another connection by now
  };

  // Adds an attempt. Returns false if there is no place. REQUIRES: `now_ns` never decreases from call to call.
  bool Add(const Attempt& attempt, int64_t now_ns) {
    if (size_ == kCapacity) return false;
    entries_[(first_ + size_++) % kCapacity] = {attempt, now_ns};
    return true;
  }

  // Whether an attempt was added at `time_ns` or earlier.
  bool HasAddedBy(int64_t time_ns) const { return size_ > 0 && entries_[first_].time_ns <= time_ns; }
  // Removes and returns the attempt that was added first. It may have ended since. REQUIRES: there is one.
  Attempt TakeFirst() {
    const Attempt attempt = entries_[first_].attempt;
    first_ = (first_ + 1) % kCapacity;
    --size_;
    return attempt;
  }

 private:
  struct Entry {
    Attempt attempt;
    int64_t time_ns;
  };
  std::array<Entry, kCapacity> entries_{};
  size_t first_ = 0;
  size_t size_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_REPEATED_ATTEMPTS_H_
