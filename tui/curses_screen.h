// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_CURSES_SCREEN_H_
#define TCPGAUGE_TUI_CURSES_SCREEN_H_

#include <memory>

#include "absl/status/statusor.h"
#include "tui/screen.h"

namespace tcpgauge {

// The controlling terminal, drawn with ncurses. No other file uses ncurses.
//
// While it lives, it handles SIGWINCH and SIGTSTP. The caller must handle SIGINT, SIGTERM and SIGHUP before Open(),
// because ncurses handles the signals that are left at their default. The terminal is restored by the destructor, while
// the process is suspended (Ctrl-Z), and when the process crashes or calls exit().
//
// Thread: confined to one thread. At most one screen may exist in the process.
class CursesScreen final : public Screen {
 public:
  // Errors: FailedPrecondition when standard input or output is not a terminal, or when its type is unknown or cannot
  // move the cursor. Writes no output.
  static absl::Status Check();
  // Errors: those of Check(); FailedPrecondition when curses cannot start; ResourceExhausted without free descriptors.
  static absl::StatusOr<std::unique_ptr<CursesScreen>> Open();

  ~CursesScreen() override;
  CursesScreen(const CursesScreen&) = delete;
  CursesScreen& operator=(const CursesScreen&) = delete;

  int rows() const override;
  int columns() const override;
  bool utf8() const override { return utf8_; }
  void Draw(const Frame& frame) override;
  std::optional<KeyEvent> ReadKey() override;
  int keyboard_fd() const override;
  int signal_fd() const override;

 private:
  CursesScreen(bool utf8, bool colours) : utf8_(utf8), colours_(colours) {}

  // Handles the signals that came since the last call. True when the screen must be redrawn.
  bool HandleSignals();

  const bool utf8_;
  const bool colours_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_CURSES_SCREEN_H_
