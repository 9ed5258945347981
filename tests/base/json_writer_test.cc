// SPDX-License-Identifier: Apache-2.0
#include "src/base/json_writer.h"

#include <cstdint>
#include <string>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

std::string SecondsOf(int64_t nanoseconds) { return JsonWriter(0).Seconds(nanoseconds).Take(); }

TEST(JsonWriter, SecondsHaveNineDecimalsAndAreExact) {
  EXPECT_EQ(SecondsOf(0), "0.000000000");
  EXPECT_EQ(SecondsOf(1), "0.000000001");
  EXPECT_EQ(SecondsOf(1700000000123456789), "1700000000.123456789");
  EXPECT_EQ(SecondsOf(INT64_MAX), "9223372036.854775807");
  EXPECT_EQ(SecondsOf(-1500000000), "-1.500000000");
  EXPECT_EQ(SecondsOf(-1), "-0.000000001");
}

TEST(JsonWriter, NumbersAreTheShortestThatReadTheSame) {
  EXPECT_EQ(JsonWriter(0).Value(UINT64_MAX).Take(), "18446744073709551615");
  EXPECT_EQ(JsonWriter(0).Value(uint16_t{443}).Take(), "443");
  EXPECT_EQ(JsonWriter(0).Value(0.1).Take(), "0.1");
  EXPECT_EQ(JsonWriter(0).Value(1.0).Take(), "1");
}

TEST(JsonWriter, IsEmptyOnceTaken) {
  JsonWriter writer(100);
  EXPECT_EQ(writer.Raw("[").Value(1).Raw("]").Take(), "[1]");
  EXPECT_EQ(writer.Raw("{}").Take(), "{}");
}

}  // namespace
}  // namespace tcpgauge
