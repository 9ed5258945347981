// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_PAYLOAD_WINDOWS_H_
#define TCPGAUGE_SRC_FLOW_PAYLOAD_WINDOWS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "src/base/time_units.h"
#include "src/flow/windowed_sums.h"
#include "src/net/connection_key.h"

namespace tcpgauge {

// The payload rates of both ends of every connection, and the weight of every connection in the ranking. Rates are
// computed over the rate window, weights over the ranking window. Both windows trail the current time. A connection is
// identified by the slot of its record.
//
// Thread: confined to its table, except for Populate().
// Time: table time, in nanoseconds.
// Bounds: `slots` slots. Each takes BytesPerSlot() once it is used (see WindowedSums).
class PayloadWindows {
 public:
  // Rates change at multiples of `rate_tick_ns`. REQUIRES: all times are positive.
  PayloadWindows(size_t slots, int64_t rate_tick_ns, int64_t rate_window_ns, int64_t ranking_window_ns)
      : rate_window_seconds_(static_cast<double>(rate_window_ns) / kNanosecondsPerSecond),
        rates_(slots, kRateLanes, rate_tick_ns, rate_window_ns),
        ranking_(slots, kRankingLanes, RankingTick(ranking_window_ns), ranking_window_ns) {}

  // Returns the memory of one slot.
  static size_t BytesPerSlot(int64_t rate_tick_ns, int64_t rate_window_ns, int64_t ranking_window_ns) {
    return WindowedSums::BytesPerSlot(kRateLanes, rate_tick_ns, rate_window_ns) +
           WindowedSums::BytesPerSlot(kRankingLanes, RankingTick(ranking_window_ns), ranking_window_ns);
  }

  // Forgets what was added to `slot`. Call it when another connection gets the slot.
  void Clear(size_t slot) {
    rates_.Clear(slot);
    ranking_.Clear(slot);
  }

  // Adds the payload of a packet that `sender` sent at `time_ns`.
  void Add(size_t slot, End sender, uint64_t payload_bytes, int64_t time_ns) {
    rates_.Add(slot, static_cast<size_t>(sender), payload_bytes, time_ns);
    ranking_.Add(slot, 0, payload_bytes, time_ns);
  }

  // Returns the payload bytes per second that `sender` sent over the rate window. The window ends at the last multiple
  // of the tick at or before `time_ns` (see WindowedSums::Sum).
  double Rate(size_t slot, End sender, int64_t time_ns) const {
    return rates_.Sum(slot, static_cast<size_t>(sender), time_ns) / rate_window_seconds_;
  }

  // Returns the connection's weight: the payload bytes of both ends since one ranking window before `time_ns`. The
  // beginning is rounded down to a multiple of a quarter of the window. Bytes after `time_ns` are included.
  uint64_t Weight(size_t slot, int64_t time_ns) const { return ranking_.SumSince(slot, 0, time_ns); }

  // Prefetches the first cache line of each of the slot's sums.
  void Prefetch(size_t slot) const {
    rates_.Prefetch(slot);
    ranking_.Prefetch(slot);
  }

  // See PopulateLazyMemory(). REQUIRES: first_slot + count <= slots. Thread: any.
  void Populate(size_t first_slot, size_t count) {
    rates_.Populate(first_slot, count);
    ranking_.Populate(first_slot, count);
  }

 private:
  static constexpr size_t kRateLanes = 2;  // indexed by End
  static constexpr size_t kRankingLanes = 1;

  static int64_t RankingTick(int64_t ranking_window_ns) { return std::max<int64_t>(ranking_window_ns / 4, 1); }

  const double rate_window_seconds_;
  WindowedSums rates_;
  WindowedSums ranking_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_PAYLOAD_WINDOWS_H_
