// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_SCREEN_H_
#define TCPGAUGE_TUI_SCREEN_H_

#include <optional>

#include "tui/frame.h"
#include "tui/key_event.h"

namespace tcpgauge {

// A terminal as the top view needs it. It separates the view, which is tested as text, from curses.
//
// Thread: only the thread that runs the view may call.
class Screen {
 public:
  virtual ~Screen() = default;

  virtual int rows() const = 0;     // at least 1
  virtual int columns() const = 0;  // at least 1

  // Whether the terminal shows characters beyond ASCII.
  virtual bool utf8() const = 0;

  // Shows `frame`. Lines and columns beyond the screen are cut.
  virtual void Draw(const Frame& frame) = 0;

  // The next key that was pressed; nullopt when no key is waiting. Never waits.
  virtual std::optional<KeyEvent> ReadKey() = 0;

  // Descriptors that become readable when ReadKey() may have a key: one of the keyboard, and one for the terminal's
  // signals (a new size, suspend). The terminal is gone when the keyboard hangs up. Only ReadKey() reads them.
  virtual int keyboard_fd() const = 0;
  virtual int signal_fd() const = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_SCREEN_H_
