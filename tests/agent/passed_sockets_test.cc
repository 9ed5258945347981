// SPDX-License-Identifier: Apache-2.0
#include "src/agent/passed_sockets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <string>

namespace tcpgauge {
namespace {

using testing::ElementsAre;

class WithPassedSocketsTest : public testing::Test {
 protected:
  WithPassedSocketsTest() {
    options_.listen_addresses.clear();
    options_.systemd_socket = true;
    for (const int descriptor : {3, 4}) dup2(STDOUT_FILENO, descriptor);
    setenv("LISTEN_PID", std::to_string(getpid()).c_str(), 1);
    setenv("LISTEN_FDS", "2", 1);
  }
  ~WithPassedSocketsTest() override {
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
  }

  Options options_;
};

TEST_F(WithPassedSocketsTest, AreTheAddressesToListenOn) {
  EXPECT_THAT(WithPassedSockets(options_)->listen_addresses, ElementsAre("fd=3", "fd=4"));
}

TEST_F(WithPassedSocketsTest, AreIgnoredUnlessAskedFor) {
  options_ = Options();
  EXPECT_EQ(WithPassedSockets(options_)->listen_addresses, Options().listen_addresses);
}

TEST_F(WithPassedSocketsTest, WithoutASocketIsAnError) {
  unsetenv("LISTEN_FDS");
  EXPECT_EQ(WithPassedSockets(options_).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace tcpgauge
