// SPDX-License-Identifier: Apache-2.0
#include "src/base/exponential_quantile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace tcpgauge {
namespace {

ExponentialBuckets Of(const std::vector<double>& values) {
  ExponentialBuckets buckets;
  for (const double value : values) buckets.Observe(value);
  return buckets;
}

TEST(QuantileOf, WithoutValuesThereIsNone) { EXPECT_EQ(QuantileOf(ExponentialBuckets(), 0.5), std::nullopt); }

TEST(QuantileOf, OneValueIsEstimatedInTheGeometricMiddleOfItsBucket) {
  // 1 is the upper bound of its bucket, which begins at 2^(-1/8).
  const ExponentialBuckets one = Of({1});
  EXPECT_DOUBLE_EQ(*QuantileOf(one, 0), std::exp2(-1 / 8.0));
  EXPECT_DOUBLE_EQ(*QuantileOf(one, 0.5), std::exp2(-1 / 16.0));
  EXPECT_DOUBLE_EQ(*QuantileOf(one, 1), 1);
}

TEST(QuantileOf, ARankBetweenTwoBucketsIsTheBoundOfTheLowerOne) {
  const ExponentialBuckets two = Of({0.25, 4});
  EXPECT_DOUBLE_EQ(*QuantileOf(two, 0.5), 0.25);
  EXPECT_DOUBLE_EQ(*QuantileOf(two, 0.75), std::exp2(2 - 1 / 16.0));
  EXPECT_DOUBLE_EQ(*QuantileOf(two, 1), 4);
}

TEST(QuantileOf, EqualCountsOfABucketShareItByTheirLogarithms) {
  const ExponentialBuckets ten = Of(std::vector<double>(10, 2));
  for (int i = 0; i <= 10; ++i) EXPECT_DOUBLE_EQ(*QuantileOf(ten, i / 10.0), std::exp2((7 + i / 10.0) / 8)) << i;
}

TEST(QuantileOf, ZerosAreTheLowestValues) {
  const ExponentialBuckets mixed = Of({0, 0, 8, 8});
  EXPECT_EQ(*QuantileOf(mixed, 0), 0);
  EXPECT_EQ(*QuantileOf(mixed, 0.5), 0);
  EXPECT_DOUBLE_EQ(*QuantileOf(mixed, 0.75), std::exp2(3 - 1 / 16.0));
  EXPECT_EQ(*QuantileOf(Of({0, 0, 0}), 1), 0);
}

TEST(QuantileOf, LowerResolutionGivesWiderBuckets) {
  const ExponentialBuckets wide = Of({std::exp2(-20), std::exp2(20)});
  ASSERT_EQ(wide.scale(), 0);
  EXPECT_DOUBLE_EQ(*QuantileOf(wide, 0), std::exp2(-21));
  EXPECT_DOUBLE_EQ(*QuantileOf(wide, 0.25), std::exp2(-20.5));
  EXPECT_DOUBLE_EQ(*QuantileOf(wide, 1), std::exp2(20));
}

TEST(QuantileOf, TheLargestDoubleIsNotExceeded) {
  const double most = std::numeric_limits<double>::max();
  EXPECT_EQ(*QuantileOf(Of({most, 1e-8}), 1), most);
  EXPECT_EQ(*QuantileOf(Of({most}), 1), most);
}

TEST(QuantileOf, TheEstimateIsInTheBucketOfTheTrueValue) {
  std::mt19937 random(1);
  std::lognormal_distribution<double> milliseconds(-5, 1.5);
  std::vector<double> values(999);
  for (double& value : values) value = milliseconds(random);
  const ExponentialBuckets buckets = Of(values);
  const double growth = std::exp2(std::ldexp(1, -buckets.scale()));
  std::sort(values.begin(), values.end());
  for (const double share : {0.01, 0.1, 0.5, 0.9, 0.95, 0.99}) {
    const double truth = values[static_cast<size_t>(std::ceil(share * 999)) - 1];
    EXPECT_LE(*QuantileOf(buckets, share), truth * growth) << share;
    EXPECT_GE(*QuantileOf(buckets, share), truth / growth) << share;
  }
}

}  // namespace
}  // namespace tcpgauge
