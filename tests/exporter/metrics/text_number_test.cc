// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/text_number.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <random>

namespace tcpgauge {
namespace {

std::string Number(double number) {
  std::string text;
  AppendNumber(number, &text);
  return text;
}

std::string Count(uint64_t count) {
  std::string text;
  AppendCount(count, &text);
  return text;
}

std::string Bound(double bound) {
  std::string text;
  AppendOpenMetricsBound(bound, &text);
  return text;
}

// The text that a stream writes with the precision that prometheus-cpp sets.
std::string Printf(double number) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.16g", number);
  return text;
}

TEST(TextNumber, NamesWhatIsNoNumber) {
  EXPECT_EQ(Number(std::numeric_limits<double>::infinity()), "+Inf");
  EXPECT_EQ(Number(-std::numeric_limits<double>::infinity()), "-Inf");
  EXPECT_EQ(Number(std::nan("")), "Nan");
}

TEST(TextNumber, HasSixteenSignificantDigits) {
  for (const double number : {0.0, -0.0, 1.0, -1.0, 0.1, 1e-5, 1e-4, 9.95, 1e15, 1e16, 1e17, 1e300, 5e-324, 1.0 / 3,
                              9007199254740991.0, 9007199254740992.0, -3.0, 1e15 + 0.5}) {
    EXPECT_EQ(Number(number), Printf(number));
  }
  std::mt19937_64 random(1);
  for (int i = 0; i < 100000; ++i) {
    const uint64_t bits = random();
    double number;
    std::memcpy(&number, &bits, sizeof(number));
    if (!std::isfinite(number)) continue;
    ASSERT_EQ(Number(number), Printf(number));
    const double small = static_cast<double>(random() >> (random() % 64)) / 1024;
    ASSERT_EQ(Number(small), Printf(small));
  }
}

TEST(TextNumber, CountsAreWrittenAsTheDoubleThatPrometheusReads) {
  for (const uint64_t count : {uint64_t{0}, uint64_t{1}, (uint64_t{1} << 53) - 1, uint64_t{1} << 53,
                               (uint64_t{1} << 53) + 1, std::numeric_limits<uint64_t>::max()}) {
    EXPECT_EQ(Count(count), Printf(static_cast<double>(count)));
  }
}

TEST(TextNumber, BoundsAreCanonical) {
  EXPECT_EQ(Bound(0), "0.0");
  EXPECT_EQ(Bound(1e-5), "1e-05");
  EXPECT_EQ(Bound(0.0001), "0.0001");
  EXPECT_EQ(Bound(0.00025), "0.00025");
  EXPECT_EQ(Bound(2.5), "2.5");
  EXPECT_EQ(Bound(1), "1.0");
  EXPECT_EQ(Bound(100000), "100000.0");
  EXPECT_EQ(Bound(1e6), "1e+06");
  EXPECT_EQ(Bound(1e10), "1e+10");
  EXPECT_EQ(Bound(std::numeric_limits<double>::infinity()), "+Inf");
}

}  // namespace
}  // namespace tcpgauge
