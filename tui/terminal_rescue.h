// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_TERMINAL_RESCUE_H_
#define TCPGAUGE_TUI_TERMINAL_RESCUE_H_

#include <string>

namespace tcpgauge {

// Restores the terminal when the process ends without the screen's destructor: by a crash signal, by a broken invariant
// (SIGABRT), by ExitForShortage(), or by exit() in any thread. Restoring calls only functions that signal-safety(7)
// allows in a handler.
//
// Thread: only the thread that owns the screen calls Arm() and Disarm().
class TerminalRescue {
 public:
  // Saves the modes of the terminal on standard output, and handles crash signals and exit() from now on. Call it
  // before curses changes the modes. `reset` are the bytes that leave the alternate screen and show the cursor; those
  // beyond 128 are dropped. The handler of a crash signal restores the terminal, then passes the signal to its previous
  // handler. If standard output is not a terminal, Arm() has no effect. REQUIRES: not armed.
  static void Arm(const std::string& reset);

  // Gives the crash signals back to their previous handlers. Call it when the terminal has been restored in the regular
  // way. If not armed, has no effect.
  static void Disarm();
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_TERMINAL_RESCUE_H_
