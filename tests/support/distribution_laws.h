// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TESTS_SUPPORT_DISTRIBUTION_LAWS_H_
#define TCPGAUGE_TESTS_SUPPORT_DISTRIBUTION_LAWS_H_

#include <cstddef>
#include <cstdint>
#include <map>

#include "src/base/exponential_buckets.h"
#include "src/flow/edge.h"

namespace tcpgauge {

// Returns the counts that are not 0, by bucket number at `scale`. REQUIRES: scale <= buckets.scale().
inline std::map<int32_t, uint64_t> CountsAtScale(const ExponentialBuckets& buckets, int scale) {
  std::map<int32_t, uint64_t> counts;
  for (size_t i = 0; i < buckets.counts().size(); ++i) {
    const int32_t number = buckets.first() + static_cast<int32_t>(i);
    if (buckets.counts()[i] != 0) counts[number >> (buckets.scale() - scale)] += buckets.counts()[i];
  }
  return counts;
}

// Whether both count the same values, as far as the lower scale of the two tells.
inline bool AreEqual(const ExponentialBuckets& a, const ExponentialBuckets& b) {
  const int scale = a.scale() < b.scale() ? a.scale() : b.scale();
  return a.zero_count() == b.zero_count() && CountsAtScale(a, scale) == CountsAtScale(b, scale);
}
inline bool AreEqual(const EdgeDistributions& a, const EdgeDistributions& b) {
  return AreEqual(a.handshake_rtt_seconds, b.handshake_rtt_seconds) && AreEqual(a.response_seconds, b.response_seconds);
}

// Whether no count fell from `before` to `now`. The scale may have fallen, but may not have risen.
inline bool OnlyGrew(const ExponentialBuckets& before, const ExponentialBuckets& now) {
  if (now.scale() > before.scale() || now.zero_count() < before.zero_count()) return false;
  std::map<int32_t, uint64_t> counts = CountsAtScale(now, now.scale());
  for (const auto& [number, count] : CountsAtScale(before, now.scale())) {
    if (counts[number] < count) return false;
  }
  return true;
}
inline bool OnlyGrew(const EdgeDistributions& before, const EdgeDistributions& now) {
  return OnlyGrew(before.handshake_rtt_seconds, now.handshake_rtt_seconds) &&
         OnlyGrew(before.response_seconds, now.response_seconds);
}

// Whether the distributions count as many values as the account adds up.
inline bool CountsAgree(const EdgeCounters& counters, const EdgeDistributions& distributions) {
  return distributions.handshake_rtt_seconds.Count() == counters.handshake_rtt_count &&
         distributions.response_seconds.Count() == counters.response_count;
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_TESTS_SUPPORT_DISTRIBUTION_LAWS_H_
