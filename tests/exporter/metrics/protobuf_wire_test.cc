// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/protobuf_wire.h"

#include <gtest/gtest.h>

#include <string>

namespace tcpgauge {
namespace {

// NOLINTNEXTLINE(misc-unused-using-decls): the literals below use it
using std::string_literals::operator""s;

std::string Varint(uint64_t value) {
  std::string out;
  AppendVarint(value, &out);
  EXPECT_EQ(VarintSize(value), out.size()) << value;
  return out;
}

TEST(ProtobufWire, VarintsAreInGroupsOfSevenBits) {
  EXPECT_EQ(Varint(0), "\0"s);
  EXPECT_EQ(Varint(127), "\x7f");
  EXPECT_EQ(Varint(128), "\x80\x01");
  EXPECT_EQ(Varint(300), "\xac\x02");  // the example of the encoding's description
  EXPECT_EQ(Varint(UINT64_MAX), "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
}

TEST(ProtobufWire, ZigZagAlternatesTheSigns) {
  EXPECT_EQ(ZigZag(0), 0u);
  EXPECT_EQ(ZigZag(-1), 1u);
  EXPECT_EQ(ZigZag(1), 2u);
  EXPECT_EQ(ZigZag(-2), 3u);
  EXPECT_EQ(ZigZag(INT64_MAX), UINT64_MAX - 1);
  EXPECT_EQ(ZigZag(INT64_MIN), UINT64_MAX);
}

TEST(ProtobufWire, FieldsBeginWithTheirTag) {
  std::string out;
  AppendVarintField(1, 150, &out);
  EXPECT_EQ(out, "\x08\x96\x01");
  out.clear();
  AppendDoubleField(15, 1, &out);
  EXPECT_EQ(out, "\x79\0\0\0\0\0\0\xf0\x3f"s);
  out.clear();
  AppendBytesField(2, "testing", &out);
  EXPECT_EQ(out, "\x12\x07testing");
  EXPECT_EQ(BytesFieldSize(7), out.size());
  EXPECT_EQ(BytesFieldSize(128), 131u);
}

}  // namespace
}  // namespace tcpgauge
