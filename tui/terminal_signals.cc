// SPDX-License-Identifier: Apache-2.0
#include "tui/terminal_signals.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"

namespace tcpgauge {
namespace {

// Global, because signal handlers belong to the process.
int pipe_fds[2] = {-1, -1};
struct sigaction previous_resize;
struct sigaction previous_suspend;

void PassOn(int signal) {
  const int saved_errno = errno;
  const auto byte = static_cast<unsigned char>(signal);
  // When the pipe is full, enough signals are waiting in it that this one may be lost.
  const ssize_t written = write(pipe_fds[1], &byte, 1);
  static_cast<void>(written);
  errno = saved_errno;
}

struct sigaction Handler() {
  struct sigaction action;
  memset(&action, 0, sizeof(action));
  action.sa_handler = PassOn;
  action.sa_flags = SA_RESTART;  // so that the signal does not make workers' system calls fail
  sigemptyset(&action.sa_mask);
  return action;
}

}  // namespace

absl::Status TerminalSignals::Take() {
  if (pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK) != 0) {
    return absl::ResourceExhaustedError(absl::StrCat("--tui: pipe: ", strerror(errno)));
  }
  const struct sigaction action = Handler();
  sigaction(SIGWINCH, &action, &previous_resize);
  sigaction(SIGTSTP, &action, &previous_suspend);
  return absl::OkStatus();
}

void TerminalSignals::Release() {
  sigaction(SIGWINCH, &previous_resize, nullptr);
  sigaction(SIGTSTP, &previous_suspend, nullptr);
  close(pipe_fds[0]);
  close(pipe_fds[1]);
}

int TerminalSignals::fd() { return pipe_fds[0]; }

int TerminalSignals::Next() {
  unsigned char signal = 0;
  return read(pipe_fds[0], &signal, 1) == 1 ? signal : 0;
}

void TerminalSignals::StopProcess() {
  // The default action stops the process only if some thread does not block SIGTSTP, so this thread unblocks it.
  struct sigaction by_default = Handler();
  by_default.sa_handler = SIG_DFL;
  struct sigaction ours;
  sigaction(SIGTSTP, &by_default, &ours);
  sigset_t suspend, blocked;
  sigemptyset(&suspend);
  sigaddset(&suspend, SIGTSTP);
  pthread_sigmask(SIG_UNBLOCK, &suspend, &blocked);
  kill(getpid(), SIGTSTP);
  pthread_sigmask(SIG_SETMASK, &blocked, nullptr);
  sigaction(SIGTSTP, &ours, nullptr);
}

}  // namespace tcpgauge
