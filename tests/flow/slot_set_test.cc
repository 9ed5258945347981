// SPDX-License-Identifier: Apache-2.0
#include "src/flow/slot_set.h"

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

// All slots that are stored under `hash`, in ascending order.
std::vector<uint32_t> SlotsUnder(const SlotSet& set, uint32_t hash) {
  std::vector<uint32_t> slots;
  const uint32_t none = set.Find(hash, [&](uint32_t slot) {
    slots.push_back(slot);
    return false;
  });
  EXPECT_EQ(none, SlotSet::kNone);
  std::sort(slots.begin(), slots.end());
  return slots;
}

TEST(SlotSet, FindsTheSlotThatMatches) {
  SlotSet set(1);
  EXPECT_EQ(set.Find(7, [](uint32_t) { return true; }), SlotSet::kNone);
  set.Insert(1, 7);
  set.Insert(2, 7);
  set.Insert(3, 8);
  EXPECT_EQ(set.size(), 3);
  EXPECT_EQ(set.Find(7, [](uint32_t slot) { return slot == 2; }), 2);
  EXPECT_EQ(set.Find(7, [](uint32_t slot) { return slot == 3; }), SlotSet::kNone);
  EXPECT_EQ(SlotsUnder(set, 7), std::vector<uint32_t>({1, 2}));
}

TEST(SlotSet, AFreePlaceIsFoundUnderNoHash) {
  SlotSet set(1);
  EXPECT_EQ(set.Find(0, [](uint32_t) { return true; }), SlotSet::kNone);
  set.Insert(5, 0);
  EXPECT_EQ(SlotsUnder(set, 0), std::vector<uint32_t>({5}));
  set.Erase(5, 0);
  EXPECT_EQ(SlotsUnder(set, 0), std::vector<uint32_t>());
  EXPECT_EQ(set.size(), 0);
}

TEST(SlotSet, ReplacesASlotUnderItsHash) {
  SlotSet set(1);
  set.Insert(1, 7);
  set.Insert(2, 7);
  set.Replace(1, 9, 7);
  EXPECT_EQ(set.size(), 2);
  EXPECT_EQ(SlotsUnder(set, 7), std::vector<uint32_t>({2, 9}));
}

// Stores so many slots under one hash that they fill several buckets, with slots of other hashes among them.
TEST(SlotSet, WhatWentPastAFullBucketIsFoundWhateverIsErased) {
  constexpr uint32_t kSlots = 60;
  for (uint32_t first = 0; first < kSlots; ++first) {
    SlotSet set(32);
    for (uint32_t slot = 0; slot < kSlots; ++slot) {
      set.Insert(slot, 1);
      set.Insert(1000 + slot, 1 + slot * 0x10000000);
    }
    std::vector<uint32_t> left;
    for (uint32_t slot = 0; slot < kSlots; ++slot) left.push_back(slot);
    const std::vector<uint32_t> others = {1000, 1016, 1032, 1048};  // also have hash 1, modulo 2^32
    for (uint32_t i = 0; i < kSlots; ++i) {
      const uint32_t slot = (first + i * 7) % kSlots;
      set.Erase(slot, 1);
      left.erase(std::find(left.begin(), left.end(), slot));
      std::vector<uint32_t> expected = left;
      expected.insert(expected.end(), others.begin(), others.end());
      ASSERT_EQ(SlotsUnder(set, 1), expected);
    }
    for (uint32_t slot = 0; slot < kSlots; ++slot) {
      const uint32_t hash = 1 + slot * 0x10000000;
      const std::vector<uint32_t> slots = SlotsUnder(set, hash);
      ASSERT_TRUE(std::find(slots.begin(), slots.end(), 1000 + slot) != slots.end());
    }
  }
}

TEST(SlotSet, KeepsWhatAListKeepsThroughRandomChanges) {
  std::mt19937 random(20261124);
  // With few hashes there are full buckets, also at the end of the array.
  for (const uint32_t hashes : {5u, 50u, 5000u, UINT32_MAX}) {
    SlotSet set(3);
    std::vector<std::pair<uint32_t, uint32_t>> list;  // slot, hash
    uint32_t next = 0;
    for (int i = 0; i < 20000; ++i) {
      const bool grow = list.size() < 40 || (list.size() < 900 && random() % 2 == 0);
      if (grow) {
        const uint32_t hash = random() % hashes * (UINT32_MAX / hashes);
        set.Insert(next, hash);
        list.emplace_back(next++, hash);
      } else {
        auto& chosen = list[random() % list.size()];
        if (random() % 4 == 0) {
          set.Replace(chosen.first, next, chosen.second);
          chosen.first = next++;
        } else {
          set.Erase(chosen.first, chosen.second);
          chosen = list.back();
          list.pop_back();
        }
      }
      ASSERT_EQ(set.size(), list.size());
      const auto& [slot, hash] = list[random() % list.size()];
      ASSERT_EQ(set.Find(hash, [&, wanted = slot](uint32_t found) { return found == wanted; }), slot);
      if (i % 500 != 0) continue;
      for (const auto& [each, its_hash] : list) {
        ASSERT_EQ(set.Find(its_hash, [&, wanted = each](uint32_t found) { return found == wanted; }), each);
        std::vector<uint32_t> expected;
        for (const auto& [other, other_hash] : list) {
          if (other_hash == its_hash) expected.push_back(other);
        }
        std::sort(expected.begin(), expected.end());
        ASSERT_EQ(SlotsUnder(set, its_hash), expected);
      }
    }
  }
}

}  // namespace
}  // namespace tcpgauge
