// SPDX-License-Identifier: Apache-2.0
#include "src/flow/time_wait_table.h"

#include "gtest/gtest.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

// A hash with this tag, in the first set of every table.
constexpr uint64_t Hash(uint64_t tag) { return tag << 32; }

TEST(TimeWaitTable, KnowsWhatWasAddedForItsLifetime) {
  TimeWaitTable table(100);
  EXPECT_EQ(table.Find(Hash(1), TestTime(0)), nullptr);
  table.Add(Hash(1), {10, 20}, TestTime(0));
  ASSERT_NE(table.Find(Hash(1), TestTime(240)), nullptr);
  EXPECT_EQ((*table.Find(Hash(1), TestTime(480)))[1], 20) << "prolonged by the search before";
  EXPECT_EQ(table.Find(Hash(1), TestTime(722)), nullptr);
  EXPECT_EQ(table.Find(Hash(2), TestTime(0)), nullptr);
}

TEST(TimeWaitTable, AnOlderSearchDoesNotShortenTheLifetime) {
  TimeWaitTable table(100);
  table.Add(Hash(1), {}, TestTime(10));
  EXPECT_NE(table.Find(Hash(1), TestTime(9)), nullptr);
  EXPECT_NE(table.Find(Hash(1), TestTime(250)), nullptr);
}

TEST(TimeWaitTable, TheSameConnectionTakesOnePlace) {
  TimeWaitTable table(4);
  for (uint32_t i = 0; i < 10; ++i) table.Add(Hash(1), {i, i}, TestTime(i));
  for (uint64_t tag = 2; tag <= 4; ++tag) table.Add(Hash(tag), {}, TestTime(20));
  EXPECT_EQ((*table.Find(Hash(1), TestTime(21)))[0], 9);
}

TEST(TimeWaitTable, AFullSetGivesUpTheConnectionWhoseLastSegmentIsTheOldest) {
  TimeWaitTable table(4);
  for (uint64_t tag = 1; tag <= 4; ++tag) table.Add(Hash(tag), {}, TestTime(static_cast<double>(tag)));
  EXPECT_NE(table.Find(Hash(1), TestTime(10)), nullptr);
  table.Add(Hash(5), {}, TestTime(11));
  EXPECT_EQ(table.Find(Hash(2), TestTime(11)), nullptr);
  for (const uint64_t tag : {1, 3, 4, 5}) EXPECT_NE(table.Find(Hash(tag), TestTime(11)), nullptr) << tag;
}

TEST(TimeWaitTable, CapacityIsRoundedUpToAWholeSet) {
  EXPECT_EQ(TimeWaitTable::MemoryBytes(1), 64);
  EXPECT_EQ(TimeWaitTable::MemoryBytes(4), 64);
  EXPECT_EQ(TimeWaitTable::MemoryBytes(5), 128);
}

}  // namespace
}  // namespace tcpgauge
