// SPDX-License-Identifier: Apache-2.0
#include "src/privilege/drop_privileges.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/capability.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <thread>

#include "tests/privilege/in_process.h"

namespace tcpgauge {
namespace {

using testing::HasSubstr;

// The value of the line `key` in /proc/thread-self/status.
std::string StatusLine(const std::string& key) {
  std::ifstream file("/proc/thread-self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(key + ":", 0) == 0)
      return line.substr(std::min(line.size(), line.find_first_not_of(" \t", key.size() + 1)));
  }
  return "?";
}

TEST(DropPrivileges, HoldsForEveryLaterThread) {
  const std::string said = InProcess([]() -> std::string {
    if (!DropPrivileges(Identity()).ok()) return "failed";
    std::string seen;
    std::thread([&seen] {
      seen = StatusLine("Seccomp") + " " + StatusLine("NoNewPrivs") + " " + StatusLine("CapEff");
    }).join();
    return seen;
  });
  EXPECT_EQ(said, "2 1 0000000000000000");
}

TEST(DropPrivileges, LeavesRootNothing) {
  if (geteuid() != 0) GTEST_SKIP() << "this is not root";
  const std::string said = InProcess([]() -> std::string {
    if (const absl::Status status = DropPrivileges({true, "somebody", 4321, 8765}); !status.ok()) {
      return std::string(status.message());
    }
    std::string seen;
    for (const char* key : {"Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
      seen += StatusLine(key) + "|";
    }
    return seen;
  });
  const std::string none = "0000000000000000|";
  EXPECT_THAT(said, HasSubstr("4321\t4321\t4321\t4321|8765\t8765\t8765\t8765|"));
  EXPECT_THAT(said, HasSubstr(none + none + none + none + none));
}

TEST(DropPrivileges, FailsWhereTheUserCannotBeChanged) {
  if (geteuid() != 0) GTEST_SKIP() << "this is not root";
  for (const cap_value_t missing : {CAP_SETUID, CAP_SETGID, CAP_SETPCAP}) {
    const std::string said = InProcess([missing]() -> std::string {
      cap_t own = cap_get_proc();
      for (const cap_flag_t set : {CAP_EFFECTIVE, CAP_PERMITTED}) cap_set_flag(own, set, 1, &missing, CAP_CLEAR);
      cap_set_proc(own);
      return std::string(DropPrivileges({true, "somebody", 4321, 8765}).message());
    });
    EXPECT_THAT(said, HasSubstr("cannot become user 'somebody': CAP_SET"));
    EXPECT_THAT(said, HasSubstr("is missing"));
  }
}

TEST(KeepOpeningCapabilities, KeepsNoOthers) {
  if (geteuid() != 0) GTEST_SKIP() << "this is not root";
  const auto effective = [](bool net_admin) {
    return InProcess([net_admin]() -> std::string {
      const absl::Status status = KeepOpeningCapabilities(net_admin);
      return status.ok() ? StatusLine("CapEff") + StatusLine("CapInh") + StatusLine("CapAmb")
                         : std::string(status.message());
    });
  };
  // CHOWN, DAC_OVERRIDE, DAC_READ_SEARCH, SETGID, SETUID, SETPCAP; NET_BIND_SERVICE, NET_ADMIN, NET_RAW.
  const std::string none(32, '0');
  EXPECT_EQ(effective(false), "00000000000025c7" + none);
  EXPECT_EQ(effective(true), "00000000000035c7" + none);
}

}  // namespace
}  // namespace tcpgauge
