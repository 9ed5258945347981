// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_TERMINAL_SIGNALS_H_
#define TCPGAUGE_TUI_TERMINAL_SIGNALS_H_

#include "absl/status/status.h"

namespace tcpgauge {

// Hands the signals that a screen must act on (a new size, suspend) from their handlers to the thread that draws,
// because a handler may not call curses.
//
// Thread: one thread at a time; the handlers may run in any thread.
class TerminalSignals {
 public:
  // Handles SIGWINCH and SIGTSTP from now on. Errors: ResourceExhausted when the process is out of descriptors.
  static absl::Status Take();

  // Restores the previous handlers.
  static void Release();

  // Readable when Next() has a signal.
  static int fd();

  // The next signal that came; 0 when no signal is waiting.
  static int Next();

  // Stops the process as Ctrl-Z does by default, and returns once it is continued.
  static void StopProcess();
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_TERMINAL_SIGNALS_H_
