// SPDX-License-Identifier: Apache-2.0
#include "src/capture/interface_lookup.h"

#include <gtest/gtest.h>
#include <net/if.h>
#include <net/if_arp.h>

namespace tcpgauge {
namespace {

TEST(InterfaceLookup, FindsTheLoopbackByNameAndByIndex) {
  const InterfaceLookup lookup;
  const auto by_name = lookup.ByName("lo");
  ASSERT_TRUE(by_name.has_value());
  EXPECT_EQ(by_name->index, if_nametoindex("lo"));
  EXPECT_EQ(by_name->hardware_type, ARPHRD_LOOPBACK);
  const auto by_index = lookup.ByIndex(by_name->index);
  ASSERT_TRUE(by_index.has_value());
  EXPECT_EQ(by_index->name, "lo");
  EXPECT_EQ(by_index->up, by_name->up);
}

TEST(InterfaceLookup, FindsNoInterfaceThatThereIsNot) {
  const InterfaceLookup lookup;
  for (const char* name : {"", "not-there", "much-too-long-for-an-interface", "lo/../lo"}) {
    EXPECT_FALSE(lookup.ByName(name).has_value()) << name;
  }
  EXPECT_FALSE(lookup.ByIndex(0).has_value());
  EXPECT_FALSE(lookup.ByIndex(0xffffffff).has_value());
}

}  // namespace
}  // namespace tcpgauge
