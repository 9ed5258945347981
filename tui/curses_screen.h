// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_CURSES_SCREEN_H_
#define TCPGAUGE_TUI_CURSES_SCREEN_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "tui/palette.h"
#include "tui/screen.h"

namespace tcpgauge {

// The terminal on standard input and output, drawn with ncurses. No other file uses ncurses.
//
// The screen uses the type of terminal that TERM names. If TERM is unset, or curses cannot use this type, the screen
// uses the first of xterm-256color, xterm and vt100 that curses can use, and has a warning().
//
// Signals: from Open() to the destructor, the screen handles SIGWINCH and SIGTSTP. The caller must handle SIGINT,
// SIGTERM and SIGHUP before Open(). Otherwise these signals end the process without the destructor: SIGINT and SIGTERM
// by handlers of ncurses, SIGHUP by default.
//
// The terminal is restored by the destructor, while the process is suspended (Ctrl-Z), and when the process crashes or
// calls exit() (see TerminalRescue).
//
// Thread: confined to one thread. REQUIRES: at most one screen at a time exists in the process.
class CursesScreen final : public Screen {
 public:
  // Returns whether Open() can use the terminal. Writes no output. Errors: FailedPrecondition when standard input or
  // output is not a terminal, or when the terminfo database has no type that curses can use here.
  static absl::Status Check();
  // Starts curses, with the colours of `palette` where the terminal has some. Sets the process's LC_CTYPE from the
  // environment, because curses encodes characters by it. Errors: those of Check(); FailedPrecondition when curses
  // cannot start; ResourceExhausted when no descriptor is free. After an error, the signals have their previous
  // handlers.
  static absl::StatusOr<std::unique_ptr<CursesScreen>> Open(const Palette& palette);

  // One line that says which type the screen uses instead of the one that TERM names, and why. Empty if the screen uses
  // the type that TERM names. The user cannot read the line while the screen exists: copy it, and show the copy after
  // the destructor.
  const std::string& warning() const { return warning_; }

  ~CursesScreen() override;
  CursesScreen(const CursesScreen&) = delete;
  CursesScreen& operator=(const CursesScreen&) = delete;

  int rows() const override;
  int columns() const override;
  bool utf8() const override { return utf8_; }
  void Draw(const Frame& frame) override;
  std::optional<KeyEvent> ReadKey() override;
  void SetMouse(bool on) override;
  int keyboard_fd() const override;
  int signal_fd() const override;

 private:
  CursesScreen(bool utf8, const Palette& palette, std::string warning)
      : utf8_(utf8), palette_(palette), warning_(std::move(warning)) {}

  // Handles the signals that came since the last call. Returns whether the screen must be redrawn.
  bool HandleSignals();
  // Returns the first event of the mouse, and keeps the others in mouse_events_. On a slow link, curses reads a double
  // click at once, and announces both presses as one key.
  KeyEvent TakeMouseEvents();

  bool has_mouse_ = false;              // see SetMouse()
  std::vector<KeyEvent> mouse_events_;  // that ReadKey() returns next, the last one first
  const bool utf8_;
  const Palette palette_;  // on: the terminal shows colours
  const std::string warning_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_CURSES_SCREEN_H_
