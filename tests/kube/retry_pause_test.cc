// SPDX-License-Identifier: Apache-2.0
#include "src/kube/retry_pause.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace tcpgauge {
namespace {

constexpr int64_t kSecond = kNanosecondsPerSecond;

RetryPause PauseWith(double random) {
  RetryPauseOptions options;
  options.random = [random] { return random; };
  return RetryPause(options);
}

TEST(RetryPause, DoublesUpToAMinute) {
  RetryPause pause = PauseWith(0.5);
  for (const int64_t seconds : {1, 2, 4, 8, 16, 32, 60, 60, 60}) {
    EXPECT_EQ(pause.AfterFailure(std::nullopt), seconds * kSecond);
  }
  for (int i = 0; i < 100; ++i) pause.AfterFailure(std::nullopt);
  EXPECT_EQ(pause.AfterFailure(std::nullopt), 60 * kSecond);
  pause.Reset();
  EXPECT_EQ(pause.AfterFailure(std::nullopt), kSecond);
}

TEST(RetryPause, IsSpread) {
  EXPECT_EQ(PauseWith(0).AfterFailure(std::nullopt), kSecond / 2);
  EXPECT_NEAR(static_cast<double>(PauseWith(0.999).AfterFailure(std::nullopt)), 1.499e9, 1e3);
  EXPECT_EQ(PauseWith(0).AfterExpiry(), 0);
  EXPECT_EQ(PauseWith(0.5).AfterExpiry(), 15 * kSecond);
}

TEST(RetryPause, IsNotShorterThanTheServerAsks) {
  EXPECT_EQ(PauseWith(0).AfterFailure(7), 7 * kSecond);
  EXPECT_EQ(PauseWith(0.5).AfterFailure(8), 10 * kSecond);
  EXPECT_EQ(PauseWith(0).AfterFailure(1000000), 600 * kSecond);
  EXPECT_EQ(PauseWith(0).AfterFailure(-5), kSecond);
}

TEST(RetryPause, GrowsWhenTheServerForgetsAgainAndAgain) {
  RetryPause pause = PauseWith(0.5);
  EXPECT_EQ(pause.AfterExpiry(), 15 * kSecond);
  EXPECT_EQ(pause.AfterExpiry(), 17 * kSecond);
  EXPECT_GT(pause.AfterExpiry(), 17 * kSecond);
}

TEST(FirstRequest, IsSpreadEvenlyOverTheNodes) {
  std::vector<int> nodes_by_second(60);
  for (int i = 0; i < 6000; ++i) {
    const int64_t first_ns = FirstRequestNs("node-" + std::to_string(i), 60 * kSecond);
    ASSERT_GE(first_ns, 0);
    ASSERT_LT(first_ns, 60 * kSecond);
    ++nodes_by_second[static_cast<size_t>(first_ns / kSecond)];
  }
  for (const int nodes : nodes_by_second) {
    EXPECT_GT(nodes, 50);
    EXPECT_LT(nodes, 150);
  }
}

TEST(FirstRequest, IsTheSameAfterEachStart) {
  EXPECT_EQ(FirstRequestNs("node-1", 60 * kSecond), FirstRequestNs("node-1", 60 * kSecond));
  EXPECT_EQ(FirstRequestNs("node-1", 0), 0);
}

}  // namespace
}  // namespace tcpgauge
