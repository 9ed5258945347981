// SPDX-License-Identifier: Apache-2.0
#include "src/base/signals.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "src/base/haste.h"
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
  Haste haste;
  HandleSignals(&stop, reloads ? &reload : nullptr, &haste);
  const EndAtOnceOnSignals guard;
  raise(signal_number);
  pollfd notified = {reload.fd(), POLLIN, 0};
  _exit(poll(&notified, 1, 0) == 1 ? kReloaded : kWentOn);
}

[[noreturn]] void RaiseBeforeGuard(int signal_number) {
  StopSignal stop;
  Haste haste;
  HandleSignals(&stop, nullptr, &haste);
  raise(signal_number);
  const EndAtOnceOnSignals guard;
  _exit(kWentOn);
}

[[noreturn]] void RaiseAfterGuard(int signal_number) {
  StopSignal stop;
  Haste haste;
  HandleSignals(&stop, nullptr, &haste);
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

[[noreturn]] void RaiseAndHang(int signal_number, int status) {
  StopSignal stop;
  Haste haste;
  HandleSignals(&stop, nullptr, &haste);
  SetCutShortStatus(status);
  raise(signal_number);
  if (!stop.stopped() || !haste.begun()) _exit(kWentOn);
  raise(signal_number);  // a second signal puts nothing off
  for (;;) pause();
}

TEST(EndSoon, EndsAProcessThatHangsWithTheStatusThatWasSet) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    for (const int status : {0, 1}) {
      EXPECT_EXIT(RaiseAndHang(number, status), testing::ExitedWithCode(status), "ended before its work was done")
          << number;
    }
  }
}

[[noreturn]] void HangOnAFullStandardError() {
  int ends[2];
  if (pipe(ends) != 0) _exit(kWentOn);
  fcntl(ends[1], F_SETFL, O_WRONLY | O_NONBLOCK);
  const std::string page(4096, '.');
  while (write(ends[1], page.data(), page.size()) > 0) {
  }
  fcntl(ends[1], F_SETFL, O_WRONLY);
  dup2(ends[1], STDERR_FILENO);
  RaiseAndHang(SIGTERM, 1);
}

TEST(EndSoon, EndsAProcessWhoseStandardErrorIsFull) {
  EXPECT_EXIT(HangOnAFullStandardError(), testing::ExitedWithCode(1), "");
}

TEST(EndSoon, IsNotWhatAnAlarmCauses) {
  EXPECT_EXIT(
      {
        StopSignal stop;
        Haste haste;
        HandleSignals(&stop, nullptr, &haste);
        raise(SIGALRM);
        _exit(stop.stopped() && !haste.begun() ? kStopped : kWentOn);
      },
      testing::ExitedWithCode(kStopped), "");
}

// Gives the process another standard input for the time of a test.
class TerminalIsGoneTest : public testing::Test {
 protected:
  void SetUp() override { before_ = dup(STDIN_FILENO); }
  void TearDown() override {
    if (before_ >= 0) {
      dup2(before_, STDIN_FILENO);
      close(before_);
    } else {
      close(STDIN_FILENO);
    }
  }

  // Makes `fd` the standard input, and closes it otherwise.
  static void Read(int fd) {
    ASSERT_GE(fd, 0);
    ASSERT_EQ(dup2(fd, STDIN_FILENO), STDIN_FILENO);
    close(fd);
  }

 private:
  int before_ = -1;
};

TEST_F(TerminalIsGoneTest, OfATerminalThatHungUp) {
  int terminal = -1;
  int far_end = -1;
  ASSERT_EQ(openpty(&terminal, &far_end, nullptr, nullptr, nullptr), 0);
  Read(far_end);
  EXPECT_FALSE(TerminalIsGone());
  close(terminal);
  EXPECT_TRUE(TerminalIsGone());
}

TEST_F(TerminalIsGoneTest, NotOfAPipeWhoseWriterIsGone) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  Read(ends[0]);
  EXPECT_FALSE(TerminalIsGone());
  close(ends[1]);
  EXPECT_FALSE(TerminalIsGone());
}

TEST_F(TerminalIsGoneTest, NotOfASocketWhosePeerIsGone) {
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  Read(ends[0]);
  close(ends[1]);
  EXPECT_FALSE(TerminalIsGone());
}

TEST_F(TerminalIsGoneTest, NotOfADeviceOrFileOrAClosedInput) {
  Read(open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_FALSE(TerminalIsGone());
  Read(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  EXPECT_FALSE(TerminalIsGone());
  close(STDIN_FILENO);
  EXPECT_FALSE(TerminalIsGone());
}

}  // namespace
}  // namespace tcpgauge
