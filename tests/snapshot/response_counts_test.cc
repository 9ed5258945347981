// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/response_counts.h"

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <random>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

ExponentialBuckets Observed(std::initializer_list<double> seconds) {
  ExponentialBuckets buckets;
  for (const double value : seconds) buckets.Observe(value);
  return buckets;
}

// The counts that are not 0, by the number of their bucket.
std::map<int, uint32_t> NonZero(const ResponseCounts& counts) {
  std::map<int, uint32_t> result;
  for (size_t i = 0; i < ResponseCounts::kBuckets; ++i) {
    if (counts.counts[i] > 0) result[static_cast<int>(i) + ResponseCounts::kFirst] = counts.counts[i];
  }
  return result;
}

using Counts = std::map<int, uint32_t>;

TEST(ResponseCounts, ABucketHasItsUpperBound) {
  EXPECT_EQ(NonZero(ResponseCountsOf(Observed({1}))), (Counts{{-1, 1}}));
  EXPECT_EQ(NonZero(ResponseCountsOf(Observed({1.001, 1.4142, 1.4143, 2}))), (Counts{{0, 2}, {1, 2}}));
}

TEST(ResponseCounts, TheFirstAndTheLastBucketHaveAllBeyond) {
  EXPECT_EQ(NonZero(ResponseCountsOf(Observed({0, 1e-9, 1e-7, 6.1e-5, 8.6e-5, 8.7e-5}))), (Counts{{-28, 5}, {-27, 1}}));
  EXPECT_EQ(NonZero(ResponseCountsOf(Observed({11.3, 11.4, 16, 17, 1e5}))), (Counts{{6, 1}, {7, 4}}));
}

TEST(ResponseCounts, CountsTheSameAtEveryScale) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> octave(-14, 3.9);
  ExponentialBuckets fine;
  Counts expected;
  for (int i = 0; i < 1000; ++i) {
    const double seconds = std::exp2(octave(random));
    fine.Observe(seconds);
    ++expected[std::max(ResponseCounts::kFirst, static_cast<int>(std::ceil(2 * std::log2(seconds))) - 1)];
  }
  EXPECT_LT(fine.scale(), ExponentialBuckets::kMaxScale);
  EXPECT_EQ(NonZero(ResponseCountsOf(fine)), expected);
  fine.Observe(1e9);
  fine.Observe(2e-9);
  EXPECT_LT(fine.scale(), ResponseCounts::kScale);
  uint64_t sum = 0;
  for (const uint32_t count : ResponseCountsOf(fine).counts) sum += count;
  EXPECT_EQ(sum, 1002) << "none is lost";
}

TEST(ResponseCounts, SinceIsWhatCameMeanwhile) {
  const ResponseCounts before = ResponseCountsOf(Observed({0.1, 0.1}));
  const ResponseCounts now = ResponseCountsOf(Observed({0.1, 0.1, 0.1, 3}));
  EXPECT_EQ(NonZero(now.Since(before)), (Counts{{-7, 1}, {3, 1}}));
  EXPECT_TRUE(before.Since(now).IsZero()) << "a count that fell";
  ResponseCounts sum = before;
  sum.Add(now.Since(before));
  EXPECT_EQ(sum.counts, now.counts);
}

}  // namespace
}  // namespace tcpgauge
