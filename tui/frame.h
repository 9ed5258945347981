// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_FRAME_H_
#define TCPGAUGE_TUI_FRAME_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tcpgauge {

// The meaning of a piece of text. The screen decides what it looks like, with or without colours.
enum class Style : uint8_t {
  kPlain,
  kBar,     // the header and the two lines at the bottom
  kBarKey,  // in a bar: the letter of a key, or the title of the column that the list is sorted by
  kTitle,
  kFaint,   // idle: no rate, no retransmissions, a closed connection
  kAccent,  // charts, and the activity star
  kOpening,
  kOpen,
  kEnding,
  kFailed,
  kLargeShare,  // a large share of the total rate
  kMainShare,   // most of the total rate
};

struct Span {
  std::string text;
  Style style = Style::kPlain;
};

// One line of the screen, starting at its left edge. Its text is UTF-8 in which every code point takes one column.
class Line {
 public:
  Line() = default;
  // `fill` is the style of the blanks between and after the texts.
  explicit Line(Style fill) : fill_(fill) {}

  // Puts `text` at `column`, or at the end of the line when the line is already longer.
  void Put(int column, std::string_view text, Style style);

  // Cuts or fills the line to exactly `columns`.
  void FitTo(int columns);

  // The row is marked: the whole line stands out.
  void set_marked(bool marked) { marked_ = marked; }
  bool marked() const { return marked_; }

  int width() const { return width_; }
  const std::vector<Span>& spans() const { return spans_; }

 private:
  void Append(std::string_view text, Style style);

  Style fill_ = Style::kPlain;
  bool marked_ = false;
  int width_ = 0;  // columns
  std::vector<Span> spans_;
};

// A whole screen, top to bottom.
using Frame = std::vector<Line>;

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_FRAME_H_
