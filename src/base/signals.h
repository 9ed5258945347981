// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_SIGNALS_H_
#define TCPGAUGE_SRC_BASE_SIGNALS_H_

#include "src/base/stop_signal.h"
#include "src/base/wakeup.h"

namespace tcpgauge {

// SIGINT, SIGTERM and SIGALRM stop; SIGHUP notifies `reload` or, where that is null, stops. A broken pipe and a file
// that may grow no further are errors of the write alone. Both must live as long as signals may come.
void HandleSignals(StopSignal* stop, Wakeup* reload);

// Whether SIGHUP was the last that we hear of our terminal, and not somebody's request.
bool TerminalIsGone();

// Stops by SIGALRM.
void StopAfter(double seconds);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_SIGNALS_H_
