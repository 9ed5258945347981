// SPDX-License-Identifier: Apache-2.0
#include "src/base/strings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

using ::testing::ElementsAre;

TEST(Strings, TrimTakesBlanksFromBothEndsAlone) {
  EXPECT_EQ(Trim(" \ta b\r\n"), "a b");
  EXPECT_EQ(Trim(" \t "), "");
  EXPECT_EQ(Trim(""), "");
}

TEST(Strings, ToLowerLeavesAllButAsciiLettersAlone) { EXPECT_EQ(ToLower("AbZ9-\xc3\x84"), "abz9-\xc3\x84"); }

TEST(Strings, StartsWithComparesBytes) {
  EXPECT_TRUE(StartsWith("unix:/run", "unix:"));
  EXPECT_TRUE(StartsWith("a", ""));
  EXPECT_FALSE(StartsWith("un", "unix:"));
  EXPECT_FALSE(StartsWith("Unix:", "unix:"));
}

TEST(Strings, SplitKeepsEmptyParts) {
  EXPECT_THAT(Split("a,,b,", ','), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(Split("", ','), ElementsAre(""));
  EXPECT_THAT(SplitAndTrim(" a ; b;;", ';'), ElementsAre("a", "b", "", ""));
}

}  // namespace
}  // namespace tcpgauge
