// SPDX-License-Identifier: Apache-2.0
#include "src/flow/first_window.h"

#include <cstdint>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace tcpgauge {
namespace {

constexpr int64_t kSecond = 1000000000;
constexpr int64_t kStart = 1700000000 * kSecond;
constexpr int64_t kWindow = 60 * kSecond;

TEST(FirstWindow, IsNotOverBeforeItBegins) {
  const FirstWindow window;
  EXPECT_FALSE(window.IsOver(kStart, kWindow));
  EXPECT_FALSE(window.IsOver(INT64_MAX, kWindow));
}

TEST(FirstWindow, IsOverWhenItsLengthHasPassed) {
  FirstWindow window;
  window.Begin(kStart);
  EXPECT_FALSE(window.IsOver(kStart, kWindow));
  EXPECT_FALSE(window.IsOver(kStart + kWindow - 1, kWindow));
  EXPECT_TRUE(window.IsOver(kStart + kWindow, kWindow));
}

TEST(FirstWindow, BeginsOnce) {
  FirstWindow window;
  window.Begin(kStart);
  window.Begin(kStart + 2 * kWindow);
  window.Begin(kStart - kWindow);
  EXPECT_FALSE(window.IsOver(kStart + kWindow - 1, kWindow));
  EXPECT_TRUE(window.IsOver(kStart + 2 * kWindow, kWindow));
}

TEST(FirstWindow, IsNotOverForAWorkerWhoseTimeIsBehind) {
  FirstWindow window;
  window.Begin(kStart);
  EXPECT_FALSE(window.IsOver(kStart - kSecond, kWindow));
}

TEST(FirstWindow, MayBeginAtTheEpoch) {
  FirstWindow window;
  window.Begin(0);
  window.Begin(kStart);
  EXPECT_FALSE(window.IsOver(kWindow - 1, kWindow));
  EXPECT_TRUE(window.IsOver(kWindow, kWindow));
}

TEST(FirstWindow, AllWorkersAgreeOnItsBeginning) {
  constexpr int kWorkers = 4;
  FirstWindow window;
  std::vector<int64_t> last_ns(kWorkers);  // the last second that each worker counts to the window
  std::vector<std::thread> workers;
  for (int i = 0; i < kWorkers; ++i) {
    workers.emplace_back([&window, i, last = &last_ns[i]] {
      window.Begin(kStart + i * kSecond);
      *last = kStart;
      while (!window.IsOver(*last + kSecond, kWindow)) *last += kSecond;
    });
  }
  for (std::thread& worker : workers) worker.join();
  for (const int64_t last : last_ns) EXPECT_EQ(last, last_ns[0]);
  EXPECT_GE(last_ns[0], kStart + kWindow - kSecond);
  EXPECT_LT(last_ns[0], kStart + kWindow + (kWorkers - 1) * kSecond);
}

}  // namespace
}  // namespace tcpgauge
