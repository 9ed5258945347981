// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_TERMINAL_RESCUE_H_
#define TCPGAUGE_TUI_TERMINAL_RESCUE_H_

#include <string>

namespace tcpgauge {

// Restores the terminal when the process ends without the screen's destructor: by a crash, a broken invariant, or
// exit() in another thread. It calls only functions that a signal handler may call.
//
// Thread: only the thread that owns the screen calls Arm() and Disarm().
class TerminalRescue {
 public:
  // Saves the modes of the terminal on standard output; call it before curses changes them. `reset` is what the rescue
  // writes: the bytes that leave the alternate screen and show the cursor. A crash signal then goes to its previous
  // handler.
  static void Arm(const std::string& reset);

  // Ends the rescue: the caller restored the terminal.
  static void Disarm();
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_TERMINAL_RESCUE_H_
