// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_BASE_SIGNALS_H_
#define TCPGAUGE_SRC_BASE_SIGNALS_H_

#include "src/base/haste.h"
#include "src/base/stop_signal.h"
#include "src/base/wakeup.h"

namespace tcpgauge {

// Installs the signal handlers of the process:
//
// - SIGINT and SIGTERM call EndSoon().
// - SIGALRM calls `stop->Stop()`.
// - SIGHUP calls `reload->Notify()`. When `reload` is null, SIGHUP calls EndSoon().
// - SIGPIPE and SIGXFSZ are ignored. A write to a broken pipe, or to a file at its size limit, then fails with an error
//   instead of ending the process.
// - SIGRTMIN is the signal of the guard of EndSoon().
//
// `stop`, `reload` and `haste` must live until the process ends, because signals come until then.
// Thread: call it before other threads start.
void HandleSignals(StopSignal* stop, Wakeup* reload, Haste* haste);

// Begins the haste, and calls `stop->Stop()`. If the process still exists 0.95 s after the first call, a guard ends the
// process, because some thread does not return, for example from a computation that cannot be interrupted. The guard
// calls _exit() with the status of SetCutShortStatus(). Before that, it writes a line to standard error, if standard
// error accepts the line without waiting.
//
// The guard is a timer whose signal handler ends the process. So the guard needs no thread, and also works while the
// process starts. If the kernel has no timer left, there is no guard.
//
// REQUIRES: HandleSignals() was called.
// Thread: any. A signal handler may call it.
void EndSoon();

// Sets the exit status with which the guard of EndSoon() ends the process from now on. At first it is 0, because a
// process that has not begun its work loses no data.
// Thread: any.
void SetCutShortStatus(int status);

// While an object of this class exists, a signal that would call `stop->Stop()` ends the process at once, with exit
// status 0 as after an orderly end. Use the class around work that does not look at a StopSignal, for example while
// libpcap compiles a filter. If Stop() was called before, the constructor ends the process. Without HandleSignals(),
// the class has no effect.
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
// - Otherwise returns false: somebody requested a reload. A pipe or socket on standard input is not a terminal, even
//   when its other end is closed.
bool TerminalIsGone();

// Sends SIGALRM to the process once, after `seconds` of real time. After HandleSignals(), that calls `stop->Stop()`.
// Another call replaces the earlier time. REQUIRES: seconds >= 1e-6; with less, no signal is sent.
void StopAfter(double seconds);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_BASE_SIGNALS_H_
