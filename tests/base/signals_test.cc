// SPDX-License-Identifier: Apache-2.0
#include "src/base/signals.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/base/stop_signal.h"
#include "src/base/wakeup.h"

namespace tcpgauge {
namespace {

// Every test runs its statements in a child process, which ends with one of these. So no handler outlives its test.
constexpr int kStopped = 10;
constexpr int kReloaded = 11;
constexpr int kWentOn = 12;

[[noreturn]] void RaiseUnderGuard(int signal_number, bool reloads) {
  StopSignal stop;
  Wakeup reload;
  HandleSignals(&stop, reloads ? &reload : nullptr);
  const EndAtOnceOnSignals guard;
  raise(signal_number);
  pollfd notified = {reload.fd(), POLLIN, 0};
  _exit(poll(&notified, 1, 0) == 1 ? kReloaded : kWentOn);
}

[[noreturn]] void RaiseBeforeGuard(int signal_number) {
  StopSignal stop;
  HandleSignals(&stop, nullptr);
  raise(signal_number);
  const EndAtOnceOnSignals guard;
  _exit(kWentOn);
}

[[noreturn]] void RaiseAfterGuard(int signal_number) {
  StopSignal stop;
  HandleSignals(&stop, nullptr);
  { const EndAtOnceOnSignals guard; }
  raise(signal_number);
  _exit(stop.stopped() ? kStopped : kWentOn);
}

constexpr int kStopSignals[] = {SIGINT, SIGTERM, SIGALRM, SIGHUP};

TEST(EndAtOnceOnSignals, EndsTheProcessWithSuccess) {
  for (const int number : kStopSignals) {
    EXPECT_EXIT(RaiseUnderGuard(number, false), testing::ExitedWithCode(EXIT_SUCCESS), "") << number;
  }
}

TEST(EndAtOnceOnSignals, SeesTheSignalThatCameBefore) {
  for (const int number : kStopSignals) {
    EXPECT_EXIT(RaiseBeforeGuard(number), testing::ExitedWithCode(EXIT_SUCCESS), "") << number;
  }
}

TEST(EndAtOnceOnSignals, LeavesLaterSignalsToTheStopSignal) {
  for (const int number : kStopSignals) {
    EXPECT_EXIT(RaiseAfterGuard(number), testing::ExitedWithCode(kStopped), "") << number;
  }
}

TEST(EndAtOnceOnSignals, LeavesAReloadAlone) {
  EXPECT_EXIT(RaiseUnderGuard(SIGHUP, true), testing::ExitedWithCode(kReloaded), "");
}

TEST(EndAtOnceOnSignals, HasNoEffectWithoutHandlers) {
  EXPECT_EXIT(
      {
        const EndAtOnceOnSignals guard;
        _exit(kWentOn);
      },
      testing::ExitedWithCode(kWentOn), "");
}

}  // namespace
}  // namespace tcpgauge
