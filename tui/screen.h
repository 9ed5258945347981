// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_SCREEN_H_
#define TCPGAUGE_TUI_SCREEN_H_

#include <optional>

#include "tui/frame.h"
#include "tui/key_event.h"

namespace tcpgauge {

// A terminal as the top view needs it: the seam between the view, which is text and is tested as text, and curses.
// Thread: all calls from the one that runs the view.
class Screen {
 public:
  virtual ~Screen() = default;

  virtual int rows() const = 0;     // at least 1
  virtual int columns() const = 0;  // at least 1

  // Whether characters beyond ASCII can be shown.
  virtual bool utf8() const = 0;

  // Shows `frame`; lines and columns that the screen has not are cut.
  virtual void Draw(const Frame& frame) = 0;

  // The next key that was pressed, without waiting for one; none when there is none.
  virtual std::optional<KeyEvent> ReadKey() = 0;

  // Descriptors that become readable when ReadKey() may have something: the keyboard, and signals that the terminal
  // sends (its size changed, suspend). The keyboard is lost when it hangs up. Neither is read elsewhere.
  virtual int keyboard_fd() const = 0;
  virtual int signal_fd() const = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_SCREEN_H_
