// SPDX-License-Identifier: Apache-2.0
#include "src/base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "src/base/line_queue.h"

namespace tcpgauge {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::internal::CaptureStderr;
using ::testing::internal::GetCapturedStderr;

long Lines(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

class LogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SetUpLog(LogLevel::kInfo, LogFormat::kLogfmt);
    CaptureStderr();
  }
};

TEST_F(LogTest, WritesOneLineToStandardError) {
  LogInfo("listening", {{"port", 80}});
  EXPECT_THAT(GetCapturedStderr(), ::testing::EndsWith(" level=info msg=listening port=80\n"));
}

TEST_F(LogTest, LeavesOutWhatIsBelowTheLevel) {
  LogDebug("quiet");
  LogWarn("loud");
  const std::string text = GetCapturedStderr();
  EXPECT_THAT(text, Not(HasSubstr("quiet")));
  EXPECT_THAT(text, HasSubstr("level=warn msg=loud"));
}

TEST_F(LogTest, DoesNotTakeBracesForPlaceholders) {
  LogInfo("{} {0} %s", {{"key", "{}"}});
  EXPECT_THAT(GetCapturedStderr(), HasSubstr("msg=\"{} {0} %s\" key={}"));
}

TEST_F(LogTest, KeepsLinesWhileHeldAndWritesThemInOrderAfterwards) {
  {
    const LogHold hold;
    LogInfo("one");
    LogInfo("two");
    EXPECT_EQ(GetCapturedStderr(), "");
    CaptureStderr();
  }
  LogInfo("three");
  EXPECT_THAT(GetCapturedStderr(), ::testing::ContainsRegex("msg=one\n.*msg=two\n.*msg=three\n"));
}

TEST_F(LogTest, KeepsOnlyTheLatestLinesAndSaysHowManyAreGone) {
  {
    const LogHold hold;
    for (size_t i = 0; i < LineQueue::kMaxLines + 5; ++i) LogInfo("line", {{"number", i}});
  }
  const std::string text = GetCapturedStderr();
  EXPECT_EQ(Lines(text), static_cast<long>(LineQueue::kMaxLines) + 1);
  EXPECT_THAT(text, Not(HasSubstr("number=4\n")));
  EXPECT_THAT(text, HasSubstr("number=5\n"));
  EXPECT_THAT(text, HasSubstr("lines=5\n"));
}

TEST_F(LogTest, WritesWholeLinesFromManyThreads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (int i = 0; i < 100; ++i) LogInfo("from a thread", {{"number", i}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string text = GetCapturedStderr();
  EXPECT_EQ(Lines(text), 400);
  size_t starts = 0;
  for (size_t at = text.find("ts="); at != std::string::npos; at = text.find("ts=", at + 1)) {
    EXPECT_TRUE(at == 0 || text[at - 1] == '\n');
    ++starts;
  }
  EXPECT_EQ(starts, 400u);
}

}  // namespace
}  // namespace tcpgauge
