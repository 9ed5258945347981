// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_TERMINAL_SIGNALS_H_
#define TCPGAUGE_TUI_TERMINAL_SIGNALS_H_

#include "absl/status/status.h"

namespace tcpgauge {

// Hands two signals to the thread that draws: SIGWINCH (a new size) and SIGTSTP (Ctrl-Z). A signal handler may not call
// curses, so the handlers only write to a pipe, and the thread reads from it with Next().
//
// Thread: one thread at a time; the handlers may run in any thread.
// Bounds: a signal that comes while the pipe is full is lost. The pipe then holds thousands of signals, so the screen
// is redrawn anyway.
class TerminalSignals {
 public:
  // Handles both signals from now on, until Release(). Errors: ResourceExhausted when no descriptor is free.
  static absl::Status Take();

  // Restores the previous handlers and closes the pipe. REQUIRES: Take() succeeded.
  static void Release();

  // A descriptor that is readable when Next() has a signal. Valid from Take() to Release().
  static int fd();

  // Returns the next signal that came; 0 = no signal is left. Never waits.
  static int Next();

  // Stops the process as Ctrl-Z does by default. Returns once the process is continued.
  static void StopProcess();
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_TERMINAL_SIGNALS_H_
