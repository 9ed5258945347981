// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_WINDOWED_SUMS_H_
#define TCPGAUGE_SRC_FLOW_WINDOWED_SUMS_H_

#include <cstddef>
#include <cstdint>

#include "src/base/fetch_ahead.h"
#include "src/base/stable_array.h"

namespace tcpgauge {

// For each of many slots, how much was added over a trailing window of time, in one or two lanes.
//
// The window ends at the last multiple of `tick_ns` and is `window_ns` long: with a tick of a second and a window of a
// second, the last full second; with a tick of 0.1 s, a trailing second recomputed ten times a second. A window of more
// than ten ticks is kept in ten parts, of which the one that straddles the window's beginning counts in proportion.
//
// Design. The sums of a slot begin with a cache line, which Prefetch() fetches while the batch is looked up. Sums of 56
// bytes packed without gaps lay across two lines: a million connections took 342 instead of 272 ns a packet in the
// table.
//
// Thread: confined to its table.
// Memory: 8 bytes a part and lane and slot, in whole cache lines of 64 bytes, resident once a slot is used.
class WindowedSums {
 public:
  WindowedSums(size_t slots, size_t lanes, int64_t tick_ns, int64_t window_ns);

  // Of one slot.
  static size_t BytesPerSlot(size_t lanes, int64_t tick_ns, int64_t window_ns);

  // Forgets what `slot` held.
  void Clear(size_t slot);

  // REQUIRES: lane < lanes. A time before the window's oldest part is counted in that part.
  void Add(size_t slot, size_t lane, uint64_t amount, int64_t time_ns);

  // The amount added in the window that ends at the last tick at or before `now_ns`.
  double Sum(size_t slot, size_t lane, int64_t now_ns) const;

  // The amount added since `now_ns - window_ns`, rounded down to a tick: all of the window and what came since its end.
  uint64_t SumSince(size_t slot, size_t lane, int64_t now_ns) const;

  // See PopulateLazyMemory(). REQUIRES: below `slots`.
  void Populate(size_t first_slot, size_t count) { words_.Populate(first_slot * stride_, count * stride_); }

  void Prefetch(size_t slot) const { FetchAhead(&words_[slot * stride_]); }

 private:
  // Sentinel for an empty slot, in place of its newest part; parts are zeroed lazily when they are first written.
  static constexpr uint64_t kNothing = ~uint64_t{0};

  int64_t Newest(size_t slot) const { return static_cast<int64_t>(words_[slot * stride_]); }
  size_t Word(size_t slot, size_t lane, int64_t part) const {
    return slot * stride_ + 1 + lane * parts_ + static_cast<size_t>(part) % parts_;
  }

  const int64_t tick_ns_;
  const int64_t window_ns_;
  const int64_t part_ns_;
  const size_t parts_;  // kept: those of the window, the current one, and one more while a tick is being read
  const size_t lanes_;
  const size_t stride_;
  StableArray<uint64_t> words_;  // per slot: the number of its newest part, then the parts of each lane as a ring
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_WINDOWED_SUMS_H_
