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

// The payload rates of both ends of every connection, and its weight in the ranking. Rates and weights are sums over
// two trailing windows of different lengths.
//
// Thread: confined to its table, Populate() excepted.
// Time: the table's, in nanoseconds.
// Memory: see WindowedSums.
class PayloadWindows {
 public:
  PayloadWindows(size_t slots, int64_t rate_tick_ns, int64_t rate_window_ns, int64_t ranking_window_ns)
      : rate_window_seconds_(static_cast<double>(rate_window_ns) / kNanosecondsPerSecond),
        rates_(slots, kRateLanes, rate_tick_ns, rate_window_ns),
        ranking_(slots, kRankingLanes, RankingTick(ranking_window_ns), ranking_window_ns) {}

  static size_t BytesPerSlot(int64_t rate_tick_ns, int64_t rate_window_ns, int64_t ranking_window_ns) {
    return WindowedSums::BytesPerSlot(kRateLanes, rate_tick_ns, rate_window_ns) +
           WindowedSums::BytesPerSlot(kRankingLanes, RankingTick(ranking_window_ns), ranking_window_ns);
  }

  // Forgets what `slot` held.
  void Clear(size_t slot) {
    rates_.Clear(slot);
    ranking_.Clear(slot);
  }

  void Add(size_t slot, End sender, uint64_t payload_bytes, int64_t time_ns) {
    rates_.Add(slot, static_cast<size_t>(sender), payload_bytes, time_ns);
    ranking_.Add(slot, 0, payload_bytes, time_ns);
  }

  // Payload bytes per second that the end sent, over the last rate window that ended by `time_ns`.
  double Rate(size_t slot, End sender, int64_t time_ns) const {
    return rates_.Sum(slot, static_cast<size_t>(sender), time_ns) / rate_window_seconds_;
  }

  // Payload bytes of both ends over the ranking window that ends at `time_ns`.
  uint64_t Weight(size_t slot, int64_t time_ns) const { return ranking_.SumSince(slot, 0, time_ns); }

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
