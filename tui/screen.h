// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_SCREEN_H_
#define TCPGAUGE_TUI_SCREEN_H_

#include <optional>

#include "tui/frame.h"
#include "tui/key_event.h"

namespace tcpgauge {

// A terminal as the top view needs it. This interface separates the view from curses, so that tests can read the view's
// output as text.
//
// Thread: only the thread that runs the view may call.
class Screen {
 public:
  virtual ~Screen() = default;

  virtual int rows() const = 0;     // at least 1
  virtual int columns() const = 0;  // at least 1

  // Whether the terminal shows characters beyond ASCII.
  virtual bool utf8() const = 0;

  // Shows `frame` in place of what the screen showed before. Leaves out lines beyond the screen. REQUIRES: no line is
  // wider than columns() (see Line::FitTo()).
  virtual void Draw(const Frame& frame) = 0;

  // Returns the next key that was pressed; nullopt when no key is waiting. Returns Key::kOther when the terminal has a
  // new size, and after Ctrl-L. After Ctrl-L, the next Draw() writes every character. Never waits for a key. If the
  // user has pressed Ctrl-Z, stops the process, and returns Key::kOther once the process is continued.
  virtual std::optional<KeyEvent> ReadKey() = 0;

  // Sets whether ReadKey() returns what the mouse does, if the terminal has one; off at first. While on, the terminal
  // does not handle the mouse itself, so the user cannot select text unless the terminal has a key for that (often
  // Shift).
  virtual void SetMouse(bool on) = 0;

  // When one of these descriptors is readable, call ReadKey(). Nothing else may read from them. keyboard_fd() is
  // readable when a key was pressed; it hangs up when the terminal is gone. signal_fd() is readable when the terminal
  // has a new size, or when the user suspends the process.
  virtual int keyboard_fd() const = 0;
  virtual int signal_fd() const = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_SCREEN_H_
