// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_EXPONENTIAL_BUCKETS_H_
#define TCPGAUGE_SRC_BASE_EXPONENTIAL_BUCKETS_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

namespace tcpgauge {

// The distribution of observed values, in buckets whose bounds grow by a constant factor. The native histograms of
// Prometheus and the exponential histograms of OpenTelemetry have the same buckets.
//
// Bucket `i` counts the values above 2^(i / 2^scale) and up to 2^((i + 1) / 2^scale), inclusive. This is
// OpenTelemetry's numbering (data model, "Exponential Buckets"). Prometheus gives the same bucket the number i + 1. The
// scale is Prometheus's schema.
//
// The scale is kMaxScale at first, so a bucket's upper bound is 9 % above its lower one. If the values do not fit into
// kMaxBuckets buckets, the scale falls until they fit. Each fall by one merges buckets in pairs. The scale never rises.
//
// Thread: one thread at a time; a plain value. A copy takes time in proportion to the buckets in use.
// Bounds: a fixed amount of memory, whatever is observed.
class ExponentialBuckets {
 public:
  static constexpr int kMaxScale = 3;
  static constexpr size_t kMaxBuckets = 80;
  // Values up to this one, negative values, and NaN are counted as zeros.
  static constexpr double kZeroThreshold = 1e-9;

  ExponentialBuckets();
  ExponentialBuckets(const ExponentialBuckets& other) { *this = other; }
  ExponentialBuckets& operator=(const ExponentialBuckets& other);

  // Counts `value`. Infinity counts as the largest double.
  void Observe(double value);

  // Adds what `other` has counted. The scale may fall.
  void Add(const ExponentialBuckets& other);
  // Takes away what `other` has counted. The scale may fall to that of `other`. A count that would fall below zero,
  // because `other` counted more in that bucket, becomes zero.
  void Subtract(const ExponentialBuckets& other);

  // At least -4: at that scale, kMaxBuckets buckets cover all doubles above kZeroThreshold.
  int scale() const { return scale_; }
  // How many values were counted as zeros; see kZeroThreshold.
  uint64_t zero_count() const { return zero_count_; }
  // The number of the first bucket in counts(), at the current scale. 0 if counts() is empty.
  int32_t first() const { return first_; }
  // The counts of the buckets from first() on. The first and the last are not 0.
  absl::Span<const uint64_t> counts() const { return {counts_.data(), size_}; }
  // How many values were counted, zeros included.
  uint64_t Count() const;

 private:
  // Makes room for the buckets from `low` to `high`, numbers of the current scale, and lowers the scale for that if
  // necessary. Returns by how much the scale fell.
  int Include(int32_t low, int32_t high);
  void LowerScale();
  void Trim();

  int8_t scale_ = kMaxScale;
  uint8_t size_ = 0;
  int32_t first_ = 0;
  uint64_t zero_count_ = 0;
  std::array<uint64_t, kMaxBuckets> counts_;  // those from size_ on are not used, and not initialized
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_EXPONENTIAL_BUCKETS_H_
