// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_WINDOWED_SUMS_H_
#define TCPGAUGE_SRC_FLOW_WINDOWED_SUMS_H_

#include <cstddef>
#include <cstdint>

#include "src/base/fetch_ahead.h"
#include "src/base/stable_array.h"

namespace tcpgauge {

// Sums of the amounts that were added over a trailing window of time, for each of many slots. A slot has one or more
// lanes, which are summed separately.
//
// The window is `window_ns` long and ends at the last multiple of `tick_ns`. For example, with a window of 1 s and a
// tick of 1 s, it is the last full second; with a tick of 0.1 s, it moves ten times a second. Amounts are kept in parts
// of a tick each. A window of more than ten ticks has ten longer parts, and the part in which the window begins counts
// in proportion.
//
// Design. The sums of a slot begin at a cache line, which Prefetch() fetches while the batch is looked up. When sums of
// 56 bytes were packed without gaps, many lay across two lines, and a million connections took 342 instead of 272 ns a
// packet in the table.
//
// Thread: confined to its table, Populate() excepted.
// Time: the table's, in nanoseconds.
// Memory: 8 bytes for each part of each lane, plus 8, rounded up to cache lines of 64 bytes, for each slot. It becomes
// resident when a slot is first used.
class WindowedSums {
 public:
  WindowedSums(size_t slots, size_t lanes, int64_t tick_ns, int64_t window_ns);

  // The memory of one slot.
  static size_t BytesPerSlot(size_t lanes, int64_t tick_ns, int64_t window_ns);

  // Forgets what `slot` held.
  void Clear(size_t slot);

  // REQUIRES: lane < lanes. An amount that is older than the oldest kept part is added to that part.
  void Add(size_t slot, size_t lane, uint64_t amount, int64_t time_ns);

  // The amount added in the window that ends at the last tick at or before `now_ns`.
  double Sum(size_t slot, size_t lane, int64_t now_ns) const;

  // The amount added since `now_ns - window_ns`, where the beginning is rounded down to a part. Unlike Sum(), it
  // includes the amounts of the tick under way.
  uint64_t SumSince(size_t slot, size_t lane, int64_t now_ns) const;

  // See PopulateLazyMemory(). REQUIRES: first_slot + count <= slots. Thread: any.
  void Populate(size_t first_slot, size_t count) { words_.Populate(first_slot * stride_, count * stride_); }

  void Prefetch(size_t slot) const { FetchAhead(&words_[slot * stride_]); }

 private:
  // Sentinel for an empty slot, in place of the number of its newest part; parts are zeroed lazily when they are first
  // written.
  static constexpr uint64_t kEmptySlot = ~uint64_t{0};

  // Parts are numbered by time: time / part_ns_. The newest part is the last one that was written; -1 = empty slot.
  int64_t NewestPart(size_t slot) const { return static_cast<int64_t>(words_[slot * stride_]); }
  size_t WordIndex(size_t slot, size_t lane, int64_t part) const {
    return slot * stride_ + 1 + lane * parts_ + static_cast<size_t>(part) % parts_;
  }

  const int64_t tick_ns_;
  const int64_t window_ns_;
  const int64_t part_ns_;
  const size_t parts_;  // in each lane: those of the window, and two more (see PartsKept)
  const size_t lanes_;
  const size_t stride_;
  StableArray<uint64_t> words_;  // for each slot: the number of its newest part, then a ring of parts for each lane
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_WINDOWED_SUMS_H_
