// SPDX-License-Identifier: Apache-2.0
#include "src/kube/event_lines.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/json/text_body.h"

namespace tcpgauge {
namespace {

constexpr size_t kMaxBytes = 10;

struct Read {
  std::vector<std::string> lines;
  absl::Status end;
  uint64_t too_long = 0;
};

Read ReadLines(const std::string& text, size_t piece_bytes, const absl::Status& end = absl::OkStatus()) {
  TextBody body(text, piece_bytes, end);
  EventLines lines(&body, kMaxBytes);
  Read read;
  while (true) {
    const auto line = lines.Next();
    read.too_long = lines.too_long();
    read.end = line.status();
    if (!line.ok() || !line->has_value()) return read;
    read.lines.emplace_back(**line);
  }
}

using Lines = std::vector<std::string>;

TEST(EventLines, AreTheSameInPiecesOfAnySize) {
  const std::string text = "one\n\n1234567890\ntwo\n12345678901\nthree\n" + std::string(35, 'x') + "\n\nfour\n";
  for (size_t piece_bytes = 1; piece_bytes <= text.size(); ++piece_bytes) {
    const Read read = ReadLines(text, piece_bytes);
    EXPECT_EQ(read.lines, (Lines{"one", "1234567890", "two", "three", "four"})) << piece_bytes;
    EXPECT_EQ(read.too_long, 2u) << piece_bytes;
    EXPECT_TRUE(read.end.ok());
  }
}

TEST(EventLines, DoNotCountWithoutANewline) {
  for (size_t piece_bytes = 1; piece_bytes <= 8; ++piece_bytes) {
    EXPECT_EQ(ReadLines("one\nhalf", piece_bytes).lines, Lines{"one"});
    EXPECT_EQ(ReadLines("one\nhalf", piece_bytes, absl::UnavailableError("gone")).lines, Lines{"one"});
  }
  EXPECT_EQ(ReadLines("", 1).lines, Lines{});
}

TEST(EventLines, EndWithTheErrorOfTheBody) {
  const Read read = ReadLines("one\n", 2, absl::UnavailableError("gone"));
  EXPECT_EQ(read.lines, Lines{"one"});
  EXPECT_TRUE(absl::IsUnavailable(read.end));
}

TEST(EventLines, CountALineThatIsTooLongBeforeItsEnd) { EXPECT_EQ(ReadLines(std::string(1000, 'x'), 7).too_long, 1u); }

TEST(EventLines, MayBeAsLongAsAnObjectOfEtcd) {
  const std::string longest(EventLines::kMaxLineBytes, 'x');
  TextBody body(longest + "\n" + longest + "x\nshort\n");
  EventLines lines(&body);
  EXPECT_EQ((*lines.Next())->size(), longest.size());
  EXPECT_EQ(**lines.Next(), "short");
  EXPECT_EQ(lines.too_long(), 1u);
}

}  // namespace
}  // namespace tcpgauge
