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

TEST(JsonString, EscapesControlCharactersOfSevenAndEightBits) {
  EXPECT_EQ(JsonString("\x7f"), R"("\u007f")");
  EXPECT_EQ(JsonString("a\xc2\x80\xc2\x9b"
                       "31m\xc2\x9f"),
            R"("a\u0080\u009b31m\u009f")");
  EXPECT_EQ(JsonString("\xc2\xa0\xc3\x9b\xe2\x82\x9b"), "\"\xc2\xa0\xc3\x9b\xe2\x82\x9b\"") << "no controls";
  EXPECT_EQ(JsonString("\x9b"
                       "31m"),
            "\"\xef\xbf\xbd"
            "31m\"")
      << "not UTF-8";
}

TEST(EscapeControls, KeepsTheJsonAroundStrings) {
  EXPECT_EQ(EscapeControls("{\n  \"a\x7f\": \"\xc2\x9b\"\n}"), "{\n  \"a\\u007f\": \"\\u009b\"\n}");
}

}  // namespace
}  // namespace tcpgauge
