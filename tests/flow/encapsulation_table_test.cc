// SPDX-License-Identifier: Apache-2.0
#include "src/flow/encapsulation_table.h"

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

Encapsulation Vlan(uint16_t id) {
  Encapsulation encapsulation;
  encapsulation.AddVlan(id);
  return encapsulation;
}

Encapsulation Vxlan(uint32_t network) {
  Encapsulation encapsulation;
  encapsulation.AddTunnel({TunnelType::kVxlan, true, network});
  return encapsulation;
}

TEST(EncapsulationTable, NoEncapsulationIsNumberZero) {
  EncapsulationTable table;
  EXPECT_EQ(table.Acquire(Encapsulation()), EncapsulationTable::kNone);
  table.Release(EncapsulationTable::kNone);
  EXPECT_TRUE(table.Get(EncapsulationTable::kNone).empty());
}

TEST(EncapsulationTable, EqualOnesShareANumberAndOthersDoNot) {
  EncapsulationTable table;
  const uint32_t seven = table.Acquire(Vlan(7));
  const uint32_t eight = table.Acquire(Vlan(8));
  const uint32_t tunnel = table.Acquire(Vxlan(7));
  EXPECT_NE(seven, eight);
  EXPECT_NE(seven, tunnel);
  EXPECT_EQ(table.Acquire(Vlan(7)), seven);
  EXPECT_EQ(table.Get(seven), Vlan(7));
  EXPECT_EQ(table.Get(tunnel), Vxlan(7));
  EXPECT_GT(table.size(), tunnel);
}

TEST(EncapsulationTable, ANumberIsFreeWithItsLastUse) {
  EncapsulationTable table(4);
  const uint32_t seven = table.Acquire(Vlan(7));
  const uint32_t eight = table.Acquire(Vlan(8));
  table.AcquireAgain(seven);
  table.Release(seven);
  EXPECT_EQ(table.Get(seven), Vlan(7));
  EXPECT_EQ(table.Acquire(Vlan(9)), EncapsulationTable::kOverflow) << "one use is left";
  table.Release(seven);
  EXPECT_EQ(table.Acquire(Vlan(9)), seven);
  EXPECT_EQ(table.Get(seven), Vlan(9));
  table.Release(eight);
  const uint32_t again = table.Acquire(Vlan(7));
  EXPECT_NE(again, seven);
  EXPECT_EQ(table.Get(again), Vlan(7));
}

TEST(EncapsulationTable, AnEncapsulationGetsItsNumberBack) {
  EncapsulationTable table;
  const uint32_t seven = table.Acquire(Vlan(7));
  table.Release(seven);
  const uint32_t eight = table.Acquire(Vlan(8));
  EXPECT_NE(eight, seven);
  table.Release(eight);
  EXPECT_EQ(table.Acquire(Vlan(7)), seven);
  EXPECT_EQ(table.Acquire(Vlan(8)), eight);
}

TEST(EncapsulationTable, TheNumberThatHasBeenUnusedLongestIsGivenOutAgainFirst) {
  EncapsulationTable table;
  const uint32_t first = table.Acquire(Vxlan(1));
  const uint32_t second = table.Acquire(Vxlan(2));
  table.Release(second);
  table.Release(first);
  for (uint32_t i = 3; i <= EncapsulationTable::kSpares; ++i) table.Release(table.Acquire(Vxlan(i)));
  table.Release(table.Acquire(Vxlan(2)));  // now unused for a shorter time than the first
  const uint32_t size = table.size();
  EXPECT_EQ(table.Acquire(Vlan(1)), first);
  EXPECT_EQ(table.Acquire(Vxlan(2)), second);
  EXPECT_NE(table.Acquire(Vxlan(1)), first);
  EXPECT_EQ(table.Get(first), Vlan(1));
  EXPECT_LE(table.size(), size + 1);
}

TEST(EncapsulationTable, OneTooManySharesTheOverflowNumberAndIsCounted) {
  EncapsulationTable table;
  for (uint32_t i = 2; i < EncapsulationTable::kCapacity; ++i) ASSERT_NE(table.Acquire(Vxlan(i)), 1);
  EXPECT_EQ(table.overflows(), 0);
  EXPECT_EQ(table.Acquire(Vlan(1)), EncapsulationTable::kOverflow);
  EXPECT_EQ(table.Acquire(Vlan(2)), EncapsulationTable::kOverflow);
  EXPECT_EQ(table.overflows(), 2);
  EXPECT_TRUE(table.Get(EncapsulationTable::kOverflow).empty());
  table.AcquireAgain(EncapsulationTable::kOverflow);
  table.Release(EncapsulationTable::kOverflow);
  const uint32_t known = table.Acquire(Vxlan(1000));
  EXPECT_EQ(table.Get(known), Vxlan(1000));
  table.Release(known);
  table.Release(known);
  EXPECT_EQ(table.Acquire(Vlan(1)), known) << "there is room again";
}

}  // namespace
}  // namespace tcpgauge
