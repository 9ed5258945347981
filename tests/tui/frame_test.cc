// SPDX-License-Identifier: Apache-2.0
#include "tui/frame.h"

#include <gtest/gtest.h>

namespace tcpgauge {
namespace {

std::string TextOf(const Line& line) {
  std::string text;
  for (const Span& span : line.spans()) text += span.text;
  return text;
}

TEST(Line, PutsTextAtItsColumn) {
  Line line;
  line.Put(2, "ab", Style::kPlain);
  line.Put(6, "c…", Style::kPlain);
  EXPECT_EQ(TextOf(line), "  ab  c…");
  EXPECT_EQ(line.width(), 8);
}

TEST(Line, TextThatIsInTheWayIsNotOverwritten) {
  Line line;
  line.Put(0, "abcdef", Style::kPlain);
  line.Put(3, "gh", Style::kPlain);
  EXPECT_EQ(TextOf(line), "abcdefgh");
}

TEST(Line, IsCutToTheScreen) {
  Line line(Style::kBar);
  line.Put(0, "ab", Style::kBar);
  line.Put(0, "c…e", Style::kBarKey);
  line.FitTo(4);
  EXPECT_EQ(TextOf(line), "abc…");
  EXPECT_EQ(line.spans().back().style, Style::kBarKey);
  line.FitTo(1);
  EXPECT_EQ(TextOf(line), "a");
  line.FitTo(0);
  EXPECT_EQ(TextOf(line), "");
}

TEST(Line, IsFilledToTheScreenInItsStyle) {
  Line line(Style::kBar);
  line.Put(0, "a", Style::kPlain);
  line.FitTo(3);
  EXPECT_EQ(TextOf(line), "a  ");
  EXPECT_EQ(line.spans().back().style, Style::kBar);
}

TEST(Line, ABarStandsBehindItsFirstColumns) {
  Line line;
  line.Put(0, "äbc", Style::kPlain);
  line.Put(4, "def", Style::kFailed);
  line.set_bar_columns(5);
  line.FitTo(8);
  std::string in_bar, beyond;
  for (const Span& span : line.spans()) (span.in_bar ? in_bar : beyond) += span.text;
  EXPECT_EQ(in_bar, "äbc d");
  EXPECT_EQ(beyond, "ef ");
  EXPECT_EQ(line.width(), 8);
}

}  // namespace
}  // namespace tcpgauge
