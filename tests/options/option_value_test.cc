#include "src/options/option_value.h"

#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

TEST(OptionValue, QuotesOnOneLine) {
  EXPECT_EQ(Quoted("eth0"), "'eth0'");
  EXPECT_EQ(Quoted("a\n\x1b[31m"), "'a\\n\\x1b[31m'");
}

TEST(OptionValue, TakesTheBoundsOfANumber) {
  EXPECT_EQ(*ParseInteger("1", "things", 1, 3), 1);
  EXPECT_EQ(*ParseInteger("3", "things", 1, 3), 3);
  EXPECT_FALSE(ParseInteger("0", "things", 1, 3).ok());
  EXPECT_FALSE(ParseInteger("4", "things", 1, 3).ok());
  EXPECT_FALSE(ParseInteger("", "things", 1, 3).ok());
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
