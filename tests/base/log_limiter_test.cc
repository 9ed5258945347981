// SPDX-License-Identifier: Apache-2.0
#include "src/base/log_limiter.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace tcpgauge {
namespace {

class HandMovedClock final : public Clock {
 public:
  int64_t WallNanoseconds() const override { return 0; }
  int64_t SteadyNanoseconds() const override { return now_ns; }
  int64_t now_ns = 0;
};

TEST(LogLimiter, LetsTheFirstThroughEvenAtTimeZero) {
  HandMovedClock clock;
  LogLimiter limiter(clock, kNanosecondsPerSecond);
  EXPECT_EQ(limiter.Admit(), 0u);
}

TEST(LogLimiter, LetsOneThroughPerIntervalAndCountsTheRest) {
  HandMovedClock clock;
  LogLimiter limiter(clock, kNanosecondsPerSecond);
  limiter.Admit();
  clock.now_ns = kNanosecondsPerSecond - 1;
  EXPECT_EQ(limiter.Admit(), std::nullopt);
  EXPECT_EQ(limiter.Admit(), std::nullopt);
  clock.now_ns = kNanosecondsPerSecond;
  EXPECT_EQ(limiter.Admit(), 2u);
  clock.now_ns = 2 * kNanosecondsPerSecond;
  EXPECT_EQ(limiter.Admit(), 0u);
}

TEST(LogLimiter, LetsOneOfManyThreadsThrough) {
  HandMovedClock clock;
  LogLimiter limiter(clock, kNanosecondsPerSecond);
  std::atomic<int> admitted{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] { admitted += limiter.Admit().has_value() ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(admitted, 1);
}

}  // namespace
}  // namespace tcpgauge
