// SPDX-License-Identifier: Apache-2.0
#include "src/capture/link_names.h"

#include <gtest/gtest.h>
#include <net/if.h>

namespace tcpgauge {
namespace {

// tests/e2e/test_interfaces_forgotten.py tests the names of interfaces that are deleted, which needs a privilege.

TEST(LinkNames, KnowsTheInterfacesThatExist) {
  LinkNames names;
  const uint32_t loopback = if_nametoindex("lo");
  ASSERT_NE(loopback, 0u);
  EXPECT_EQ(names.Name(loopback), "lo");
  names.Read();
  EXPECT_EQ(names.Name(loopback), "lo");
}

TEST(LinkNames, AnUnknownNumberHasNoName) { EXPECT_EQ(LinkNames().Name(1000000), ""); }

}  // namespace
}  // namespace tcpgauge
