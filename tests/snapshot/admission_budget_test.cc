// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/admission_budget.h"

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

constexpr int64_t kSecondNs = 1000000000;
constexpr int64_t kBeginNs = 1000 * kSecondNs;

class AdmissionBudgetTest : public testing::Test {
 protected:
  AdmissionBudgetTest() { budget_.Begin(kBeginNs); }
  void AdvanceTo(double seconds) { budget_.AdvanceTime(kBeginNs + static_cast<int64_t>(seconds * kSecondNs)); }
  void Spend(int count, bool is_old) {
    for (int i = 0; i < count; ++i) budget_.Spend(is_old);
  }

  AdmissionBudget budget_{100, 20, 60 * kSecondNs};
};

TEST_F(AdmissionBudgetTest, AllowsTheFirstWindowItsAdmissionsInAll) {
  AdvanceTo(0);
  EXPECT_EQ(budget_.left(), 100u);
  EXPECT_EQ(budget_.left_for_others(), 100u) << "of any kind";
  Spend(70, false);
  AdvanceTo(59);
  EXPECT_EQ(budget_.left(), 30u);
  Spend(30, false);
  EXPECT_EQ(budget_.left(), 0u);
  EXPECT_EQ(budget_.left_for_others(), 0u);
}

TEST_F(AdmissionBudgetTest, BeginsAnewAfterTheFirstWindow) {
  AdvanceTo(59);
  Spend(100, false);
  AdvanceTo(60);
  EXPECT_EQ(budget_.left(), 20u);
  Spend(20, true);
  EXPECT_EQ(budget_.left(), 0u);
  EXPECT_EQ(budget_.admissions(), 120u);
}

TEST_F(AdmissionBudgetTest, LeavesHalfToOldConnections) {
  AdvanceTo(100);
  EXPECT_EQ(budget_.left_for_others(), 10u);
  Spend(10, false);
  EXPECT_EQ(budget_.left_for_others(), 0u);
  EXPECT_EQ(budget_.left(), 10u);
  Spend(4, true);
  EXPECT_EQ(budget_.left(), 6u);
}

TEST_F(AdmissionBudgetTest, OldConnectionsMayTakeAll) {
  AdvanceTo(100);
  Spend(15, true);
  EXPECT_EQ(budget_.left(), 5u);
  EXPECT_EQ(budget_.left_for_others(), 5u);
  Spend(5, true);
  EXPECT_EQ(budget_.left_for_others(), 0u);
}

TEST_F(AdmissionBudgetTest, NoSixtySecondsHaveMore) {
  AdvanceTo(100);
  Spend(10, false);
  AdvanceTo(130);
  Spend(10, true);
  AdvanceTo(160);
  EXPECT_EQ(budget_.left(), 0u) << "from 100 to 160 are 60 s";
  AdvanceTo(160.1);
  EXPECT_EQ(budget_.left(), 10u);
  EXPECT_EQ(budget_.left_for_others(), 10u);
  Spend(10, true);
  AdvanceTo(190);
  EXPECT_EQ(budget_.left(), 0u);
  AdvanceTo(190.1);
  EXPECT_EQ(budget_.left(), 10u);
  AdvanceTo(1000);
  EXPECT_EQ(budget_.left(), 20u) << "what was not used is not saved";
}

TEST_F(AdmissionBudgetTest, TimeThatStepsBackGivesNothing) {
  AdvanceTo(100);
  Spend(20, true);
  AdvanceTo(10);
  EXPECT_EQ(budget_.left(), 0u);
}

TEST(AdmissionBudget, NoneAfterTheFirstWindow) {
  AdmissionBudget budget(5, 0, kSecondNs);
  budget.Begin(kBeginNs);
  budget.AdvanceTime(kBeginNs);
  EXPECT_EQ(budget.left(), 5u);
  budget.AdvanceTime(kBeginNs + kSecondNs);
  EXPECT_EQ(budget.left(), 0u);
  budget.AdvanceTime(kBeginNs + 1000 * kSecondNs);
  EXPECT_EQ(budget.left(), 0u);
}

TEST(AdmissionBudget, OneGoesToAnOldConnection) {
  AdmissionBudget budget(5, 1, kSecondNs);
  budget.Begin(kBeginNs);
  budget.AdvanceTime(kBeginNs + 2 * kSecondNs);
  EXPECT_EQ(budget.left_for_others(), 0u);
  EXPECT_EQ(budget.left(), 1u);
}

}  // namespace
}  // namespace tcpgauge
