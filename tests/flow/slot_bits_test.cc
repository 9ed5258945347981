// SPDX-License-Identifier: Apache-2.0
#include "src/flow/slot_bits.h"

#include <cstdint>
#include <set>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

std::set<uint32_t> All(const SlotBits& bits, uint32_t begin, uint32_t end) {
  std::set<uint32_t> all;
  for (uint32_t slot = bits.Next(begin, end); slot != end; slot = bits.Next(slot + 1, end)) all.insert(slot);
  return all;
}

TEST(SlotBits, NextFindsWhatWasAddedAndNotRemoved) {
  SlotBits bits(1000);
  for (const uint32_t slot : {0u, 63u, 64u, 500u, 999u}) bits.Add(slot);
  EXPECT_EQ(All(bits, 0, 1000), (std::set<uint32_t>{0, 63, 64, 500, 999}));
  EXPECT_EQ(All(bits, 1, 999), (std::set<uint32_t>{63, 64, 500}));
  bits.Remove(64);
  EXPECT_TRUE(bits.Has(63));
  EXPECT_FALSE(bits.Has(64));
  EXPECT_EQ(All(bits, 63, 501), (std::set<uint32_t>{63, 500}));
}

TEST(SlotBits, NextOfAnEmptyRangeIsItsEnd) {
  SlotBits bits(128);
  bits.Add(5);
  EXPECT_EQ(bits.Next(5, 5), 5u);
  EXPECT_EQ(bits.Next(0, 5), 5u);
  EXPECT_EQ(bits.Next(6, 128), 128u);
}

}  // namespace
}  // namespace tcpgauge
