// SPDX-License-Identifier: Apache-2.0
#include "src/capture/shared_interface_names.h"

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

TEST(SharedInterfaceNames, ANameHasOneNumberWhileItIsHeld) {
  SharedInterfaceNames names;
  const uint64_t number = names.Acquire("veth1", false);
  EXPECT_NE(number, 0u);
  EXPECT_EQ(names.Acquire("veth1", false), number);
  EXPECT_NE(names.Acquire("veth2", false), number);
  names.Release(number);
  ASSERT_TRUE(names.Find(number).has_value()) << "one hold is left";
  EXPECT_EQ(names.Find(number)->name, "veth1");
}

TEST(SharedInterfaceNames, ANumberIsNeverUsedAgain) {
  SharedInterfaceNames names;
  const uint64_t number = names.Acquire("veth1", false);
  names.Release(number);
  EXPECT_FALSE(names.Find(number).has_value());
  EXPECT_NE(names.Acquire("veth1", false), number);
  EXPECT_FALSE(names.Find(number).has_value());
}

TEST(SharedInterfaceNames, SaysWhichInterfacesAreNamed) {
  SharedInterfaceNames names;
  EXPECT_TRUE(names.Find(names.Acquire("eth0", true))->is_named);
  EXPECT_FALSE(names.Find(names.Acquire("veth1", false))->is_named);
}

}  // namespace
}  // namespace tcpgauge
