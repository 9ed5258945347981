// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_TERMINAL_RESCUE_H_
#define TCPGAUGE_TUI_TERMINAL_RESCUE_H_

#include <string>

namespace tcpgauge {

// Restores the terminal when the process ends without the screen's destructor: by a crash signal, by a broken invariant
// (SIGABRT), or by exit() in any thread. The rescue calls only functions that signal-safety(7) allows in a handler.
//
// Thread: only the thread that owns the screen calls Arm() and Disarm().
class TerminalRescue {
 public:
  // Starts the rescue. Saves the modes of the terminal on standard output, so call it before curses changes them.
  // `reset` are the bytes that the rescue writes to leave the alternate screen and show the cursor; those beyond 128
  // are dropped. After the rescue, a crash signal goes to its previous handler. If standard output is not a terminal,
  // has no effect. REQUIRES: the rescue is not armed.
  static void Arm(const std::string& reset);

  // Ends the rescue, because the caller has restored the terminal. If the rescue is not armed, has no effect.
  static void Disarm();
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_TERMINAL_RESCUE_H_
