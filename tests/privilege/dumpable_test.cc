// SPDX-License-Identifier: Apache-2.0
#include "src/privilege/dumpable.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <string>

#include "src/privilege/drop_privileges.h"
#include "src/privilege/identity.h"
#include "tests/privilege/in_process.h"

namespace tcpgauge {
namespace {

std::string Dumpable() { return std::to_string(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0)); }

TEST(BecomeNotDumpable, Succeeds) {
  EXPECT_EQ(InProcess([] { return BecomeNotDumpable().ok() ? Dumpable() : "failed"; }), "0");
}

TEST(DropPrivileges, LeavesTheProcessNotDumpableWithoutAChangeOfTheUser) {
  EXPECT_EQ(InProcess([] { return DropPrivileges(Identity()).ok() ? Dumpable() : "failed"; }), "0");
}

TEST(DropPrivileges, LeavesTheProcessNotDumpableAfterAChangeOfTheUser) {
  if (geteuid() != 0) GTEST_SKIP() << "this is not root";
  EXPECT_EQ(InProcess([] { return DropPrivileges({true, "somebody", 4321, 8765}).ok() ? Dumpable() : "failed"; }), "0");
}

}  // namespace
}  // namespace tcpgauge
