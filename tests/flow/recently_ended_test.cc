// SPDX-License-Identifier: Apache-2.0
#include "src/flow/recently_ended.h"

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

RecentlyEnded::Entry EntryOf(uint64_t id, uint64_t bytes, int64_t end_time_ns) {
  RecentlyEnded::Entry entry;
  entry.summary.id = id;
  entry.summary.window_payload_bytes = bytes;
  entry.end_time_ns = end_time_ns;
  return entry;
}

TEST(RecentlyEnded, KeepsTheHeaviest) {
  RecentlyEnded ended(3, 100);
  for (uint64_t i = 1; i <= 1000; ++i) ended.Add(EntryOf(i, i * 7919 % 1000 + 1, 0));
  ASSERT_EQ(ended.entries().size(), 3);
  for (const RecentlyEnded::Entry& entry : ended.entries()) EXPECT_GE(entry.summary.window_payload_bytes, 998);
  EXPECT_FALSE(ended.WouldKeep(997));
  EXPECT_TRUE(ended.WouldKeep(1001));
}

TEST(RecentlyEnded, ForgetsAfterTheWindow) {
  RecentlyEnded ended(3, 100);
  ended.Add(EntryOf(1, 10, 0));
  ended.Add(EntryOf(2, 20, 50));
  ended.Expire(100);
  EXPECT_EQ(ended.entries().size(), 2);
  ended.Expire(101);
  ASSERT_EQ(ended.entries().size(), 1);
  EXPECT_EQ(ended.entries()[0].summary.id, 2);
}

TEST(RecentlyEnded, DoesNotWantWhatCarriedNothing) {
  EXPECT_FALSE(RecentlyEnded(3, 100).WouldKeep(0));
  EXPECT_FALSE(RecentlyEnded(0, 100).WouldKeep(1));
}

}  // namespace
}  // namespace tcpgauge
