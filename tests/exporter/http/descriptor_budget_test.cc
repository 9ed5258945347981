// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/descriptor_budget.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

namespace tcpgauge {
namespace {

void SetLimits(rlim_t soft, rlim_t hard) {
  const rlimit limit = {soft, hard};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

// A process can only lower its hard limit, so each test sets a lower one than the test before.
TEST(DescriptorBudget, RaisesTheSoftLimitToTheHardOneAndLeavesSomeForFiles) {
  SetLimits(100, 200);
  const size_t budget = DescriptorBudget();
  EXPECT_GT(budget, 100);
  EXPECT_LT(budget, 195);
  const int taken = open("/dev/null", O_RDONLY);
  EXPECT_EQ(DescriptorBudget(), budget - 1);
  close(taken);
}

TEST(DescriptorBudget, IsNothingWhenHardlyAnyIsLeft) {
  SetLimits(6, 6);
  EXPECT_EQ(DescriptorBudget(), 0);
}

}  // namespace
}  // namespace tcpgauge
