// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_SIGNALS_H_
#define TCPGAUGE_SRC_BASE_SIGNALS_H_

#include "src/base/stop_signal.h"
#include "src/base/wakeup.h"

namespace tcpgauge {

// Installs the signal handlers of the process:
//
// - SIGINT, SIGTERM and SIGALRM call `stop->Stop()`.
// - SIGHUP calls `reload->Notify()`. When `reload` is null, SIGHUP calls `stop->Stop()`.
// - SIGPIPE and SIGXFSZ are ignored. A write to a broken pipe, or to a file at its size limit, then fails with an error
//   instead of ending the process.
//
// `stop` and `reload` must live until the process ends, because signals come until then.
// Thread: call it before other threads start.
void HandleSignals(StopSignal* stop, Wakeup* reload);

// While an object of this class exists, a signal that would call `stop->Stop()` ends the process at once, with exit
// status 0 as after an orderly end. Use it around work that does not look at a StopSignal, for example while libpcap
// compiles a filter. If Stop() was called before, the constructor ends the process. Without HandleSignals(), the class
// has no effect.
//
// REQUIRES: at most one object exists at a time.
// Thread: the one that called HandleSignals(), before other threads start.
class EndAtOnceOnSignals {
 public:
  EndAtOnceOnSignals();
  ~EndAtOnceOnSignals();
  EndAtOnceOnSignals(const EndAtOnceOnSignals&) = delete;
  EndAtOnceOnSignals& operator=(const EndAtOnceOnSignals&) = delete;
};

// Tells the two meanings of SIGHUP apart. Call it after a SIGHUP.
//
// - Returns true if standard input is a terminal that has hung up. The process should end then.
// - Otherwise returns false: somebody requested a reload. A pipe or socket on standard input is no terminal, even when
//   its other end is closed.
bool TerminalIsGone();

// Sends SIGALRM to the process once, after `seconds` of real time. After HandleSignals(), this signal stops the
// process. Another call replaces the earlier time. REQUIRES: seconds >= 1e-6; with less, no signal is sent.
void StopAfter(double seconds);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_SIGNALS_H_
