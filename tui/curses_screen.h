// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_CURSES_SCREEN_H_
#define TCPGAUGE_TUI_CURSES_SCREEN_H_

#include <memory>

#include "absl/status/statusor.h"
#include "tui/screen.h"

namespace tcpgauge {

// The controlling terminal, by ncurses; the only file that knows it. While one lives it takes SIGWINCH and SIGTSTP;
// SIGINT, SIGTERM and SIGHUP are the caller's, who must handle them before (ncurses handles those left to the default).
//
// Thread: one at a time in the process, used by one thread.
// The terminal is given back by the destructor, while suspended (Ctrl-Z), and when the process crashes or calls exit().
class CursesScreen final : public Screen {
 public:
  // Why Open() would fail: no terminal on standard input and output, or an unknown type. Writes nothing.
  static absl::Status Check();
  // Fails as Check() does.
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

  // Does what the signals since the last call ask for. True when the screen must be drawn anew.
  bool ObeySignals();

  const bool utf8_;
  const bool colours_;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_CURSES_SCREEN_H_
