// SPDX-License-Identifier: Apache-2.0
#include "src/flow/edge_budget.h"

#include <cstdint>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

constexpr int64_t kSecond = 1000000000;
constexpr int64_t kStart = 1700000000 * kSecond;

size_t TakeAll(EdgeBudget* budget, EdgeMerit merit, int64_t now_ns) {
  size_t taken = 0;
  while (taken < 1000 && budget->TryTake(merit, now_ns)) ++taken;
  return taken;
}

TEST(EdgeBudget, AThirdIsKeptForFailingEdges) {
  EdgeBudget budget(10);
  EXPECT_EQ(TakeAll(&budget, EdgeMerit::kHeavy, kStart), 7u);
  EXPECT_EQ(TakeAll(&budget, EdgeMerit::kFailing, kStart), 3u);
}

TEST(EdgeBudget, FailingEdgesMayTakeAll) {
  EdgeBudget budget(10);
  EXPECT_EQ(TakeAll(&budget, EdgeMerit::kFailing, kStart), 10u);
  EXPECT_EQ(budget.Left(EdgeMerit::kHeavy, kStart), 0u);
}

TEST(EdgeBudget, LightEdgesTakeHalfAtMost) {
  EdgeBudget budget(10);
  EXPECT_EQ(TakeAll(&budget, EdgeMerit::kLight, kStart), 5u);
  EXPECT_EQ(TakeAll(&budget, EdgeMerit::kHeavy, kStart), 2u);
  EXPECT_EQ(TakeAll(&budget, EdgeMerit::kFailing, kStart), 3u);
}

TEST(EdgeBudget, OneAMinuteIsForWhoeverComesFirst) {
  for (const EdgeMerit merit : {EdgeMerit::kHeavy, EdgeMerit::kFailing, EdgeMerit::kLight}) {
    EdgeBudget budget(1);
    EXPECT_EQ(TakeAll(&budget, merit, kStart), 1u);
  }
}

TEST(EdgeBudget, NoneAMinuteIsNone) {
  EdgeBudget budget(0);
  EXPECT_EQ(TakeAll(&budget, EdgeMerit::kFailing, kStart), 0u);
  EXPECT_EQ(TakeAll(&budget, EdgeMerit::kHeavy, kStart + 3600 * kSecond), 0u);
}

TEST(EdgeBudget, EachBeginningCountsForAMinute) {
  EdgeBudget budget(3);
  EXPECT_TRUE(budget.TryTake(EdgeMerit::kFailing, kStart));
  EXPECT_TRUE(budget.TryTake(EdgeMerit::kFailing, kStart + 20 * kSecond));
  EXPECT_TRUE(budget.TryTake(EdgeMerit::kFailing, kStart + 20 * kSecond));
  EXPECT_FALSE(budget.TryTake(EdgeMerit::kFailing, kStart + 60 * kSecond - 1));
  EXPECT_TRUE(budget.TryTake(EdgeMerit::kFailing, kStart + 60 * kSecond));
  EXPECT_FALSE(budget.TryTake(EdgeMerit::kFailing, kStart + 60 * kSecond));
  EXPECT_EQ(budget.Left(EdgeMerit::kFailing, kStart + 80 * kSecond), 2u);
}

TEST(EdgeBudget, WithoutALimitAnyNumberMayBegin) {
  EdgeBudget budget(std::nullopt);
  EXPECT_EQ(TakeAll(&budget, EdgeMerit::kLight, kStart), 1000u);
  EXPECT_EQ(budget.per_minute(), SIZE_MAX);
}

}  // namespace
}  // namespace tcpgauge
