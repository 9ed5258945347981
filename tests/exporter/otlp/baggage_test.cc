// SPDX-License-Identifier: Apache-2.0
#include "exporter/otlp/baggage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(ParseBaggage, ReadsItemsInOrder) {
  EXPECT_THAT(*ParseBaggage("a=1,b=2"), ElementsAre(Pair("a", "1"), Pair("b", "2")));
  EXPECT_THAT(*ParseBaggage(""), IsEmpty());
}

TEST(ParseBaggage, LeavesOutBlanksAndEmptyItems) {
  EXPECT_THAT(*ParseBaggage(" a = 1 ,,\tb=2, "), ElementsAre(Pair("a", "1"), Pair("b", "2")));
}

TEST(ParseBaggage, DecodesPercents) {
  EXPECT_THAT(*ParseBaggage("k%2C1=Basic%20abc%3d,b=%C3%A9"), ElementsAre(Pair("k,1", "Basic abc="), Pair("b", "é")));
}

TEST(ParseBaggage, TakesAllAfterTheFirstEqualsSign) {
  EXPECT_THAT(*ParseBaggage("authorization=Basic dXNlcg=="), ElementsAre(Pair("authorization", "Basic dXNlcg==")));
  EXPECT_THAT(*ParseBaggage("a="), ElementsAre(Pair("a", "")));
}

TEST(ParseBaggage, OfAKeyGivenTwiceTheLastCounts) {
  EXPECT_THAT(*ParseBaggage("a=1,b=2,a=3"), ElementsAre(Pair("b", "2"), Pair("a", "3")));
}

TEST(ParseBaggage, NamesTheWrongItemByItsNumberAlone) {
  EXPECT_EQ(ParseBaggage("a=1,secret").status().message(), "item 2 is not KEY=VALUE");
  EXPECT_EQ(ParseBaggage("=secret").status().message(), "item 1 is not KEY=VALUE");
  for (const char* wrong : {"a=%", "a=%4", "a=%zz", "a=1%2"}) {
    EXPECT_EQ(ParseBaggage(wrong).status().message(), "item 1 has a % that two hexadecimal digits do not follow")
        << wrong;
  }
}

}  // namespace
}  // namespace tcpgauge
