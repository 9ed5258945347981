// SPDX-License-Identifier: Apache-2.0
#include "src/base/utf8.h"

#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

TEST(Utf8SequenceLength, IsThatOfTheFirstSequenceOrZero) {
  EXPECT_EQ(Utf8SequenceLength(""), 0);
  EXPECT_EQ(Utf8SequenceLength("ab"), 1);
  EXPECT_EQ(Utf8SequenceLength("\xc2\x9b"
                               "31m"),
            2);
  EXPECT_EQ(Utf8SequenceLength("\xe2\x82\xac"), 3);
  EXPECT_EQ(Utf8SequenceLength("\xf0\x9f\x98\x80"), 4);
  EXPECT_EQ(Utf8SequenceLength("\x9b"), 0);
  EXPECT_EQ(Utf8SequenceLength("\xe2\x82"), 0);
}

TEST(ToValidUtf8, KeepsWhatIsWellFormed) {
  for (const char* text :
       {"", "eth0", "\xc3\xa9", "\xe2\x82\xac", "\xed\x9f\xbf", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_EQ(ToValidUtf8(text), text);
  }
}

TEST(ToValidUtf8, KeepsZeroBytes) { EXPECT_EQ(ToValidUtf8(std::string_view("a\0b", 3)), std::string("a\0b", 3)); }

TEST(ToValidUtf8, ReplacesEachByteThatIsNot) {
  const std::string bad = "\xef\xbf\xbd";
  EXPECT_EQ(ToValidUtf8("a\xff"), "a" + bad);
  EXPECT_EQ(ToValidUtf8("\x80z"), bad + "z");
  EXPECT_EQ(ToValidUtf8("\xc3"), bad);                                // cut off
  EXPECT_EQ(ToValidUtf8("\xe2\x82"), bad + bad);                      // cut off
  EXPECT_EQ(ToValidUtf8("\xc0\x80"), bad + bad);                      // overlong
  EXPECT_EQ(ToValidUtf8("\xe0\x80\x80"), bad + bad + bad);            // overlong
  EXPECT_EQ(ToValidUtf8("\xed\xa0\x80"), bad + bad + bad);            // a surrogate
  EXPECT_EQ(ToValidUtf8("\xf4\x90\x80\x80"), bad + bad + bad + bad);  // above U+10FFFF
}

}  // namespace
}  // namespace tcpgauge
