// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/heaviest_rows.h"

#include <algorithm>
#include <functional>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

// Assigns rows for `weights`, and returns the weight that each row has in the end.
std::vector<uint64_t> Hold(HeaviestRows* rows, const std::vector<uint64_t>& weights) {
  std::vector<uint64_t> held;
  for (const uint64_t weight : weights) {
    const uint32_t row = rows->AssignRow(weight);
    if (row == HeaviestRows::kNone) continue;
    EXPECT_LE(row, held.size());
    if (row == held.size()) held.push_back(0);
    held[row] = weight;
  }
  return held;
}

TEST(HeaviestRowsTest, WhileThereAreRowsEachConnectionGetsTheNext) {
  HeaviestRows rows(4);
  EXPECT_EQ(Hold(&rows, {7, 0, 100, 7}), (std::vector<uint64_t>{7, 0, 100, 7}));
}

TEST(HeaviestRowsTest, ALighterOneGivesWay) {
  HeaviestRows rows(3);
  EXPECT_EQ(Hold(&rows, {100, 1, 50, 60, 1, 200, 300}), (std::vector<uint64_t>{100, 300, 200}));
}

TEST(HeaviestRowsTest, OfEqualOnesTheFirstKeepTheirRows) {
  HeaviestRows rows(2);
  rows.AssignRow(1000);
  rows.AssignRow(1000);
  EXPECT_EQ(rows.AssignRow(1000), HeaviestRows::kNone);
  EXPECT_EQ(rows.AssignRow(999), HeaviestRows::kNone);
}

TEST(HeaviestRowsTest, OfEqualOnesTheLastGivesWayFirst) {
  HeaviestRows rows(3);
  Hold(&rows, {10, 10, 10});
  EXPECT_EQ(rows.AssignRow(100), 2);
  EXPECT_EQ(rows.AssignRow(100), 1);
  EXPECT_EQ(rows.AssignRow(100), 0);
}

TEST(HeaviestRowsTest, TheWholeRangeOfWeightsIsTold) {
  HeaviestRows rows(1);
  EXPECT_EQ(rows.AssignRow(0), 0);
  EXPECT_EQ(rows.AssignRow(1), 0);
  for (uint64_t weight = 2; weight != 0; weight *= 2) EXPECT_EQ(rows.AssignRow(weight), 0) << weight;
  EXPECT_EQ(rows.AssignRow(UINT64_MAX), 0);
  EXPECT_EQ(rows.AssignRow(UINT64_MAX), HeaviestRows::kNone);
}

TEST(HeaviestRowsTest, WithoutRowsNoneIsGiven) {
  HeaviestRows rows(0);
  EXPECT_EQ(rows.AssignRow(0), HeaviestRows::kNone);
  EXPECT_EQ(rows.AssignRow(UINT64_MAX), HeaviestRows::kNone);
}

TEST(HeaviestRowsTest, ClearGivesAllRowsBack) {
  HeaviestRows rows(2);
  Hold(&rows, {10, 20, 30});
  rows.Clear();
  EXPECT_EQ(Hold(&rows, {1, 2, 1}), (std::vector<uint64_t>{1, 2}));
}

TEST(HeaviestRowsTest, OfAnyWeightsTheHeaviestHoldRows) {
  std::mt19937_64 dice(1);
  HeaviestRows rows(100);
  for (int round = 0; round < 200; ++round) {
    std::vector<uint64_t> weights(1000);
    for (uint64_t& weight : weights) weight = dice() >> (2 + dice() % 62);
    rows.Clear();
    std::vector<uint64_t> held = Hold(&rows, weights);
    ASSERT_EQ(held.size(), 100);
    std::sort(weights.begin(), weights.end(), std::greater<>());
    std::sort(held.begin(), held.end(), std::greater<>());
    for (size_t i = 0; i < held.size(); ++i) {
      // A bucket is as wide as a quarter of the power of two at or below it.
      EXPECT_GE(held[i] + held[i] / 4 + 1, weights[i]) << round << " " << i;
    }
  }
}

}  // namespace
}  // namespace tcpgauge
