// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_WINDOWED_SUMS_H_
#define TCPGAUGE_SRC_FLOW_WINDOWED_SUMS_H_

#include <cstddef>
#include <cstdint>

#include "src/base/fetch_ahead.h"
#include "src/base/stable_array.h"

namespace tcpgauge {

// Sums of amounts over a trailing window of time, for each of many slots. A slot has one or more lanes, which are
// summed separately.
//
// The window is `window_ns` long and ends at the last multiple of `tick_ns`. For example, a window of 1 s is the last
// full second if the tick is 1 s, and moves ten times a second if the tick is 0.1 s.
//
// Time is divided into parts, and each lane keeps a sum for each recent part. A part is one tick long. If the window is
// longer than ten ticks, a part is a tenth of the window instead.
//
// Design. The sums of a slot begin at a cache line, which Prefetch() fetches while the connections of a batch of
// packets are looked up. When slots of 56 bytes were packed without gaps, many lay across two lines. With a million
// connections, the table then took 342 ns per packet instead of 272 ns.
//
// Thread: confined to its table, except for Populate().
// Time: table time, in nanoseconds.
// Memory: each slot takes 8 bytes for each part of each lane, and 8 more, rounded up to cache lines of 64 bytes. The
// memory of a slot becomes resident when the slot is first used.
class WindowedSums {
 public:
  // REQUIRES: tick_ns, window_ns and lanes are positive.
  WindowedSums(size_t slots, size_t lanes, int64_t tick_ns, int64_t window_ns);

  // Returns the memory of one slot.
  static size_t BytesPerSlot(size_t lanes, int64_t tick_ns, int64_t window_ns);

  // Forgets what was added to `slot`, in all lanes.
  void Clear(size_t slot);

  // Adds `amount` to the part that contains `time_ns`. If that part is no longer kept, adds it to the oldest part that
  // is kept. REQUIRES: lane < lanes.
  void Add(size_t slot, size_t lane, uint64_t amount, int64_t time_ns) {
    const int64_t part = PartOf(time_ns);
    uint64_t* const words = &words_[slot * stride_];
    if (static_cast<int64_t>(words[0]) == part) {
      words[1 + lane * parts_ + last_place_] += amount;
    } else {
      AddToOtherPart(slot, lane, amount, part);
    }
  }

  // Returns the amount that was added in the window that ends at the last multiple of the tick at or before `now_ns`.
  // If the window begins within a part, this part counts in proportion. If the window ends within a part (only with
  // parts longer than a tick), this part counts in full, so the sum may include amounts after the end of the window.
  // Parts that are no longer kept are left out.
  double Sum(size_t slot, size_t lane, int64_t now_ns) const;

  // See PopulateLazyMemory(). REQUIRES: first_slot + count <= slots. Thread: any.
  void Populate(size_t first_slot, size_t count) { words_.Populate(first_slot * stride_, count * stride_); }

  // Prefetches the first cache line of the slot.
  void Prefetch(size_t slot) const { FetchAhead(&words_[slot * stride_]); }

 private:
  // In an empty slot, this value is stored as the number of the newest part. Clear() writes nothing else: Add() zeroes
  // old parts before it uses them again.
  static constexpr uint64_t kEmptySlot = ~uint64_t{0};

  // Add() for a part that is not the newest of the slot.
  void AddToOtherPart(size_t slot, size_t lane, uint64_t amount, int64_t part);

  // Parts are numbered by time: time / part_ns_. Returns the number of the part that contains `time_ns`. Remembers the
  // last answer and its place in the rings, because the times of packets mostly lie in the same part, and divisions
  // take long.
  int64_t PartOf(int64_t time_ns) {
    const auto since_begin = static_cast<uint64_t>(time_ns - last_part_ * part_ns_);
    if (since_begin >= static_cast<uint64_t>(part_ns_)) {
      last_part_ = time_ns / part_ns_;
      last_place_ = static_cast<size_t>(last_part_) % parts_;
    }
    return last_part_;
  }
  // Returns the number of the newest part that was written; -1 after Clear(), 0 if the slot was never used.
  int64_t NewestPart(size_t slot) const { return static_cast<int64_t>(words_[slot * stride_]); }
  size_t WordIndex(size_t slot, size_t lane, int64_t part) const {
    return slot * stride_ + 1 + lane * parts_ + static_cast<size_t>(part) % parts_;
  }

  const int64_t tick_ns_;
  const int64_t window_ns_;
  const int64_t part_ns_;
  const size_t parts_;  // parts kept in each lane: those of the window, and two more (see PartsKept)
  const size_t lanes_;
  const size_t stride_;    // words from one slot to the next
  int64_t last_part_ = 0;  // see PartOf()
  size_t last_place_ = 0;
  StableArray<uint64_t> words_;  // for each slot: the number of its newest part, then a ring of parts for each lane
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_WINDOWED_SUMS_H_
