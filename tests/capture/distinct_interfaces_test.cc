// SPDX-License-Identifier: Apache-2.0
#include "src/capture/distinct_interfaces.h"

#include <gtest/gtest.h>

#include "src/capture/interface_lookup.h"

namespace tcpgauge {
namespace {

using Names = std::vector<std::string>;

// eth0 is also called uplink and eth0:1, and eth1 is also called backup.
uint32_t IndexOf(const std::string& name) {
  if (name == "eth0" || name == "uplink" || name == "eth0:1") return 2;
  if (name == "eth1" || name == "backup") return 3;
  if (name == "2") return 9;  // an interface may be called as another's number
  return 0;
}

Names Distinct(const Names& names, bool wait = false) {
  const auto distinct = DistinctInterfaces(names, wait, IndexOf);
  return distinct.ok() ? *distinct : Names{std::string(distinct.status().message())};
}

TEST(DistinctInterfaces, KeepsDifferentInterfacesInTheirOrder) {
  EXPECT_EQ(Distinct({"eth1", "eth0"}), (Names{"eth1", "eth0"}));
  EXPECT_EQ(Distinct({"eth0", "2"}), (Names{"eth0", "2"}));
  EXPECT_EQ(Distinct({"any"}), Names{"any"});
  EXPECT_EQ(Distinct({}), Names{});
}

TEST(DistinctInterfaces, LeavesOutAnEqualName) {
  EXPECT_EQ(Distinct({"eth0", "eth0"}), Names{"eth0"});
  EXPECT_EQ(Distinct({"eth0", "eth1", "eth0", "eth1", "eth0"}), (Names{"eth0", "eth1"}));
  EXPECT_EQ(Distinct({"any", "any"}), Names{"any"});
}

TEST(DistinctInterfaces, LeavesOutAnotherNameOfTheSameInterface) {
  EXPECT_EQ(Distinct({"eth0", "uplink"}), Names{"eth0"});
  EXPECT_EQ(Distinct({"uplink", "eth0"}), Names{"uplink"});
  EXPECT_EQ(Distinct({"eth0:1", "backup", "uplink", "eth1", "eth0"}), (Names{"eth0:1", "backup"}));
}

TEST(DistinctInterfaces, ComparesAbsentInterfacesByName) {
  EXPECT_EQ(Distinct({"tun0", "tun1", "tun0"}, /*wait=*/true), (Names{"tun0", "tun1"}));
  EXPECT_EQ(Distinct({"tun0", "tun1", "tun0"}), (Names{"tun0", "tun1"}));
}

TEST(DistinctInterfaces, ComparesNetfilterDevicesByTheirGroups) {
  EXPECT_EQ(Distinct({"nflog", "nflog:0"}), Names{"nflog"});
  EXPECT_EQ(Distinct({"nflog:7,5", "nflog:5,7", "nflog:0x5,7"}), Names{"nflog:7,5"});
  EXPECT_EQ(Distinct({"nflog:5", "nflog:7", "nfqueue:5"}), (Names{"nflog:5", "nflog:7", "nfqueue:5"}));
}

TEST(DistinctInterfaces, RefusesAnyBesideAnInterface) {
  for (const Names& names :
       {Names{"any", "eth0"}, Names{"uplink", "any"}, Names{"eth1", "any", "any"}, Names{"any", "nflog", "eth0:1"}}) {
    const auto refused = DistinctInterfaces(names, false, IndexOf);
    EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument) << refused.status();
  }
  EXPECT_EQ(
      Distinct({"any", "tun0"}, /*wait=*/true),
      Names{"-i any captures every interface, so 'tun0' would be captured twice; use -i any alone, or -i NAME for "
            "each interface without any"});
}

TEST(DistinctInterfaces, AcceptsAnyBesideNetfilter) {
  EXPECT_EQ(Distinct({"any", "nflog:5"}), (Names{"any", "nflog:5"}));
  EXPECT_EQ(Distinct({"nflog", "any"}, /*wait=*/true), (Names{"nflog", "any"}));
}

TEST(DistinctInterfaces, KnowsTheAliasOfARealInterface) {
  const InterfaceLookup lookup;
  const auto distinct = DistinctInterfaces({"lo", "lo:1", "lo"}, false, [&lookup](const std::string& name) {
    const auto interface = lookup.ByName(name);
    return interface.has_value() ? interface->index : 0;
  });
  EXPECT_EQ(*distinct, Names{"lo"});
}

}  // namespace
}  // namespace tcpgauge
