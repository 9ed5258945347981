// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/edge_buckets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace tcpgauge {
namespace {

using testing::Each;

using Counts = std::array<uint64_t, kEdgeBuckets>;

size_t PlaceOf(double value) {
  size_t place = 0;
  while (place < std::size(kEdgeBounds) && value > kEdgeBounds[place]) ++place;
  return place;
}

Counts CountsOf(double value) {
  ExponentialBuckets buckets;
  buckets.Observe(value);
  return EdgeBucketCounts(buckets);
}

TEST(EdgeBuckets, NoValuesAreNoCounts) { EXPECT_THAT(EdgeBucketCounts(ExponentialBuckets()), Each(0u)); }

TEST(EdgeBuckets, ABoundCountsInItsOwnBucketAndWhatIsAboveItInTheNext) {
  for (size_t i = 0; i < std::size(kEdgeBounds); ++i) {
    EXPECT_EQ(CountsOf(kEdgeBounds[i])[i], 1u) << kEdgeBounds[i];
    EXPECT_EQ(CountsOf(std::nextafter(kEdgeBounds[i], 100))[i + 1], 1u) << kEdgeBounds[i];
    EXPECT_EQ(CountsOf(std::nextafter(kEdgeBounds[i], 0))[i], 1u) << kEdgeBounds[i];
  }
}

TEST(EdgeBuckets, TinyValuesAreInTheFirstAndHugeOnesInTheLast) {
  EXPECT_EQ(CountsOf(0)[0], 1u);
  EXPECT_EQ(CountsOf(1e-9)[0], 1u);
  EXPECT_EQ(CountsOf(2e-9)[0], 1u);
  EXPECT_EQ(CountsOf(16.1)[kEdgeBuckets - 1], 1u);
  EXPECT_EQ(CountsOf(1e300)[kEdgeBuckets - 1], 1u);
}

TEST(EdgeBuckets, AreExactWhateverTimesTheExponentialBucketsHold) {
  std::mt19937_64 random(1);
  for (const double widest : {1.0, 10.0, 30.0}) {  // natural logarithms: the last needs the lowest scale of any time
    std::uniform_real_distribution<double> exponent(-widest, widest);
    ExponentialBuckets buckets;
    Counts expected{};
    for (int i = 0; i < 10000; ++i) {
      const double value = std::exp(std::max(exponent(random), -20.0));
      buckets.Observe(value);
      ++expected[PlaceOf(value)];
    }
    EXPECT_GE(buckets.scale(), 0);
    EXPECT_LE(buckets.scale(), widest > 1 ? 2 : 3);
    EXPECT_EQ(EdgeBucketCounts(buckets), expected) << widest;
  }
}

TEST(EdgeBuckets, LoseNoValueWhenTheScaleIsNegative) {
  ExponentialBuckets buckets;
  for (const double value : {1e-9, 1e-8, 0.3, 5.0, 1e300}) buckets.Observe(value);
  ASSERT_LT(buckets.scale(), 0);
  uint64_t total = 0;
  for (const uint64_t count : EdgeBucketCounts(buckets)) total += count;
  EXPECT_EQ(total, 5u);
}

}  // namespace
}  // namespace tcpgauge
