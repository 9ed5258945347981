// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_HISTOGRAM_H_
#define TCPGAUGE_SRC_BASE_HISTOGRAM_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace tcpgauge {

// Counts observed values in buckets, and adds the values up.
//
// `Bounds` is a struct with a static constexpr array `kBounds` in ascending order, in the unit of the observed values.
// - Bucket 0 counts the values up to kBounds[0], inclusive.
// - Bucket i counts the values above kBounds[i - 1] and up to kBounds[i], inclusive.
// - The last bucket counts the values above all bounds.
//
// A value is counted in one bucket only. (In Prometheus's text format, each bucket includes the ones below it.)
// Thread: one thread at a time; a plain value.
template <typename Bounds>
struct Histogram {
  static constexpr size_t kBucketCount = std::size(Bounds::kBounds) + 1;

  std::array<uint64_t, kBucketCount> counts{};  // by bucket
  double sum = 0;                               // of all observed values

  void Observe(double value) {
    // No search for the first bucket: a flood of SYNs has millions of connections of 0 s and 0 bytes.
    ++counts[value <= Bounds::kBounds[0] ? 0 : BoundsBelow(value)];
    sum += value;
  }

  // Returns how many bounds are below `value`. The binary search has no branches on values, because values vary and
  // branches would be mispredicted.
  static size_t BoundsBelow(double value) {
    size_t first = 0;
    for (size_t count = std::size(Bounds::kBounds); count > 1;) {
      const size_t half = count / 2;
      first += half * static_cast<size_t>(Bounds::kBounds[first + half - 1] < value);
      count -= half;
    }
    return first + static_cast<size_t>(Bounds::kBounds[first] < value);
  }

  // Adds everything that `other` has counted.
  void Add(const Histogram& other) {
    for (size_t i = 0; i < kBucketCount; ++i) counts[i] += other.counts[i];
    sum += other.sum;
  }
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_HISTOGRAM_H_
