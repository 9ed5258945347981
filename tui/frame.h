// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_FRAME_H_
#define TCPGAUGE_TUI_FRAME_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tcpgauge {

// The meaning of a piece of text. The screen decides what the text looks like, with or without colours.
enum class Style : uint8_t {
  kPlain,
  kBar,         // the line at the top of a page, and the two lines at the bottom of the list
  kBarKey,      // in a bar: the letter of a key, the title of the column that sorts the list, the filter, or an error
  kTitle,       // the label before a value, or the name of a key
  kFaint,       // little to see: a rate below 1 byte per second, no loss, an unknown value, a closed connection
  kAccent,      // a chart, or the star of an active connection
  kOpening,     // a connection during the handshake
  kOpen,        // an established connection
  kEnding,      // a connection with a FIN
  kFailed,      // trouble: a reset connection, or a loss of kTroubleLoss or more
  kLargeShare,  // a rate that is a large share of the total rate
  kMainShare,   // a rate that is most of the total rate
};

constexpr size_t kStyleCount = 12;

// A piece of text in one style.
struct Span {
  std::string text;
  Style style = Style::kPlain;
  bool in_bar = false;  // see Line::set_bar_columns()
};

// One line of the screen, put together from left to right. The text is UTF-8, and each code point takes one column of
// the screen.
class Line {
 public:
  Line() = default;
  // `fill` is the style of the blanks between and after the texts.
  explicit Line(Style fill) : fill_(fill) {}

  // Appends `text` so that it starts at `column`; 0 = the left edge. If the line is shorter, fills it with blanks up to
  // `column`. If the line already reaches beyond `column`, appends `text` at its end.
  void Put(int column, std::string_view text, Style style);

  // Makes the line exactly `columns` wide: cuts it, or fills it with blanks. A negative number counts as 0. Then draws
  // the bar. Call it last.
  void FitTo(int columns);

  // A marked line stands out as a whole: it is the row that the user selected.
  void set_marked(bool marked) { marked_ = marked; }
  bool marked() const { return marked_; }

  // The first `columns` columns get a bar behind the text, as in iftop(8). FitTo() draws the bar. 0 = no bar.
  void set_bar_columns(int columns) { bar_columns_ = columns; }
  int bar_columns() const { return bar_columns_; }

  int width() const { return width_; }
  const std::vector<Span>& spans() const { return spans_; }

 private:
  void Append(std::string_view text, Style style);
  void DrawBar();

  Style fill_ = Style::kPlain;
  bool marked_ = false;
  int bar_columns_ = 0;
  int width_ = 0;  // columns
  std::vector<Span> spans_;
};

// The lines of a screen, from top to bottom. A page that can be scrolled has more lines than the screen.
using Frame = std::vector<Line>;

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_FRAME_H_
