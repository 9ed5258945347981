// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_SIGNALS_H_
#define TCPGAUGE_SRC_BASE_SIGNALS_H_

#include "src/base/stop_signal.h"
#include "src/base/wakeup.h"

namespace tcpgauge {

// Handles signals from now on. SIGINT, SIGTERM and SIGALRM call `stop->Stop()`. SIGHUP notifies `reload`; when `reload`
// is null, it stops too. SIGPIPE and SIGXFSZ are ignored, so that a broken pipe or a file at its size limit fails only
// the write. `stop` and `reload` must live as long as signals may come.
void HandleSignals(StopSignal* stop, Wakeup* reload);

// Tells the two meanings of SIGHUP apart. True when the process has lost its terminal; false when a reload was
// requested.
bool TerminalIsGone();

// Has SIGALRM sent after `seconds`, which stops the process.
void StopAfter(double seconds);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_SIGNALS_H_
