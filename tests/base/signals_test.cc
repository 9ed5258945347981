// SPDX-License-Identifier: Apache-2.0
#include "src/base/signals.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tcpgauge {
namespace {

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
