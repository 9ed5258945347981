#include "tui/terminal_rescue.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>

namespace tcpgauge {
namespace {

constexpr int kCrashSignals[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV};
constexpr size_t kMaxResetBytes = 128;

// Of the process, as signal handlers are.
std::atomic<bool> armed{false};
termios saved_modes;
char reset_bytes[kMaxResetBytes];
size_t reset_size = 0;

void Restore() {
  if (!armed.exchange(false)) return;
  const ssize_t written = write(STDOUT_FILENO, reset_bytes, reset_size);
  static_cast<void>(written);  // a terminal that is gone needs no rescue
  tcsetattr(STDOUT_FILENO, TCSANOW, &saved_modes);
}

// Installed for one crash: the second of its kind takes the default action, a core among it.
void OnCrash(int signal) {
  Restore();
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
  for (const int signal : kCrashSignals) {
    struct sigaction present;
    if (sigaction(signal, nullptr, &present) != 0 || present.sa_handler != SIG_DFL) continue;
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_handler = OnCrash;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, nullptr);
  }
}

void TerminalRescue::Disarm() { armed = false; }

}  // namespace tcpgauge
