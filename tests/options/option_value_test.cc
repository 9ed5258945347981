// SPDX-License-Identifier: Apache-2.0
#include "src/options/option_value.h"

#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

TEST(OptionValue, QuotesOnOneLine) {
  EXPECT_EQ(Quoted("eth0"), "'eth0'");
  EXPECT_EQ(Quoted("a\n\x1b[31m"), "'a\\n\\x1b[31m'");
}

TEST(OptionValue, PutsAnyTextOnOneLine) {
  EXPECT_EQ(OneLine("there is no 'eth0\x1b[31m\n\x7f'; 'é\\' is"), "there is no 'eth0\\x1b[31m\\x0a\\x7f'; 'é\\' is");
}

TEST(OptionValue, LeavesNoControlCharacterOfEightBits) {
  EXPECT_EQ(OneLine("a\xc2\x9b"
                    "31m\xc2\x80\xc2\x9f"),
            "a\\xc2\\x9b31m\\xc2\\x80\\xc2\\x9f");
  EXPECT_EQ(OneLine("a\x9b"
                    "31m\xff\xc3"),
            "a\\x9b31m\\xff\\xc3")
      << "not UTF-8";
  EXPECT_EQ(OneLine("\xc2\xa0\xc3\x80\xe2\x82\x9b\xf0\x9f\x92\x9b"), "\xc2\xa0\xc3\x80\xe2\x82\x9b\xf0\x9f\x92\x9b");
  EXPECT_EQ(Quoted("a\xc2\x9b"
                   "31m\x9b\x7f'"),
            "'a\\xc2\\x9b31m\\x9b\\x7f\\''");
}

TEST(OptionValue, TakesTheBoundsOfANumber) {
  EXPECT_EQ(*ParseInteger("1", "things", 1, 3), 1);
  EXPECT_EQ(*ParseInteger("3", "things", 1, 3), 3);
  EXPECT_FALSE(ParseInteger("0", "things", 1, 3).ok());
  EXPECT_FALSE(ParseInteger("4", "things", 1, 3).ok());
  EXPECT_FALSE(ParseInteger("", "things", 1, 3).ok());
}

TEST(OptionValue, TakesBytesWithSuffixes) {
  constexpr uint64_t kMost = uint64_t{1} << 50;
  EXPECT_EQ(*ParseBytes("1048576", 1, kMost), 1048576u);
  EXPECT_EQ(*ParseBytes("3K", 1, kMost), 3072u);
  EXPECT_EQ(*ParseBytes("64M", 1, kMost), 64u << 20);
  EXPECT_EQ(*ParseBytes("2g", 1, kMost), uint64_t{2} << 30);
  for (const char* const wrong :
       {"", "M", "-1", "1.5G", "64MB", "0x10", " 1", "1 M", "99999999999G", "18446744073709551616"}) {
    EXPECT_FALSE(ParseBytes(wrong, 1, kMost).ok()) << wrong;
  }
  EXPECT_EQ(ParseBytes("64X", 1 << 20, kMost).status().message(),
            "'64X' is not a number of bytes from 1M to 1073741824M, as in 64M or 2G");
  EXPECT_FALSE(ParseBytes("1023K", 1 << 20, kMost).ok());
}

TEST(OptionValue, TakesFractionsOfSeconds) {
  EXPECT_EQ(*ParseSeconds("0.5", 0.1, 10), 0.5);
  EXPECT_FALSE(ParseSeconds("0.05", 0.1, 10).ok());
  EXPECT_FALSE(ParseSeconds("1s", 0.1, 10).ok());
}

TEST(OptionValue, TakesFourWordsForABoolean) {
  EXPECT_TRUE(*ParseBoolean("true"));
  EXPECT_TRUE(*ParseBoolean("1"));
  EXPECT_FALSE(*ParseBoolean("false"));
  EXPECT_FALSE(*ParseBoolean("0"));
  EXPECT_FALSE(ParseBoolean("TRUE").ok());
}

}  // namespace
}  // namespace tcpgauge
