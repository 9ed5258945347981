// SPDX-License-Identifier: Apache-2.0
#include "src/base/signals.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <termios.h>
#include <unistd.h>

#include <initializer_list>

namespace tcpgauge {
namespace {

StopSignal* stop_on_signal = nullptr;
Wakeup* reload_on_signal = nullptr;

volatile sig_atomic_t end_at_once = 0;

void OnStopSignal(int) {
  if (end_at_once != 0) _exit(EXIT_SUCCESS);
  stop_on_signal->Stop();
}

void OnHangUp(int number) {
  if (reload_on_signal != nullptr) {
    reload_on_signal->Notify();
  } else {
    OnStopSignal(number);
  }
}

}  // namespace

void HandleSignals(StopSignal* stop, Wakeup* reload) {
  stop_on_signal = stop;
  reload_on_signal = reload;
  struct sigaction action = {};
  action.sa_handler = OnStopSignal;
  for (const int number : {SIGINT, SIGTERM, SIGALRM}) sigaction(number, &action, nullptr);
  action.sa_handler = OnHangUp;
  sigaction(SIGHUP, &action, nullptr);
  action.sa_handler = SIG_IGN;
  for (const int number : {SIGPIPE, SIGXFSZ}) sigaction(number, &action, nullptr);
}

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
