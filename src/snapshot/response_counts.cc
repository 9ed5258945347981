// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/response_counts.h"

#include <algorithm>

namespace tcpgauge {

void ResponseCounts::Add(const ResponseCounts& other) {
  for (size_t i = 0; i < kBuckets; ++i) counts[i] += other.counts[i];
}

ResponseCounts ResponseCounts::Since(const ResponseCounts& before) const {
  ResponseCounts since;
  for (size_t i = 0; i < kBuckets; ++i) since.counts[i] = counts[i] - std::min(counts[i], before.counts[i]);
  return since;
}

bool ResponseCounts::IsZero() const {
  return std::all_of(counts.begin(), counts.end(), [](uint32_t count) { return count == 0; });
}

ResponseCounts ResponseCountsOf(const ExponentialBuckets& seconds) {
  ResponseCounts result;
  result.counts.front() = static_cast<uint32_t>(seconds.zero_count());
  int32_t number = seconds.first();
  for (const uint64_t count : seconds.counts()) {
    // A scale below kScale needs response times from less than a nanosecond to more than ten minutes.
    const int fall = seconds.scale() - ResponseCounts::kScale;
    const int32_t coarse = fall >= 0 ? number >> fall : number * (1 << -fall);
    const int32_t place = std::clamp<int32_t>(coarse - ResponseCounts::kFirst, 0, ResponseCounts::kBuckets - 1);
    result.counts[static_cast<size_t>(place)] += static_cast<uint32_t>(count);
    ++number;
  }
  return result;
}

}  // namespace tcpgauge
