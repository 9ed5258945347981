// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/connection_deadlines.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <vector>

#include "absl/time/time.h"

namespace tcpgauge {
namespace {

class ConnectionDeadlinesTest : public testing::Test {
 protected:
  using Phase = ConnectionDeadlines::Phase;

  ConnectionDeadlinesTest() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends_), 0); }
  ~ConnectionDeadlinesTest() override {
    close(ends_[0]);
    close(ends_[1]);
  }

  // Whether the connection is broken. With `wait`, waits until it is.
  bool IsBroken(bool wait) {
    char byte;
    return recv(ends_[1], &byte, 1, wait ? 0 : MSG_DONTWAIT) == 0;
  }

  int ends_[2];
  ConnectionDeadlines deadlines_{3};
};

TEST_F(ConnectionDeadlinesTest, BreaksAConnectionWhoseTimeIsOver) {
  const auto handle = deadlines_.Add(ends_[0], absl::Milliseconds(5));
  EXPECT_TRUE(IsBroken(true));
  deadlines_.Remove(handle);
}

TEST_F(ConnectionDeadlinesTest, MovesADeadlineCloser) {
  const auto handle = deadlines_.Add(ends_[0], absl::Hours(1));
  EXPECT_FALSE(IsBroken(false));
  deadlines_.Set(handle, Phase::kResponse, absl::Milliseconds(5));
  EXPECT_TRUE(IsBroken(true));
  deadlines_.Remove(handle);
}

TEST_F(ConnectionDeadlinesTest, MovesADeadlineAway) {
  bool was_in_time = false;
  for (absl::Duration allowed = absl::Milliseconds(20); !was_in_time; allowed *= 2) {
    int moved[2], other[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, moved), 0);
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, other), 0);
    const auto start = std::chrono::steady_clock::now();
    const auto extended = deadlines_.Add(moved[0], allowed);
    deadlines_.Set(extended, Phase::kResponse, absl::Hours(1));
    // On a busy machine the deadline may pass before it is moved. Then try again with a later one.
    was_in_time = absl::FromChrono(std::chrono::steady_clock::now() - start) < allowed;
    const auto later = deadlines_.Add(other[0], 2 * allowed);
    char byte;
    EXPECT_EQ(recv(other[1], &byte, 1, 0), 0);
    if (was_in_time) {
      EXPECT_EQ(recv(moved[1], &byte, 1, MSG_DONTWAIT), -1);
    }
    deadlines_.Remove(extended);
    deadlines_.Remove(later);
    for (const int fd : {moved[0], moved[1], other[0], other[1]}) close(fd);
  }
}

TEST_F(ConnectionDeadlinesTest, BreaksNoOtherConnectionThatGotTheSameDescriptor) {
  int old[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, old), 0);
  const auto handle = deadlines_.Add(old[0], absl::Milliseconds(5));
  ASSERT_EQ(dup2(ends_[0], old[0]), old[0]);  // the owner has closed the descriptor, and its number is used again
  char byte;
  EXPECT_EQ(recv(old[1], &byte, 1, 0), 0);
  EXPECT_FALSE(IsBroken(false));
  deadlines_.Remove(handle);
  close(old[0]);
  close(old[1]);
}

TEST_F(ConnectionDeadlinesTest, InACrowdTheOneThatWaitedTheLongestForARequestGivesWay) {
  int others[4][2];
  for (auto& other : others) ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, other), 0);
  std::vector<ConnectionDeadlines::Handle> handles = {deadlines_.Add(ends_[0], absl::Hours(1))};
  deadlines_.Set(handles[0], Phase::kResponse, absl::Hours(1));
  for (const auto& other : others) handles.push_back(deadlines_.Add(other[0], absl::Hours(1)));
  char byte;
  EXPECT_EQ(recv(others[0][1], &byte, 1, 0), 0);
  EXPECT_EQ(recv(others[1][1], &byte, 1, 0), 0);
  for (const int fd : {ends_[1], others[2][1], others[3][1]}) EXPECT_EQ(recv(fd, &byte, 1, MSG_DONTWAIT), -1);
  for (const auto& handle : handles) deadlines_.Remove(handle);
  for (auto& other : others) {
    close(other[0]);
    close(other[1]);
  }
}

}  // namespace
}  // namespace tcpgauge
