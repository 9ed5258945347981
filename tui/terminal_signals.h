// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_TERMINAL_SIGNALS_H_
#define TCPGAUGE_TUI_TERMINAL_SIGNALS_H_

#include "absl/status/status.h"

namespace tcpgauge {

// The signals that a terminal's user causes and a screen must act on, handed from their handlers to the thread that
// draws: curses may not be called in a handler.
//
// Thread: one at a time; the handlers may run in any.
class TerminalSignals {
 public:
  // Takes SIGWINCH and SIGTSTP. Fails when the process is out of descriptors.
  static absl::Status Take();

  // Gives them back to whom they were taken from.
  static void Release();

  // Readable when Next() has one.
  static int fd();

  // The next signal that came; 0 when there is none.
  static int Next();

  // Stops the process as Ctrl-Z does by default; returns once it is continued.
  static void StopProcess();
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_TERMINAL_SIGNALS_H_
