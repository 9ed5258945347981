// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_TERMINAL_RESCUE_H_
#define TCPGAUGE_TUI_TERMINAL_RESCUE_H_

#include <string>

namespace tcpgauge {

// Gives the terminal back when the process ends without the screen's destructor: a crash, a broken invariant, exit() in
// another thread. Uses nothing but what a signal handler may.
//
// Thread: Arm() and Disarm() by the one that owns the screen.
class TerminalRescue {
 public:
  // Remembers the terminal on standard output as it is now, before curses changes it. `reset` is written to it in the
  // end: what leaves the alternate screen and shows the cursor. Crash signals go on to whoever handled them before.
  static void Arm(const std::string& reset);

  // The terminal is whole.
  static void Disarm();
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_TERMINAL_RESCUE_H_
