// SPDX-License-Identifier: Apache-2.0
#include "tui/terminal_rescue.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <iterator>

#include "src/base/shortage.h"

namespace tcpgauge {
namespace {

constexpr int kCrashSignals[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV};
constexpr size_t kCrashSignalCount = std::size(kCrashSignals);
constexpr size_t kMaxResetBytes = 128;

// Global, because signal handlers belong to the process.
std::atomic<bool> armed{false};
termios saved_modes;
struct sigaction previous_actions[kCrashSignalCount];
char reset_bytes[kMaxResetBytes];
size_t reset_size = 0;

void Restore() {
  if (!armed.exchange(false)) return;
  const ssize_t written = write(STDOUT_FILENO, reset_bytes, reset_size);
  static_cast<void>(written);  // if it fails, the terminal is gone and needs no rescue
  tcsetattr(STDOUT_FILENO, TCSANOW, &saved_modes);
}

// Restores the terminal, then raises the signal again for its previous handler; the default action dumps core.
void OnCrash(int signal) {
  Restore();
  for (size_t i = 0; i < kCrashSignalCount; ++i) {
    if (kCrashSignals[i] == signal) sigaction(signal, &previous_actions[i], nullptr);
  }
  raise(signal);
}

}  // namespace

void TerminalRescue::Arm(const std::string& reset) {
  static const bool registered = atexit(Restore) == 0;
  static_cast<void>(registered);
  if (tcgetattr(STDOUT_FILENO, &saved_modes) != 0) return;
  reset_size = std::min(reset.size(), kMaxResetBytes);
  memcpy(reset_bytes, reset.data(), reset_size);
  armed = true;
  BeforeShortageExit(Restore);
  for (size_t i = 0; i < kCrashSignalCount; ++i) {
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_handler = OnCrash;
    action.sa_flags = static_cast<int>(SA_NODEFER);
    sigemptyset(&action.sa_mask);
    sigaction(kCrashSignals[i], &action, &previous_actions[i]);
  }
}

void TerminalRescue::Disarm() {
  if (!armed.exchange(false)) return;
  BeforeShortageExit(nullptr);
  for (size_t i = 0; i < kCrashSignalCount; ++i) sigaction(kCrashSignals[i], &previous_actions[i], nullptr);
}

}  // namespace tcpgauge
