// SPDX-License-Identifier: Apache-2.0
#include "src/base/log_format.h"

#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

constexpr int64_t kTimeNs = 1769860800123456789;  // 2026-01-31 12:00:00.123 UTC

TEST(FormatLogLine, WritesLogfmt) {
  EXPECT_EQ(FormatLogLine(LogFormat::kLogfmt, kTimeNs, LogLevel::kInfo, "listening",
                          {{"address", "127.0.0.1:80"}, {"count", 3}, {"ok", true}}),
            "ts=2026-01-31T12:00:00.123Z level=info msg=listening address=127.0.0.1:80 count=3 ok=true");
}

TEST(FormatLogLine, WritesJson) {
  EXPECT_EQ(FormatLogLine(LogFormat::kJson, kTimeNs, LogLevel::kWarn, "a \"b\"", {{"path", "C:\\x"}}),
            R"({"ts":"2026-01-31T12:00:00.123Z","level":"warn","msg":"a \"b\"","path":"C:\\x"})");
}

TEST(FormatLogLine, QuotesLogfmtValuesThatNeedIt) {
  EXPECT_EQ(
      FormatLogLine(LogFormat::kLogfmt, kTimeNs, LogLevel::kError, "two words",
                    {{"empty", ""}, {"equals", "a=b"}, {"quote", "a\"b"}, {"backslash", "a\\b"}}),
      R"(ts=2026-01-31T12:00:00.123Z level=error msg="two words" empty="" equals="a=b" quote="a\"b" backslash="a\\b")");
}

TEST(FormatLogLine, StaysOneLineWhateverAValueHolds) {
  for (const LogFormat format : {LogFormat::kLogfmt, LogFormat::kJson}) {
    std::string bytes;
    for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
    const std::string line = FormatLogLine(format, kTimeNs, LogLevel::kInfo, bytes, {{"bytes", bytes}});
    for (const unsigned char c : line) EXPECT_TRUE(c >= ' ' && c != 0x7f) << int{c};
  }
}

TEST(FormatLogLine, EscapesControlCharactersOfEightBits) {
  for (const LogFormat format : {LogFormat::kLogfmt, LogFormat::kJson}) {
    const std::string line =
        FormatLogLine(format, kTimeNs, LogLevel::kInfo, "a\xc2\x9b", {{"name", "\xc2\x80"}, {"last", "\xc2\x9f"}});
    EXPECT_EQ(line.find('\xc2'), std::string::npos) << line;
    EXPECT_NE(line.find(R"("a\u009b")"), std::string::npos) << line;
  }
}

TEST(FormatLogLine, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(FormatLogLine(LogFormat::kLogfmt, kTimeNs, LogLevel::kDebug, "x", {{"name", "a\xff"}}),
            "ts=2026-01-31T12:00:00.123Z level=debug msg=x name=\"a\xef\xbf\xbd\"");
}

}  // namespace
}  // namespace tcpgauge
