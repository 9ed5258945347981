// SPDX-License-Identifier: Apache-2.0
#include "src/base/json_string.h"

#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

TEST(JsonString, EscapesWhatJsonAsksFor) {
  EXPECT_EQ(JsonString("a\"b\\c\n\t\x01"), R"("a\"b\\c\n\t\u0001")");
  EXPECT_EQ(JsonString(""), "\"\"");
}

TEST(JsonString, KeepsUtf8AndReplacesTheRest) {
  EXPECT_EQ(JsonString("\xc3\xa9"), "\"\xc3\xa9\"");
  EXPECT_EQ(JsonString("\xff"), "\"\xef\xbf\xbd\"");
}

}  // namespace
}  // namespace tcpgauge
