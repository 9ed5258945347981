// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_HISTOGRAM_H_
#define TCPGAUGE_SRC_BASE_HISTOGRAM_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace tcpgauge {

// Counts of observations per bucket. Bucket i counts those above kBounds[i - 1] and at most kBounds[i]; the last bucket
// counts those above all bounds. The counts are not cumulative.
//
// `Bounds` is a struct with a static constexpr array `kBounds`, ascending.
// Thread: one at a time; a plain value.
template <typename Bounds>
struct Histogram {
  static constexpr size_t kBucketCount = std::size(Bounds::kBounds) + 1;

  std::array<uint64_t, kBucketCount> counts{};
  double sum = 0;

  void Observe(double value) {
    size_t i = 0;
    while (i < kBucketCount - 1 && value > Bounds::kBounds[i]) ++i;
    ++counts[i];
    sum += value;
  }

  void Add(const Histogram& other) {
    for (size_t i = 0; i < kBucketCount; ++i) counts[i] += other.counts[i];
    sum += other.sum;
  }
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_HISTOGRAM_H_
