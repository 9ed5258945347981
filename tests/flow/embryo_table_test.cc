// SPDX-License-Identifier: Apache-2.0
#include "src/flow/embryo_table.h"

#include <vector>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

std::vector<uint32_t> ByAge(const EmbryoTable& table) {
  std::vector<uint32_t> slots;
  for (uint32_t slot = table.oldest(); slot != EmbryoTable::kNone; slot = table[slot].newer) slots.push_back(slot);
  return slots;
}

TEST(EmbryoTable, KeepsTheOrderOfAge) {
  EmbryoTable table(10);
  EXPECT_EQ(table.oldest(), EmbryoTable::kNone);
  const uint32_t a = table.Add();
  const uint32_t b = table.Add();
  const uint32_t c = table.Add();
  EXPECT_EQ(ByAge(table), std::vector<uint32_t>({a, b, c}));
  table.Remove(b);
  EXPECT_EQ(ByAge(table), std::vector<uint32_t>({a, c}));
  table.Remove(a);
  EXPECT_EQ(table.oldest(), c);
  table.Remove(c);
  EXPECT_EQ(table.oldest(), EmbryoTable::kNone);
  EXPECT_EQ(table.size(), 0);
}

TEST(EmbryoTable, UsesSlotsAgainAndKnowsWhichAreInUse) {
  EmbryoTable table(3);
  const uint32_t a = table.Add();
  const uint32_t b = table.Add();
  EXPECT_TRUE(table.InUse(a));
  table.Remove(a);
  EXPECT_FALSE(table.InUse(a));
  EXPECT_TRUE(table.InUse(b));
  EXPECT_EQ(table.Add(), a);
  EXPECT_EQ(ByAge(table), std::vector<uint32_t>({b, a})) << "the newest, whatever its slot";
  table.Add();
  EXPECT_EQ(table.size(), 3);
  EXPECT_EQ(table.slot_limit(), 3);
}

}  // namespace
}  // namespace tcpgauge
