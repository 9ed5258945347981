// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/edge_buckets.h"

#include <algorithm>
#include <cmath>

namespace tcpgauge {
namespace {

constexpr int kFirstExponent = -15;  // kEdgeBounds[i] is 2^(kFirstExponent + i)
static_assert(kEdgeBounds[0] == 0x1p-15, "as kFirstExponent says");

}  // namespace

std::array<uint64_t, kEdgeBuckets> EdgeBucketCounts(const ExponentialBuckets& buckets) {
  std::array<uint64_t, kEdgeBuckets> counts{};
  counts[0] = buckets.zero_count();
  for (size_t i = 0; i < buckets.counts().size(); ++i) {
    // The exponent of the least power of two that is not below the bucket's upper bound.
    const double upper = std::ceil(std::ldexp(buckets.first() + static_cast<double>(i) + 1, -buckets.scale()));
    const double place = std::clamp<double>(upper - kFirstExponent, 0, kEdgeBuckets - 1);
    counts[static_cast<size_t>(place)] += buckets.counts()[i];
  }
  return counts;
}

}  // namespace tcpgauge
