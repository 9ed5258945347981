// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_FRAME_H_
#define TCPGAUGE_TUI_FRAME_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tcpgauge {

// What a piece of text means; the screen decides how that looks, with colours or without.
enum class Style : uint8_t {
  kPlain,
  kBar,     // the header and the two lines at the bottom
  kBarKey,  // in a bar: the letter of a key, and the title of the column that the order follows
  kTitle,
  kFaint,   // nothing happens there
  kAccent,  // charts, the activity star
  kOpening,
  kOpen,
  kEnding,
  kFailed,
  kLargeShare,  // of the rate of all that is listed
  kMainShare,
};

struct Span {
  std::string text;
  Style style = Style::kPlain;
};

// One line of the screen, from its left edge on. Holds UTF-8 of which every code point takes one column.
class Line {
 public:
  Line() = default;
  // `fill` is the style of all that is not put.
  explicit Line(Style fill) : fill_(fill) {}

  // Puts `text` at `column`, or right after what is there already when that reaches further.
  void Put(int column, std::string_view text, Style style);

  // Cuts what lies beyond `columns`, and fills up to there.
  void FitTo(int columns);

  // The whole line stands out: the marked row.
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
