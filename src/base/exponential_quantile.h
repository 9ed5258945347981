// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_EXPONENTIAL_QUANTILE_H_
#define TCPGAUGE_SRC_BASE_EXPONENTIAL_QUANTILE_H_

#include <optional>

#include "src/base/exponential_buckets.h"

namespace tcpgauge {

// Returns an estimate of the value that `share` of the counted values do not exceed, for example the median for a share
// of 0.5. Returns nullopt if no value was counted.
//
// The estimate lies in the bucket of the true value. Within the bucket, the values are taken to be spread evenly over
// their logarithms, as Prometheus 3 does for native histograms. Values that were counted as zeros give 0. A share of 0
// gives the lower bound of the lowest value's bucket, and a share of 1 the upper bound of the highest value's bucket.
//
// REQUIRES: 0 <= share <= 1.
std::optional<double> QuantileOf(const ExponentialBuckets& buckets, double share);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_EXPONENTIAL_QUANTILE_H_
