// SPDX-License-Identifier: Apache-2.0
#include "src/base/exponential_buckets.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kMax = std::numeric_limits<double>::max();
constexpr int kBucketsPerOctave = 8;

ExponentialBuckets Of(const std::vector<double>& values) {
  ExponentialBuckets buckets;
  for (const double value : values) buckets.Observe(value);
  return buckets;
}

// The counts that are not 0, by bucket number.
std::map<int32_t, uint64_t> CountsOf(const ExponentialBuckets& buckets) {
  std::map<int32_t, uint64_t> counts;
  for (size_t i = 0; i < buckets.counts().size(); ++i) {
    if (buckets.counts()[i] != 0) counts[buckets.first() + static_cast<int32_t>(i)] = buckets.counts()[i];
  }
  return counts;
}
using Counts = std::map<int32_t, uint64_t>;

// Returns the bucket of `value` by another way than the class, with kMaxScale: value^8 lies between two powers of two.
// The 64 bits of a long double are enough to compare the power of a double with them.
int32_t NumberOf(double value) {
  int exponent = 0;
  const long double mantissa = std::frexp(value, &exponent);
  const long double square = mantissa * mantissa;
  const long double fourth_power = square * square;
  int eighth_exponent = 0;
  const long double rest = std::frexp(fourth_power * fourth_power, &eighth_exponent);
  const int rounded_up = rest == 0.5L ? eighth_exponent - 1 : eighth_exponent;  // of the logarithm of the eighth power
  return exponent * kBucketsPerOctave + rounded_up - 1;
}

int32_t RoundedDown(int32_t number, int shift) {
  for (; shift > 0; --shift) number = (number - (number % 2 != 0 && number < 0 ? 1 : 0)) / 2;
  return number;
}

// Counts exactly: a count for each bucket of kMaxScale.
class Model {
 public:
  void Observe(double value) {
    if (std::isnan(value) || value <= ExponentialBuckets::kZeroThreshold) {
      ++zeros_;
    } else {
      ++counts_[NumberOf(std::min(value, kMax))];
      Fit();
    }
  }
  void Add(const Model& other) {
    zeros_ += other.zeros_;
    for (const auto& [number, count] : other.counts_) counts_[number] += count;
    if (!other.counts_.empty()) scale_ = std::min(scale_, other.scale_);
    Fit();
  }
  void Subtract(const Model& other) {
    zeros_ -= other.zeros_;
    if (!other.counts_.empty()) scale_ = std::min(scale_, other.scale_);
    for (const auto& [number, count] : other.counts_) {
      counts_[number] -= count;
      if (counts_[number] == 0) counts_.erase(number);
    }
  }
  int scale() const { return scale_; }
  uint64_t zeros() const { return zeros_; }
  Counts counts() const {
    Counts counts;
    for (const auto& [number, count] : counts_) counts[Shown(number)] += count;
    return counts;
  }
  uint64_t Count() const {
    uint64_t count = zeros_;
    for (const auto& [number, of_bucket] : counts_) count += of_bucket;
    return count;
  }

 private:
  int32_t Shown(int32_t number) const { return RoundedDown(number, ExponentialBuckets::kMaxScale - scale_); }
  void Fit() {
    if (counts_.empty()) return;
    while (Shown(counts_.rbegin()->first) - Shown(counts_.begin()->first) >=
           static_cast<int32_t>(ExponentialBuckets::kMaxBuckets)) {
      --scale_;
    }
  }

  Counts counts_;  // by number of kMaxScale; none is 0
  uint64_t zeros_ = 0;
  int scale_ = ExponentialBuckets::kMaxScale;
};

void ExpectEqual(const ExponentialBuckets& buckets, const Model& model) {
  ASSERT_EQ(buckets.scale(), model.scale());
  ASSERT_EQ(buckets.zero_count(), model.zeros());
  ASSERT_EQ(CountsOf(buckets), model.counts());
  ASSERT_EQ(buckets.Count(), model.Count());
  if (buckets.counts().empty()) {
    ASSERT_EQ(buckets.first(), 0);
  } else {
    ASSERT_NE(buckets.counts().front(), 0u);
    ASSERT_NE(buckets.counts().back(), 0u);
  }
}

TEST(ExponentialBuckets, IsEmptyAtFirst) {
  const ExponentialBuckets buckets;
  EXPECT_EQ(buckets.scale(), 3);
  EXPECT_EQ(buckets.Count(), 0u);
  EXPECT_EQ(buckets.zero_count(), 0u);
  EXPECT_EQ(buckets.first(), 0);
  EXPECT_TRUE(buckets.counts().empty());
}

TEST(ExponentialBuckets, APowerOfTwoIsTheUpperBoundOfItsBucket) {
  for (int exponent = -29; exponent < 1024; ++exponent) {
    const double power = std::ldexp(1.0, exponent);
    EXPECT_EQ(CountsOf(Of({power})), (Counts{{exponent * kBucketsPerOctave - 1, 1}})) << exponent;
    EXPECT_EQ(CountsOf(Of({std::nextafter(power, 0)})), (Counts{{exponent * kBucketsPerOctave - 1, 1}})) << exponent;
    EXPECT_EQ(CountsOf(Of({std::nextafter(power, kMax)})), (Counts{{exponent * kBucketsPerOctave, 1}})) << exponent;
  }
}

TEST(ExponentialBuckets, ABucketEndsWithTheLastDoubleThatIsNotAboveItsBound) {
  // The doubles on both sides of 2^(-7/8), 2^(-6/8) and so on.
  const struct {
    double below;
    double above;
  } kBounds[] = {{0x1.172b83c7d517ap-1, 0x1.172b83c7d517bp-1}, {0x1.306fe0a31b715p-1, 0x1.306fe0a31b716p-1},
                 {0x1.4bfdad5362a27p-1, 0x1.4bfdad5362a28p-1}, {0x1.6a09e667f3bccp-1, 0x1.6a09e667f3bcdp-1},
                 {0x1.8ace5422aa0dbp-1, 0x1.8ace5422aa0dcp-1}, {0x1.ae89f995ad3adp-1, 0x1.ae89f995ad3aep-1},
                 {0x1.d5818dcfba487p-1, 0x1.d5818dcfba488p-1}};
  int32_t number = -8;
  for (const auto& bound : kBounds) {
    EXPECT_EQ(CountsOf(Of({bound.below})), (Counts{{number, 1}}));
    EXPECT_EQ(CountsOf(Of({bound.above})), (Counts{{number + 1, 1}}));
    EXPECT_EQ(NumberOf(bound.below), number) << "the model agrees";
    EXPECT_EQ(NumberOf(bound.above), number + 1) << "the model agrees";
    ++number;
  }
}

TEST(ExponentialBuckets, NumbersBucketsAsOpenTelemetryDoes) {
  // Bucket i is above 2^(i / 8), and up to 2^((i + 1) / 8).
  for (const double value : {1e-6, 0.0003, 0.02, 0.7, 1.0, 1.05, 1.5, 3.0, 29.5, 86400.0, 1e12}) {
    const int32_t number = CountsOf(Of({value})).begin()->first;
    EXPECT_GT(value, std::exp2(number / 8.0) * (1 - 1e-12)) << value;
    EXPECT_LE(value, std::exp2((number + 1) / 8.0) * (1 + 1e-12)) << value;
  }
  EXPECT_EQ(CountsOf(Of({1.0})), (Counts{{-1, 1}}));
  EXPECT_EQ(CountsOf(Of({1.01})), (Counts{{0, 1}}));
  EXPECT_EQ(CountsOf(Of({2.0})), (Counts{{7, 1}}));
  EXPECT_EQ(CountsOf(Of({0.5})), (Counts{{-9, 1}}));
}

TEST(ExponentialBuckets, WhatIsNotAboveTheThresholdIsZero) {
  const ExponentialBuckets buckets = Of({0.0, -0.0, -1.0, -kInfinity, std::nan(""), ExponentialBuckets::kZeroThreshold,
                                         std::numeric_limits<double>::denorm_min(), std::numeric_limits<double>::min(),
                                         std::numeric_limits<double>::lowest()});
  EXPECT_EQ(buckets.zero_count(), 9u);
  EXPECT_EQ(buckets.Count(), 9u);
  EXPECT_TRUE(buckets.counts().empty());
  EXPECT_EQ(buckets.scale(), 3);
  EXPECT_EQ(Of({std::nextafter(ExponentialBuckets::kZeroThreshold, 1)}).zero_count(), 0u);
}

TEST(ExponentialBuckets, InfinityCountsAsTheLargestDouble) {
  EXPECT_EQ(CountsOf(Of({kInfinity})), CountsOf(Of({kMax})));
  EXPECT_EQ(CountsOf(Of({kMax})), (Counts{{1024 * kBucketsPerOctave - 1, 1}}));
}

TEST(ExponentialBuckets, EightyBucketsHaveRoomForTenOctaves) {
  std::vector<double> values;
  for (int i = 0; i < 80; ++i) values.push_back(std::exp2((i + 0.5) / 8));
  EXPECT_EQ(Of(values).scale(), 3);
  EXPECT_EQ(Of(values).counts().size(), 80u);
  values.push_back(1025);
  EXPECT_EQ(Of(values).scale(), 2);
  EXPECT_EQ(Of(values).counts().size(), 41u);
  EXPECT_EQ(Of(values).Count(), 81u);
}

TEST(ExponentialBuckets, AFallOfTheScaleMergesBucketsInPairs) {
  ExponentialBuckets buckets = Of({std::exp2(-0.5 / 8), std::exp2(0.5 / 8), std::exp2(1.5 / 8), std::exp2(2.5 / 8)});
  EXPECT_EQ(CountsOf(buckets), (Counts{{-1, 1}, {0, 1}, {1, 1}, {2, 1}}));
  buckets.Observe(1024);
  EXPECT_EQ(buckets.scale(), 2);
  EXPECT_EQ(CountsOf(buckets), (Counts{{-1, 1}, {0, 2}, {1, 1}, {39, 1}}));
}

TEST(ExponentialBuckets, TheOrderOfValuesDoesNotMatter) {
  std::vector<double> values = {1e-8, 3e-4, 3.1e-4, 0.5, 1, 2, 3, 1e4, 1e9, 0};
  const ExponentialBuckets first = Of(values);
  std::mt19937 random(3);
  for (int i = 0; i < 100; ++i) {
    std::shuffle(values.begin(), values.end(), random);
    const ExponentialBuckets buckets = Of(values);
    ASSERT_EQ(buckets.scale(), first.scale());
    ASSERT_EQ(CountsOf(buckets), CountsOf(first));
  }
}

TEST(ExponentialBuckets, TheWidestRangeNeedsScaleMinusFour) {
  for (const auto& values : std::vector<std::vector<double>>{{1.1e-9, kMax}, {kMax, 1.1e-9}, {1, kMax, 1.1e-9}}) {
    const ExponentialBuckets buckets = Of(values);
    EXPECT_EQ(buckets.scale(), -4);
    EXPECT_EQ(buckets.Count(), values.size());
    EXPECT_EQ(CountsOf(buckets).begin()->first, -2) << "above 2^-32, and up to 2^-16";
    EXPECT_EQ(CountsOf(buckets).rbegin()->first, 63) << "above 2^1008, and up to 2^1024";
  }
}

TEST(ExponentialBuckets, AddsOneOfALowerScale) {
  ExponentialBuckets fine = Of({1.5, 1.6, 0});
  const ExponentialBuckets coarse = Of({1e-4, 1.5, 1e4});
  ASSERT_EQ(coarse.scale(), 1);
  fine.Add(coarse);
  EXPECT_EQ(fine.scale(), 1);
  EXPECT_EQ(CountsOf(fine), (Counts{{-27, 1}, {1, 3}, {26, 1}}));
  EXPECT_EQ(fine.zero_count(), 1u);
}

TEST(ExponentialBuckets, AddsOneOfAHigherScale) {
  ExponentialBuckets coarse = Of({1e-4, 1.5, 1e4});
  coarse.Add(Of({1.5, 1.6, 0}));
  EXPECT_EQ(coarse.scale(), 1);
  EXPECT_EQ(CountsOf(coarse), (Counts{{-27, 1}, {1, 3}, {26, 1}}));
  EXPECT_EQ(coarse.zero_count(), 1u);
}

TEST(ExponentialBuckets, AddsOneThatIsFarAway) {
  ExponentialBuckets low = Of({1e-7, 2e-7});
  low.Add(Of({1e7}));
  EXPECT_EQ(low.scale(), 0);
  EXPECT_EQ(CountsOf(low), (Counts{{-24, 1}, {-23, 1}, {23, 1}}));
}

TEST(ExponentialBuckets, AddingAnEmptyOneChangesNoBucket) {
  ExponentialBuckets empty = Of({1e-6, 1e6});
  empty.Subtract(Of({1e-6, 1e6}));
  ASSERT_TRUE(empty.counts().empty());
  ASSERT_LT(empty.scale(), 3);
  ExponentialBuckets buckets = Of({1.5});
  buckets.Add(empty);
  buckets.Subtract(empty);
  buckets.Add(ExponentialBuckets());
  EXPECT_EQ(buckets.scale(), 3);
  EXPECT_EQ(CountsOf(buckets), CountsOf(Of({1.5})));
}

TEST(ExponentialBuckets, WithoutAFormerStateTheLaterValuesRemain) {
  ExponentialBuckets buckets = Of({0.001, 0.002, 1.5, 0});
  const ExponentialBuckets former = buckets;
  buckets.Observe(1.5);
  buckets.Observe(0);
  buckets.Observe(30);
  buckets.Subtract(former);
  EXPECT_EQ(buckets.scale(), 2) << "30 is too far from 0.001";
  EXPECT_EQ(buckets.zero_count(), 1u);
  EXPECT_EQ(CountsOf(buckets), (Counts{{2, 1}, {19, 1}}));
  EXPECT_EQ(buckets.first(), 2) << "the buckets before it are empty now";
  EXPECT_EQ(buckets.counts().size(), 18u);
}

TEST(ExponentialBuckets, WithoutItselfItIsEmptyAndCountsAgain) {
  ExponentialBuckets buckets = Of({0.001, 2, 2, 3, 0});
  const ExponentialBuckets former = buckets;
  buckets.Subtract(former);
  EXPECT_EQ(buckets.Count(), 0u);
  EXPECT_EQ(buckets.first(), 0);
  EXPECT_TRUE(buckets.counts().empty());
  buckets.Observe(1e9);
  EXPECT_EQ(buckets.Count(), 1u);
  EXPECT_EQ(buckets.scale(), former.scale());
}

TEST(ExponentialBuckets, NoBucketFallsBelowZero) {
  ExponentialBuckets buckets = Of({1.5});
  buckets.Subtract(Of({0, 0.001, 1.5, 1.5, 1000}));
  EXPECT_EQ(buckets.Count(), 0u);
  EXPECT_TRUE(buckets.counts().empty());
}

// Values of all kinds: of one service, of any size, and special ones.
double RandomValue(std::mt19937_64* random) {
  std::uniform_real_distribution<double> fraction(0, 1);
  switch ((*random)() % 16) {
    case 0:
      return std::ldexp(fraction(*random), static_cast<int>((*random)() % 2200) - 1100);
    case 1:
      return std::ldexp(1, static_cast<int>((*random)() % 40) - 30);
    case 2: {
      static const double kSpecial[] = {0, -1, 1e-9, 1.0000000001e-9, 1, kMax, kInfinity, -kInfinity, 5e-324};
      return (*random)() % 10 == 0 ? std::nan("") : kSpecial[(*random)() % 9];
    }
    case 3:
    case 4:
      return 1e-6 * std::exp(16 * fraction(*random));
    default:
      return 0.02 * (1 + fraction(*random));
  }
}

// Random values, sums and differences, which are compared with the model again and again.
void Try(uint64_t seed, int steps, bool extreme) {
  std::mt19937_64 random(seed);
  constexpr size_t kPlaces = 4;
  ExponentialBuckets buckets[kPlaces];
  ExponentialBuckets former[kPlaces];  // former states of the same places
  Model models[kPlaces];
  Model former_models[kPlaces];
  for (int step = 0; step < steps; ++step) {
    const size_t i = random() % kPlaces;
    const uint64_t action = random() % 64;
    switch (action) {
      case 0: {
        const size_t other = random() % kPlaces;
        if (other == i || models[i].Count() + models[other].Count() > uint64_t{1} << 60) break;
        buckets[i].Add(buckets[other]);
        models[i].Add(models[other]);
        break;
      }
      case 1:
        former[i] = buckets[i];
        former_models[i] = models[i];
        break;
      case 2:
        buckets[i].Subtract(former[i]);
        models[i].Subtract(former_models[i]);
        former[i] = ExponentialBuckets();
        former_models[i] = Model();
        break;
      case 3:
        if (random() % 4 != 0) break;
        buckets[i] = former[i] = ExponentialBuckets();
        models[i] = former_models[i] = Model();
        break;
      default: {
        double value = RandomValue(&random);
        if (!extreme && !(value < 1e4)) value = 1;
        buckets[i].Observe(value);
        models[i].Observe(value);
      }
    }
    if (action >= 8) continue;
    ASSERT_NO_FATAL_FAILURE(ExpectEqual(buckets[i], models[i])) << "seed " << seed << ", step " << step;
  }
}

TEST(ExponentialBuckets, CountsAsTheModelDoesWhateverComes) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    ASSERT_NO_FATAL_FAILURE(Try(seed, 10000, seed % 2 == 0));
  }
}

// What an account does: it only grows, and is shown without what it had before. No count falls unless the scale does.
TEST(ExponentialBuckets, NoCountOfAGrowingDifferenceFallsUnlessTheScaleDoes) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    std::mt19937_64 random(seed);
    ExponentialBuckets total, before, last;
    for (int step = 0; step < 500; ++step) {
      if (step == 50) before = total;
      ExponentialBuckets more;
      for (uint64_t values = random() % 4; values > 0; --values) more.Observe(RandomValue(&random));
      total.Add(more);
      ExponentialBuckets shown = total;
      shown.Subtract(before);
      if (step <= 50) continue;
      ASSERT_LE(shown.scale(), last.scale());
      ASSERT_GE(shown.zero_count(), last.zero_count());
      Counts now = CountsOf(shown);
      Counts least;
      for (const auto& [number, count] : CountsOf(last)) {
        least[RoundedDown(number, last.scale() - shown.scale())] += count;
      }
      for (const auto& [number, count] : least) ASSERT_GE(now[number], count);
      last = shown;
    }
  }
}

}  // namespace
}  // namespace tcpgauge
