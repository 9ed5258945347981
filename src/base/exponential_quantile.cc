// SPDX-License-Identifier: Apache-2.0
#include "src/base/exponential_quantile.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "absl/types/span.h"

namespace tcpgauge {

std::optional<double> QuantileOf(const ExponentialBuckets& buckets, double share) {
  const uint64_t count = buckets.Count();
  if (count == 0) return std::nullopt;
  const double rank = share * static_cast<double>(count);
  auto below = static_cast<double>(buckets.zero_count());
  if (buckets.zero_count() > 0 && rank <= below) return 0;
  const absl::Span<const uint64_t> counts = buckets.counts();
  // The last bucket is the right one if no earlier one is: it stays out of the loop.
  size_t i = 0;
  for (; i + 1 < counts.size(); ++i) {
    const double end = below + static_cast<double>(counts[i]);
    if (rank <= end) break;
    below = end;
  }
  const double part = (rank - below) / static_cast<double>(counts[i]);
  const double value = std::exp2(std::ldexp(buckets.first() + static_cast<double>(i) + part, -buckets.scale()));
  return std::min(value, std::numeric_limits<double>::max());
}

}  // namespace tcpgauge
