// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_PALETTE_H_
#define TCPGAUGE_TUI_PALETTE_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "tui/frame.h"

namespace tcpgauge {

// The eight basic colours of a terminal, as the terminal's theme defines them.
enum class Colour : int8_t { kDefault = -1, kBlack, kRed, kGreen, kYellow, kBlue, kMagenta, kCyan, kWhite };

// The colours of the view. A plain value.
struct Palette {
  bool on = true;  // false: attributes alone, such as bold and reversed
  // The colours of text, indexed by Style. kDefault: the terminal's own.
  std::array<Colour, kStyleCount> text{};
  Colour bar = Colour::kBlue;  // of the bar behind a row; its text is white
};

// Returns the palette for a dark or a light background. Yellow and cyan are hard to read on a light background, so its
// palette has blue in their place. Red is the colour of kFailed alone.
constexpr Palette MakePalette(bool light_background) {
  Palette palette;
  for (Colour& colour : palette.text) colour = Colour::kDefault;
  const auto set = [&palette](Style style, Colour colour) { palette.text[static_cast<size_t>(style)] = colour; };
  const Colour accent = light_background ? Colour::kBlue : Colour::kCyan;
  set(Style::kAccent, accent);
  set(Style::kLargeShare, accent);
  set(Style::kMainShare, accent);
  set(Style::kOpening, light_background ? Colour::kBlue : Colour::kYellow);
  set(Style::kOpen, Colour::kGreen);
  set(Style::kEnding, Colour::kMagenta);
  set(Style::kFailed, Colour::kRed);
  return palette;
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_PALETTE_H_
