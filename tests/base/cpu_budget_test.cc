// SPDX-License-Identifier: Apache-2.0
#include "src/base/cpu_budget.h"

#include <gtest/gtest.h>

#include <thread>

#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

TEST(CpuBudget, IsSpentWhenTheWorkHasTakenAllOfIt) {
  int64_t now_ns = 7000;
  const CpuBudget budget(1000, [&now_ns] { return now_ns; });
  EXPECT_FALSE(budget.IsSpent());
  now_ns = 7999;
  EXPECT_FALSE(budget.IsSpent());
  now_ns = 8000;
  EXPECT_TRUE(budget.IsSpent());
}

TEST(CpuBudget, AnEmptyBudgetIsSpentAtOnce) { EXPECT_TRUE(CpuBudget(0).IsSpent()); }

TEST(CpuBudget, IsSpentByComputing) {
  const CpuBudget budget(kNanosecondsPerMillisecond);
  const int64_t begin_ns = ThreadCpuNanoseconds();
  while (!budget.IsSpent()) {
  }
  EXPECT_GE(ThreadCpuNanoseconds() - begin_ns, kNanosecondsPerMillisecond / 2);
}

TEST(CpuBudget, OtherThreadsDoNotSpendIt) {
  constexpr int64_t kMuchNs = 200 * kNanosecondsPerMillisecond;
  const CpuBudget budget(kMuchNs);
  std::thread other([] {
    const CpuBudget own(2 * kMuchNs);
    while (!own.IsSpent()) {
    }
  });
  other.join();
  EXPECT_FALSE(budget.IsSpent());
}

}  // namespace
}  // namespace tcpgauge
