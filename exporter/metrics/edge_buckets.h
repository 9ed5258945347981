// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_EXPORTER_METRICS_EDGE_BUCKETS_H_
#define TCPGAUGE_EXPORTER_METRICS_EDGE_BUCKETS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "src/base/exponential_buckets.h"

namespace tcpgauge {

// The upper bounds, in seconds, of the classic buckets that edges and workload edges have with --metrics.edge-buckets.
// They are powers of two, from 31 microseconds to 16 s, so that each is also a bound of ExponentialBuckets.
constexpr double kEdgeBounds[] = {0x1p-15, 0x1p-14, 0x1p-13, 0x1p-12, 0x1p-11, 0x1p-10, 0x1p-9, 0x1p-8, 0x1p-7, 0x1p-6,
                                  0x1p-5,  0x1p-4,  0x1p-3,  0x1p-2,  0x1p-1,  1,       2,      4,      8,      16};
constexpr size_t kEdgeBuckets = std::size(kEdgeBounds) + 1;  // the infinite one included

// Returns the counts of the classic buckets, not cumulative: element i is the number of values above
// kEdgeBounds[i - 1] and at most kEdgeBounds[i]. The first bucket has no lower bound, and the last one no upper bound.
//
// The counts are exact if buckets.scale() is 0 or more. That is so for all times below 2^49 s. With a lower scale, a
// bucket of `buckets` spans several powers of two, and its values count as if they were its upper bound.
std::array<uint64_t, kEdgeBuckets> EdgeBucketCounts(const ExponentialBuckets& buckets);

}  // namespace tcpgauge

#endif  // TCPGAUGE_EXPORTER_METRICS_EDGE_BUCKETS_H_
