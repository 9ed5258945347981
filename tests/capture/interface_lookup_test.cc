// SPDX-License-Identifier: Apache-2.0
#include "src/capture/interface_lookup.h"

#include <gtest/gtest.h>
#include <net/if.h>
#include <net/if_arp.h>

#include <cstdio>
#include <fstream>
#include <string>

namespace tcpgauge {
namespace {

TEST(InterfaceLookup, FindsTheLoopbackByNameAndByIndex) {
  const InterfaceLookup lookup;
  const auto by_name = lookup.ByName("lo");
  ASSERT_TRUE(by_name.has_value());
  EXPECT_EQ(by_name->index, if_nametoindex("lo"));
  EXPECT_EQ(by_name->hardware_type, ARPHRD_LOOPBACK);
  EXPECT_FALSE(by_name->ethernet_address.has_value());
  const auto by_index = lookup.ByIndex(by_name->index);
  ASSERT_TRUE(by_index.has_value());
  EXPECT_EQ(by_index->name, "lo");
  EXPECT_EQ(by_index->up, by_name->up);
}

TEST(InterfaceLookup, FindsTheAddressOfEveryEthernetInterface) {
  const InterfaceLookup lookup;
  struct if_nameindex* const interfaces = if_nameindex();
  ASSERT_NE(interfaces, nullptr);
  for (const struct if_nameindex* i = interfaces; i->if_index != 0; ++i) {
    const auto found = lookup.ByIndex(i->if_index);
    std::string address;
    std::ifstream file("/sys/class/net/" + std::string(i->if_name) + "/address");
    if (!found.has_value() || !(file >> address)) continue;  // it is gone, or not to be seen here
    std::string text;
    if (found->ethernet_address.has_value()) {
      for (const uint8_t byte : *found->ethernet_address) {
        char part[4];
        std::snprintf(part, sizeof(part), "%s%02x", text.empty() ? "" : ":", byte);
        text += part;
      }
    }
    EXPECT_EQ(text, found->hardware_type == ARPHRD_ETHER ? address : "") << i->if_name;
  }
  if_freenameindex(interfaces);
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
