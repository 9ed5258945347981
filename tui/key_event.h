// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_KEY_EVENT_H_
#define TCPGAUGE_TUI_KEY_EVENT_H_

#include <cstdint>

namespace tcpgauge {

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
  kOther,  // any other key, or a change of the terminal's size: only redraws the screen
};

struct KeyEvent {
  Key key = Key::kOther;
  char character = 0;  // for kCharacter
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_KEY_EVENT_H_
