// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_RESPONSE_COUNTS_H_
#define TCPGAUGE_SRC_SNAPSHOT_RESPONSE_COUNTS_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "src/base/exponential_buckets.h"

namespace tcpgauge {

// Response times, counted in buckets. The buckets are wider than those of ExponentialBuckets, so that the history has
// room for them. A quantile is off by a fifth at most.
//
// The bucket `i` is the bucket kFirst + i of ExponentialBuckets at the scale kScale. It counts times above
// 2^((kFirst + i) / 2) seconds and up to 2^((kFirst + i + 1) / 2) seconds. So the buckets go from 61 us to 16 s. The
// first one also has all shorter times, and the last one all longer ones.
//
// A plain value. Counts wrap around at 2^32.
struct ResponseCounts {
  static constexpr int kScale = 1;
  static constexpr int32_t kFirst = -28;
  static constexpr size_t kBuckets = 36;

  std::array<uint32_t, kBuckets> counts{};

  // Adds every count of `other` to the same bucket.
  void Add(const ResponseCounts& other);
  // Returns what was counted since `before`. A bucket that has a lower count than in `before` has counted nothing.
  ResponseCounts Since(const ResponseCounts& before) const;
  bool IsZero() const;
};

// Returns the response times that `seconds` has counted.
ResponseCounts ResponseCountsOf(const ExponentialBuckets& seconds);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_RESPONSE_COUNTS_H_
