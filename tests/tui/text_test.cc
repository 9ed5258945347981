// SPDX-License-Identifier: Apache-2.0
#include "tui/text.h"

#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

TEST(Text, AColumnIsACodePoint) {
  EXPECT_EQ(ColumnsOf(""), 0);
  EXPECT_EQ(ColumnsOf("a…b"), 3);
  EXPECT_EQ(ColumnsOf("▁█"), 2);
}

TEST(Text, CuttingLeavesCodePointsWhole) {
  EXPECT_EQ(FirstColumns("a…b", 2), "a…");
  EXPECT_EQ(FirstColumns("a…b", 9), "a…b");
  EXPECT_EQ(FirstColumns("a…b", 0), "");
  EXPECT_EQ(FirstColumns("a…b", -1), "");
}

TEST(Text, TextFromOutsideCannotMoveTheCursor) {
  EXPECT_EQ(Printable("host\x1b[2J\n.example\x7f\xe2\x80\xae", 100), "host?[2J?.example????");
  EXPECT_EQ(Printable("abcdef", 3), "abc");
}

}  // namespace
}  // namespace tcpgauge
