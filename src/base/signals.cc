// SPDX-License-Identifier: Apache-2.0
#include "src/base/signals.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <initializer_list>

#include "src/base/clock.h"
#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

// From EndSoon() to the guard. The rest of the second is for the kernel, which closes the descriptors.
constexpr int64_t kGuardNs = 950 * kNanosecondsPerMillisecond;
// How long the guard may take to write its line.
constexpr int64_t kLastWordsNs = 10 * kNanosecondsPerMillisecond;
constexpr char kLastWords[] = "tcpgauge: ended before its work was done, because a second was over\n";

StopSignal* stop_on_signal = nullptr;
Wakeup* reload_on_signal = nullptr;
Haste* haste_on_signal = nullptr;

volatile sig_atomic_t end_at_once = 0;

timer_t guard_timer;
bool has_guard = false;
std::atomic<bool> guard_speaks{false};
std::atomic<int> cut_short_status{EXIT_SUCCESS};

void StartGuard(int64_t ns) {
  if (!has_guard) return;
  itimerspec spec = {};
  spec.it_value.tv_nsec = ns;
  timer_settime(guard_timer, 0, &spec, nullptr);
}

// Another writer may fill a pipe after poll(2), and then write(2) waits. So the timer is set again, and the second call
// interrupts the first.
void OnGuard(int) {
  if (!guard_speaks.exchange(true)) {
    StartGuard(kLastWordsNs);
    pollfd writable = {STDERR_FILENO, POLLOUT, 0};
    if (poll(&writable, 1, 0) == 1 && write(STDERR_FILENO, kLastWords, sizeof(kLastWords) - 1) < 0) {
      _exit(cut_short_status.load());
    }
  }
  _exit(cut_short_status.load());
}

void OnStopSignal(int number) {
  if (end_at_once != 0) _exit(EXIT_SUCCESS);
  if (number == SIGALRM) {
    stop_on_signal->Stop();
  } else {
    EndSoon();
  }
}

void OnHangUp(int number) {
  if (reload_on_signal != nullptr) {
    reload_on_signal->Notify();
  } else {
    OnStopSignal(number);
  }
}

}  // namespace

void HandleSignals(StopSignal* stop, Wakeup* reload, Haste* haste) {
  SystemClock().SteadyNanoseconds();  // its object is made here, because no signal handler may make it
  stop_on_signal = stop;
  reload_on_signal = reload;
  haste_on_signal = haste;
  const int guard_signal = SIGRTMIN;
  sigevent event = {};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = guard_signal;
  has_guard = timer_create(CLOCK_MONOTONIC, &event, &guard_timer) == 0;
  struct sigaction action = {};
  action.sa_handler = OnStopSignal;
  for (const int number : {SIGINT, SIGTERM, SIGALRM}) sigaction(number, &action, nullptr);
  action.sa_handler = OnHangUp;
  sigaction(SIGHUP, &action, nullptr);
  action.sa_handler = OnGuard;
  action.sa_flags = SA_NODEFER;
  sigaction(guard_signal, &action, nullptr);
  action.sa_flags = 0;
  action.sa_handler = SIG_IGN;
  for (const int number : {SIGPIPE, SIGXFSZ}) sigaction(number, &action, nullptr);
}

void EndSoon() {
  const int before = errno;  // of the code that a signal interrupts
  if (haste_on_signal->Begin()) StartGuard(kGuardNs);
  stop_on_signal->Stop();
  errno = before;
}

void SetCutShortStatus(int status) { cut_short_status.store(status); }

EndAtOnceOnSignals::EndAtOnceOnSignals() {
  end_at_once = 1;
  // A signal that came before only called Stop().
  if (stop_on_signal != nullptr && stop_on_signal->stopped()) _exit(EXIT_SUCCESS);
}

EndAtOnceOnSignals::~EndAtOnceOnSignals() { end_at_once = 0; }

bool TerminalIsGone() {
  pollfd terminal = {STDIN_FILENO, 0, 0};
  if (poll(&terminal, 1, 0) != 1 || (terminal.revents & POLLHUP) == 0) return false;
  return tcgetsid(STDIN_FILENO) < 0 && errno != ENOTTY;  // EIO; what was never a terminal answers with ENOTTY
}

void StopAfter(double seconds) {
  itimerval timer = {};
  timer.it_value.tv_sec = static_cast<time_t>(seconds);
  timer.it_value.tv_usec = static_cast<suseconds_t>((seconds - static_cast<double>(timer.it_value.tv_sec)) * 1e6);
  setitimer(ITIMER_REAL, &timer, nullptr);
}

}  // namespace tcpgauge
