// SPDX-License-Identifier: Apache-2.0
#include "src/agent/agent_name.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <string>
#include <utility>

namespace tcpgauge {
namespace {

TEST(AgentName, IsThatOfTheHost) {
  utsname host = {};
  ASSERT_EQ(uname(&host), 0);
  EXPECT_EQ(AgentName(), host.nodename);
}

// Runs last, because it gives the process a host name of its own.
TEST(AgentName, IsValidUtf8WhateverTheHostIsCalled) {
  if (unshare(CLONE_NEWUTS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWUTS) != 0) {
    GTEST_SKIP() << "a namespace for the host name cannot be made here";
  }
  for (const auto& [name, expected] : {std::pair<std::string, std::string>{"caf\xc3\xa9", "caf\xc3\xa9"},
                                       {"caf\xe9", "caf\xef\xbf\xbd"},
                                       {"\xff-1", "\xef\xbf\xbd-1"},
                                       {"a\xe2\x82", "a\xef\xbf\xbd\xef\xbf\xbd"}}) {
    ASSERT_EQ(sethostname(name.data(), name.size()), 0);
    EXPECT_EQ(AgentName(), expected);
  }
}

}  // namespace
}  // namespace tcpgauge
