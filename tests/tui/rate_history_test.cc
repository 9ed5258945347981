// SPDX-License-Identifier: Apache-2.0
#include "tui/rate_history.h"

#include <gtest/gtest.h>

#include "tests/tui/scripted_traffic.h"

namespace tcpgauge {
namespace {

Snapshot At(int64_t milliseconds, std::initializer_list<std::pair<uint64_t, double>> rates) {
  Snapshot snapshot;
  snapshot.time_ns = kScriptStartNs + milliseconds * 1000000;
  for (const auto& [id, rate] : rates) {
    snapshot.connections.push_back(
        ScriptedConnection(id, EndpointOf("192.0.2.1", 50000), EndpointOf("192.0.2.2", 22), rate, 1));
  }
  return snapshot;
}

TEST(RateHistory, TakesOneSampleASecond) {
  RateHistory history;
  for (int64_t tenth = 0; tenth <= 20; ++tenth) history.Record(At(tenth * 100, {{1, static_cast<double>(tenth)}}));
  EXPECT_EQ(history.Of(1, 10), (std::vector<double>{1, 10, 19}));
}

TEST(RateHistory, GivesTheNewestAndForgetsTheOldest) {
  RateHistory history;
  for (int64_t i = 0; i < 500; ++i) history.Record(At(i * 1000, {{1, static_cast<double>(i)}}));
  EXPECT_EQ(history.Of(1, 2), (std::vector<double>{499, 500}));
  EXPECT_EQ(history.Of(1, 1000).size(), RateHistory::kSamples);
  EXPECT_EQ(history.Of(1, 1000).back(), 500);
}

TEST(RateHistory, AConnectionThatBecameHeavyCountsAsSilentBefore) {
  RateHistory history;
  for (int64_t i = 0; i < 10; ++i) history.Record(At(i * 1000, {{1, 5}}));
  const Snapshot last = At(10000, {{1, 5}, {2, 90}, {3, 90}});
  history.Record(last);
  EXPECT_EQ(history.AverageOf(last.connections[0], last.time_ns, 10)->up, 5);
  EXPECT_EQ(history.AverageOf(last.connections[0], last.time_ns, 10)->down, 1);
  EXPECT_EQ(history.AverageOf(last.connections[1], last.time_ns, 10)->up, 90.0 / 9) << "over its age";
  ConnectionSummary young = last.connections[2];
  young.start_time_ns = last.time_ns - 2 * kNanosecondsPerSecond;
  EXPECT_EQ(history.AverageOf(young, last.time_ns, 10)->up, 45);
  EXPECT_EQ(history.AverageOf(ScriptedConnection(4, Endpoint(), Endpoint()), last.time_ns, 10), std::nullopt);
}

TEST(RateHistory, KnowsNothingOfOthers) { EXPECT_TRUE(RateHistory().Of(7, 10).empty()); }

TEST(RateHistory, WhatIsGoneIsForgottenButTheWatched) {
  RateHistory history;
  history.Watch(2);
  history.Record(At(0, {{1, 0}, {2, 0}}));
  history.Record(At(1000, {{3, 0}}));
  EXPECT_TRUE(history.Of(1, 10).empty());
  EXPECT_EQ(history.Of(2, 10).size(), 1u);
}

TEST(RateHistory, OnlyTheHeaviestAndTheWatchedAreKept) {
  RateHistory history;
  history.Watch(5000);
  Snapshot snapshot;
  for (uint64_t id = 1; id <= 5000; ++id) {
    snapshot.connections.push_back(ScriptedConnection(id, Endpoint(), Endpoint()));
  }
  history.Record(snapshot);
  EXPECT_EQ(history.Of(RateHistory::kConnections, 1).size(), 1u);
  EXPECT_TRUE(history.Of(RateHistory::kConnections + 1, 1).empty());
  EXPECT_EQ(history.Of(5000, 1).size(), 1u);
}

}  // namespace
}  // namespace tcpgauge
