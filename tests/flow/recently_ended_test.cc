// SPDX-License-Identifier: Apache-2.0
#include "src/flow/recently_ended.h"

#include <algorithm>
#include <vector>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

RecentlyEnded::Entry EntryOf(uint64_t id, uint64_t bytes, int64_t end_time_ns, bool lived_for_a_window = false) {
  RecentlyEnded::Entry entry;
  entry.summary.id = id;
  entry.summary.window_payload_bytes = bytes;
  entry.end_time_ns = end_time_ns;
  entry.lived_for_a_window = lived_for_a_window;
  return entry;
}

std::vector<uint64_t> SortedIds(const RecentlyEnded& ended) {
  std::vector<uint64_t> ids;
  ended.Visit([&ids](const RecentlyEnded::Entry& entry) { ids.push_back(entry.summary.id); });
  std::sort(ids.begin(), ids.end());
  return ids;
}

TEST(RecentlyEnded, KeepsTheHeaviest) {
  for (const bool lived_for_a_window : {false, true}) {
    RecentlyEnded ended(3, 100);
    for (uint64_t i = 1; i <= 1000; ++i) ended.Add(EntryOf(i, i * 7919 % 1000 + 1, 0, lived_for_a_window));
    ASSERT_EQ(ended.size(), 3);
    ended.Visit([](const RecentlyEnded::Entry& entry) { EXPECT_GE(entry.summary.window_payload_bytes, 998); });
    EXPECT_FALSE(ended.WouldKeep(997, lived_for_a_window));
    EXPECT_TRUE(ended.WouldKeep(1001, lived_for_a_window));
  }
}

TEST(RecentlyEnded, ForgetsAfterTheWindow) {
  RecentlyEnded ended(3, 100);
  ended.Add(EntryOf(1, 10, 0));
  ended.Add(EntryOf(2, 20, 50));
  ended.Add(EntryOf(3, 0, 0, true));
  ended.Expire(100);
  EXPECT_EQ(ended.size(), 3);
  ended.Expire(101);
  EXPECT_EQ(SortedIds(ended), (std::vector<uint64_t>{2}));
}

TEST(RecentlyEnded, OfThoseThatCarriedNothingWantsOnlyWhatLivedForAWindow) {
  EXPECT_FALSE(RecentlyEnded(3, 100).WouldKeep(0, false));
  EXPECT_TRUE(RecentlyEnded(3, 100).WouldKeep(0, true));
  EXPECT_FALSE(RecentlyEnded(0, 100).WouldKeep(1, false));
  EXPECT_FALSE(RecentlyEnded(0, 100).WouldKeep(1, true));
}

TEST(RecentlyEnded, KeepsHalfOfThePlacesForEachKind) {
  RecentlyEnded ended(4, 100);
  for (uint64_t id = 1; id <= 9; ++id) ended.Add(EntryOf(id, 1000 + id, 0));
  EXPECT_EQ(SortedIds(ended), (std::vector<uint64_t>{6, 7, 8, 9}));
  for (uint64_t id = 11; id <= 13; ++id) ended.Add(EntryOf(id, 0, 0, true));
  EXPECT_EQ(SortedIds(ended), (std::vector<uint64_t>{8, 9, 11, 12}));
  ended.Add(EntryOf(14, 1, 0, true));
  ended.Add(EntryOf(20, 1, 0));
  EXPECT_EQ(ended.size(), 4);
  EXPECT_FALSE(ended.WouldKeep(1, false));
  EXPECT_FALSE(ended.WouldKeep(0, true));
}

TEST(RecentlyEnded, WithOnePlaceKeepsTheHeavierOfAKind) {
  RecentlyEnded ended(1, 100);
  ended.Add(EntryOf(1, 10, 0));
  ended.Add(EntryOf(2, 20, 0));
  EXPECT_EQ(SortedIds(ended), (std::vector<uint64_t>{2}));
}

}  // namespace
}  // namespace tcpgauge
