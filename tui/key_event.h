// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_KEY_EVENT_H_
#define TCPGAUGE_TUI_KEY_EVENT_H_

#include <cstdint>

namespace tcpgauge {

// The keys that the top view tells apart.
enum class Key : uint8_t {
  kCharacter,  // a printable ASCII character
  kUp,
  kDown,
  kPageUp,
  kPageDown,
  kHome,
  kEnd,
  kEnter,
  kEscape,
  kBackspace,
  kClick,      // the left button of the mouse
  kWheelUp,    // away from the user
  kWheelDown,  // towards the user
  kOther,      // any other key, Ctrl-L, a new size of the terminal, or the return from Ctrl-Z: only redraws the screen
};

// One press of a key, or one action of the mouse.
struct KeyEvent {
  Key key = Key::kOther;
  char character = 0;  // for kCharacter; otherwise 0
  int row = 0;         // for kClick: where; 0, 0 is the top left corner of the screen. Otherwise 0.
  int column = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_KEY_EVENT_H_
