// SPDX-License-Identifier: Apache-2.0
#include "src/base/service_manager.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <string>

#include "tests/support/scratch_directory.h"

namespace tcpgauge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

void Set(const char* name, const std::string& value) { setenv(name, value.c_str(), 1); }

class ServiceManagerTest : public testing::Test {
 protected:
  ServiceManagerTest() : fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = folder_.path() + "/notify";
    path.copy(address.sun_path, path.size());
    EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    Set("NOTIFY_SOCKET", path);
  }
  ~ServiceManagerTest() override {
    close(fd_);
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID"}) {
      unsetenv(name);
    }
  }

  // The next datagram; empty if there is none.
  std::string Next() const {
    char text[4096];
    const ssize_t bytes = recv(fd_, text, sizeof(text), 0);
    return bytes < 0 ? "" : std::string(text, static_cast<size_t>(bytes));
  }

 private:
  const ScratchDirectory folder_;
  const int fd_;
};

TEST_F(ServiceManagerTest, IsToldInDatagrams) {
  TellReady("new");
  TellAlive("going on");
  TellStuck("no progress");
  TellStopping();
  EXPECT_EQ(Next(), "READY=1\nSTATUS=new");
  EXPECT_EQ(Next(), "WATCHDOG=1\nSTATUS=going on");
  EXPECT_EQ(Next(), "STATUS=no progress");
  EXPECT_EQ(Next(), "STOPPING=1\nSTATUS=ending");
  EXPECT_EQ(Next(), "");
}

TEST_F(ServiceManagerTest, IsToldTwiceWithinTheTimeOfTheWatchdog) {
  EXPECT_EQ(TellIntervalMs(), 10000);
  Set("WATCHDOG_USEC", "3000000");
  EXPECT_EQ(TellIntervalMs(), 1500);
  Set("WATCHDOG_PID", std::to_string(getpid()));
  EXPECT_EQ(TellIntervalMs(), 1500);
  Set("WATCHDOG_USEC", "1");
  EXPECT_EQ(TellIntervalMs(), 1);
  Set("WATCHDOG_USEC", "99999999999");
  EXPECT_EQ(TellIntervalMs(), 10000);
  Set("WATCHDOG_USEC", "3000000");
  Set("WATCHDOG_PID", std::to_string(getpid() + 1));
  EXPECT_EQ(TellIntervalMs(), 10000);
}

TEST_F(ServiceManagerTest, WithoutAManagerNobodyIsTold) {
  unsetenv("NOTIFY_SOCKET");
  EXPECT_EQ(TellIntervalMs(), -1);
  TellReady("new");
  EXPECT_EQ(Next(), "");
  Set("NOTIFY_SOCKET", "/nonexistent/notify");
  TellReady("nobody is there");
}

TEST_F(ServiceManagerTest, SocketsForThisProcessAreFound) {
  EXPECT_THAT(PassedSockets(), IsEmpty());
  const int third = dup2(STDOUT_FILENO, 3);
  const int fourth = dup2(STDOUT_FILENO, 4);
  Set("LISTEN_FDS", "2");
  EXPECT_THAT(PassedSockets(), IsEmpty());
  Set("LISTEN_PID", std::to_string(getpid()));
  EXPECT_THAT(PassedSockets(), ElementsAre(third, fourth));
  EXPECT_EQ(fcntl(third, F_GETFD), FD_CLOEXEC);
  for (const char* none : {"0", "-1", "", "x", "2x", "1000000000000"}) {
    Set("LISTEN_FDS", none);
    EXPECT_THAT(PassedSockets(), IsEmpty()) << none;
  }
  Set("LISTEN_FDS", "2");
  Set("LISTEN_PID", std::to_string(getpid() + 1));
  EXPECT_THAT(PassedSockets(), IsEmpty());
  close(fourth);
}

}  // namespace
}  // namespace tcpgauge
