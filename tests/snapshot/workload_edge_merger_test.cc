// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/workload_edge_merger.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <memory>
#include <random>
#include <string>

#include "src/flow/binding_table.h"
#include "tests/support/distribution_laws.h"

namespace tcpgauge {
namespace {

constexpr int64_t kSecond = 1000000000;
constexpr uint8_t kBoth = Binding::kClientIsLocal | Binding::kServerIsLocal;

// Two workers report accounts. A workload edge is named by its port.
class WorkloadEdgeMergerTest : public testing::Test {
 protected:
  WorkloadEdgeMergerTest() {
    options_.max_exported = 2;
    options_.window_ns = 10 * kSecond;
    options_.idle_timeout_ns = 100 * kSecond;
    options_.capture_start_time_ns = 7;
  }

  // Sets the account of the worker `worker` with this number: a cell, or a fold if `port` is 0.
  void Report(size_t worker, uint64_t number, uint16_t port, uint64_t segments, uint8_t local_ends = kBoth) {
    Forget(worker, number);
    WorkloadAccount account;
    account.number = number;
    account.is_fold = port == 0;
    account.key.edge.server_port = port;
    account.key.local_ends = local_ends;
    account.counters.segments = segments;
    account.counters.server_payload_bytes = segments;
    workers_[worker].push_back(account);
  }
  void Forget(size_t worker, uint64_t number) {
    std::vector<WorkloadAccount>& accounts = workers_[worker];
    for (size_t i = 0; i < accounts.size(); ++i) {
      if (accounts[i].number == number) accounts.erase(accounts.begin() + static_cast<ptrdiff_t>(i--));
    }
  }
  // Adds an exchange to the account that was reported last.
  void Respond(size_t worker, double seconds) {
    ++Last(worker).counters.response_count;
    Last(worker).distributions.response_seconds.Observe(seconds);
  }
  // The response times of the workload edge with this port, or of `other` if the port is 0.
  std::map<int32_t, uint64_t> Responses(int port) const {
    if (port == 0) return CountsAtScale(merged_.other_distributions[0].response_seconds, 3);
    for (const WorkloadEdgeView& edge : merged_.exported) {
      if (edge.key.server_port == port) return CountsAtScale(edge.distributions.response_seconds, 3);
    }
    return {};
  }
  WorkloadAccount& Last(size_t worker) { return workers_[worker].back(); }
  void Merge(int64_t seconds) {
    if (merger_ == nullptr) merger_ = std::make_unique<WorkloadEdgeMerger>(options_);
    merged_ = merger_->Merge({&workers_[0], &workers_[1]}, seconds * kSecond);
  }
  // The segments of each workload edge of the reporter, by port; "other" is 0.
  std::map<int, uint64_t> Segments(Reporter reporter = Reporter::kClient) const {
    std::map<int, uint64_t> segments;
    segments[0] = merged_.other[static_cast<size_t>(reporter)].segments;
    for (const WorkloadEdgeView& edge : merged_.exported) {
      if (edge.key.reporter == reporter) segments[edge.key.server_port] = edge.counters.segments;
    }
    return segments;
  }
  using Map = std::map<int, uint64_t>;

  WorkloadEdgeOptions options_;
  std::vector<WorkloadAccount> workers_[2];
  std::unique_ptr<WorkloadEdgeMerger> merger_;
  WorkloadEdgesView merged_;
};

TEST_F(WorkloadEdgeMergerTest, AddsUpTheWorkersForEachReporter) {
  options_.max_exported = 10;
  Report(0, 10, 80, 5);
  Report(1, 10, 80, 6);
  Report(1, 11, 81, 7, Binding::kServerIsLocal);
  Report(1, 12, 82, 8, 0);
  Report(0, 2, 0, 100, Binding::kClientIsLocal);
  Merge(1);
  EXPECT_EQ(Segments(Reporter::kClient), (Map{{0, 100}, {80, 11}}));
  EXPECT_EQ(Segments(Reporter::kServer), (Map{{0, 0}, {80, 11}, {81, 7}}));
  EXPECT_EQ(Segments(Reporter::kTransit), (Map{{0, 0}, {82, 8}}));
}

TEST_F(WorkloadEdgeMergerTest, TheFirstOnesHaveSeriesAndAllElseIsOther) {
  Report(0, 10, 80, 5, Binding::kClientIsLocal);
  Report(0, 11, 81, 6, Binding::kClientIsLocal);
  Report(0, 12, 82, 7, Binding::kClientIsLocal);
  Merge(1);
  EXPECT_EQ(Segments(), (Map{{0, 7}, {80, 5}, {81, 6}}));
  Report(1, 10, 83, 1000, Binding::kClientIsLocal);
  Merge(2);
  EXPECT_EQ(Segments(), (Map{{0, 1007}, {80, 5}, {81, 6}}));
  EXPECT_EQ(merged_.exported[0].start_time_ns, 7);
}

TEST_F(WorkloadEdgeMergerTest, PortsThatNeverAnsweredGetNoSeries) {
  for (uint16_t port = 1; port <= 100; ++port) {
    Report(0, 100 + port, port, 0, Binding::kClientIsLocal);
    Last(0).counters.connections_opened = Last(0).counters.connections_refused = 3;
    Last(0).counters.client_payload_bytes = 10;
  }
  Merge(1);
  EXPECT_TRUE(merged_.exported.empty());
  EXPECT_EQ(merged_.other[0].connections_refused, 300u);
  Report(0, 10, 443, 0, Binding::kClientIsLocal);
  Last(0).counters.handshake_rtt_count = 1;
  Merge(2);
  ASSERT_EQ(merged_.exported.size(), 1u);
  EXPECT_EQ(merged_.exported[0].key.server_port, 443);
}

TEST_F(WorkloadEdgeMergerTest, AnIdleOneGivesItsPlaceAndItsCountsToOther) {
  Report(0, 10, 80, 5, Binding::kClientIsLocal);
  Report(0, 11, 81, 6, Binding::kClientIsLocal);
  Report(0, 12, 82, 7, Binding::kClientIsLocal);
  Merge(1);
  for (int second = 50; second <= 150; second += 50) {
    Report(0, 11, 81, static_cast<uint64_t>(second), Binding::kClientIsLocal);
    Report(0, 12, 82, static_cast<uint64_t>(second), Binding::kClientIsLocal);
    Merge(second);
  }
  EXPECT_EQ(Segments(), (Map{{0, 155}, {81, 150}, {82, 0}})) << "82 is announced; its earlier counts stay in other";
  Report(0, 12, 82, 160, Binding::kClientIsLocal);
  Merge(155);
  EXPECT_EQ(Segments(), (Map{{0, 165}, {81, 150}, {82, 0}}));
  Report(0, 12, 82, 180, Binding::kClientIsLocal);
  Merge(161);
  EXPECT_EQ(Segments(), (Map{{0, 165}, {81, 150}, {82, 20}}));
}

TEST_F(WorkloadEdgeMergerTest, ASilentOneWithAnOpenConnectionKeepsItsPlace) {
  Report(0, 10, 80, 5);
  Last(0).counters.connections = 1;
  for (const int second : {1, 101, 201, 301}) Merge(second);
  EXPECT_EQ(Segments(), (Map{{0, 0}, {80, 5}}));
}

TEST_F(WorkloadEdgeMergerTest, TrafficSinceTheLastMergeKeepsThePlace) {
  Report(0, 10, 80, 5);
  Merge(1);
  Report(0, 10, 80, 6);
  Merge(101);
  EXPECT_EQ(Segments(), (Map{{0, 0}, {80, 6}}));
  Last(0).counters.connections = 1;
  Merge(201);
  EXPECT_EQ(Segments(), (Map{{0, 0}, {80, 6}})) << "it has an open connection now";
}

TEST_F(WorkloadEdgeMergerTest, SumsOfFractionsDoNotFallWhenATableForgetsACell) {
  options_.max_exported = 10;
  const double rtt_seconds[] = {0.1, 0.2, 0.3};
  for (uint64_t i = 0; i < 3; ++i) {
    Report(0, 10 + i, 80, 1, Binding::kClientIsLocal);
    Last(0).counters.handshake_rtt_sum_seconds = rtt_seconds[i];
  }
  Merge(1);
  ASSERT_EQ(merged_.exported.size(), 1u);
  const double before = merged_.exported[0].counters.handshake_rtt_sum_seconds;
  ASSERT_GT(before, 0.2 + 0.3 + 0.1) << "rounding depends on the order";
  Forget(0, 10);
  Report(0, 2, 0, 1, Binding::kClientIsLocal);
  Last(0).counters.handshake_rtt_sum_seconds = 0.1;
  Merge(2);
  EXPECT_GE(merged_.exported[0].counters.handshake_rtt_sum_seconds, before);
}

TEST_F(WorkloadEdgeMergerTest, DistributionsOfTheWorkersAreAddedUp) {
  options_.max_exported = 1;
  Report(0, 10, 80, 1, Binding::kClientIsLocal);
  Respond(0, 1);
  Report(1, 10, 80, 1, Binding::kClientIsLocal);
  Respond(1, 4);
  Report(1, 11, 81, 1, Binding::kClientIsLocal);
  Respond(1, 8);
  Report(1, 2, 0, 1, Binding::kClientIsLocal);  // the fold
  Respond(1, 16);
  Merge(1);
  EXPECT_EQ(Responses(80), (std::map<int32_t, uint64_t>{{-1, 1}, {15, 1}}));
  EXPECT_EQ(Responses(0), (std::map<int32_t, uint64_t>{{23, 1}, {31, 1}}));
  EXPECT_EQ(merged_.other_distributions[1].response_seconds.Count(), 0u) << "the server is not local";
}

TEST_F(WorkloadEdgeMergerTest, WhatCameBeforeTheSeriesBeganStaysInTheDistributionOfOther) {
  Report(0, 2, 0, 1, Binding::kClientIsLocal);
  Merge(1);
  Report(0, 10, 80, 1, Binding::kClientIsLocal);
  Respond(0, 1);
  Merge(20);  // announces it
  EXPECT_EQ(Responses(80), (std::map<int32_t, uint64_t>{}));
  EXPECT_EQ(Responses(0), (std::map<int32_t, uint64_t>{{-1, 1}}));
  Respond(0, 2);
  Merge(25);
  EXPECT_EQ(Responses(80), (std::map<int32_t, uint64_t>{}));
  Respond(0, 4);
  Merge(30);
  EXPECT_EQ(Responses(80), (std::map<int32_t, uint64_t>{{15, 1}}));
  EXPECT_EQ(Responses(0), (std::map<int32_t, uint64_t>{{-1, 1}, {7, 1}}));
}

TEST_F(WorkloadEdgeMergerTest, TheDistributionsOfAForgottenCellAreKept) {
  Report(0, 10, 80, 1, Binding::kClientIsLocal);
  Respond(0, 1);
  Merge(1);
  Forget(0, 10);
  Report(0, 2, 0, 1, Binding::kClientIsLocal);
  Respond(0, 1);
  Merge(2);
  EXPECT_EQ(Responses(80), (std::map<int32_t, uint64_t>{{-1, 1}}));
  EXPECT_EQ(Responses(0), (std::map<int32_t, uint64_t>{}));
}

TEST_F(WorkloadEdgeMergerTest, ResponsesSinceTheLastMergeKeepThePlace) {
  Report(0, 10, 80, 5, Binding::kClientIsLocal);
  Merge(1);
  Respond(0, 1);
  Merge(101);
  EXPECT_EQ(merged_.exported.size(), 1u);
}

TEST_F(WorkloadEdgeMergerTest, SumsOfResponseTimesDoNotFallWhenATableForgetsACell) {
  options_.max_exported = 1;
  const double seconds[] = {0.1, 0.2, 0.3};
  for (uint64_t i = 0; i < 3; ++i) {
    Report(0, 10 + i, 80, 1, Binding::kClientIsLocal);
    Last(0).counters.response_sum_seconds = seconds[i];
    Report(1, 10 + i, 81, 1, Binding::kClientIsLocal);
    Last(1).counters.response_sum_seconds = seconds[i];
  }
  Merge(1);
  ASSERT_EQ(merged_.exported.size(), 1u);
  const double before = merged_.exported[0].counters.response_sum_seconds;
  const double other_before = merged_.other[0].response_sum_seconds;
  ASSERT_GT(before, 0.2 + 0.3 + 0.1) << "rounding depends on the order";
  for (const size_t worker : {0, 1}) {
    Forget(worker, 10);
    Report(worker, 2, 0, 1, Binding::kClientIsLocal);
    Last(worker).counters.response_sum_seconds = 0.1;
  }
  Merge(2);
  EXPECT_GE(merged_.exported[0].counters.response_sum_seconds, before);
  EXPECT_GE(merged_.other[0].response_sum_seconds, other_before);
}

// Random cells of two workers, which are forgotten and come again. Each value is in one account of each reporter, and
// no bucket of a series falls.
TEST_F(WorkloadEdgeMergerTest, EveryValueIsInOneAccountAndNoBucketFalls) {
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    merger_ = nullptr;
    options_.max_exported = 3;
    options_.idle_timeout_ns = 40 * kSecond;
    uint64_t last_number = 10;
    EdgeDistributions all;
    EdgeDistributions other_before;
    std::map<int, EdgeDistributions> before;
    std::map<int, int64_t> since;
    for (std::vector<WorkloadAccount>& accounts : workers_) {
      accounts.clear();
      WorkloadAccount fold;
      fold.number = 2;
      fold.is_fold = true;
      fold.key.local_ends = Binding::kClientIsLocal;
      accounts.push_back(fold);
    }
    for (int step = 1; step <= 400; ++step) {
      const bool is_quiet = step % 200 > 130;  // long enough for series to end
      for (int i = is_quiet ? 0 : random() % 10; i > 0; --i) {
        std::vector<WorkloadAccount>& accounts = workers_[random() % 2];
        const size_t place = random() % (accounts.size() + 1);
        if (place == accounts.size()) {
          WorkloadAccount cell;
          cell.number = ++last_number;
          cell.key.edge.server_port = static_cast<uint16_t>(80 + random() % 6);
          cell.key.local_ends = Binding::kClientIsLocal;
          accounts.push_back(cell);
        } else if (random() % 8 == 0 && place != 0) {
          AddEdgeAccount(accounts[place], &accounts[0]);
          accounts.erase(accounts.begin() + static_cast<ptrdiff_t>(place));
          Merge(step);  // a table forgets only cells that nobody used since the last call
        } else {
          WorkloadAccount& account = accounts[place];
          const double seconds = random() % 100 == 0 ? std::ldexp(1, static_cast<int>(random() % 60) - 30)
                                                     : 0.001 * account.key.edge.server_port * (1 + random() % 64);
          ++account.counters.handshake_rtt_count;
          account.distributions.handshake_rtt_seconds.Observe(seconds);
          all.handshake_rtt_seconds.Observe(seconds);
          Merge(step);
        }
      }
      Merge(step);
      EdgeDistributions sum = merged_.other_distributions[0];
      ASSERT_TRUE(CountsAgree(merged_.other[0], sum));
      ASSERT_TRUE(OnlyGrew(other_before, sum)) << "step " << step;
      other_before = sum;
      std::map<int, EdgeDistributions> now;
      for (const WorkloadEdgeView& edge : merged_.exported) {
        const int port = edge.key.server_port;
        ASSERT_TRUE(CountsAgree(edge.counters, edge.distributions));
        AddEdgeDistributions(edge.distributions, &sum);
        now[port] = edge.distributions;
        if (before.count(port) != 0 && since[port] == edge.start_time_ns) {
          ASSERT_TRUE(OnlyGrew(before[port], edge.distributions)) << "step " << step;
        }
        since[port] = edge.start_time_ns;
      }
      before = std::move(now);
      ASSERT_TRUE(AreEqual(sum, all)) << "step " << step;
    }
  }
}

TEST_F(WorkloadEdgeMergerTest, OneThatEndedComesBackAfterAWindowAndFromZero) {
  Report(0, 10, 80, 5);
  Merge(1);
  Merge(101);
  Merge(102);
  EXPECT_EQ(Segments(), (Map{{0, 5}}));
  Report(0, 10, 80, 9);
  Merge(105);
  EXPECT_EQ(Segments(), (Map{{0, 9}}));
  Merge(112);
  EXPECT_EQ(Segments(), (Map{{0, 9}, {80, 0}}));
  EXPECT_EQ(merged_.exported[0].start_time_ns, 112 * kSecond);
  Report(0, 10, 80, 12);
  Merge(122);
  EXPECT_EQ(Segments(), (Map{{0, 9}, {80, 3}}));
}

TEST_F(WorkloadEdgeMergerTest, AForgottenCellIsKeptForItsWorkloadEdge) {
  Report(0, 10, 80, 5);
  Report(1, 10, 80, 20);
  Merge(1);
  Forget(0, 10);
  Report(0, 4, 0, 5);  // the fold
  Merge(2);
  EXPECT_EQ(Segments(Reporter::kClient), (Map{{0, 0}, {80, 25}}));
  EXPECT_EQ(Segments(Reporter::kServer), (Map{{0, 0}, {80, 25}}));
  Report(0, 11, 80, 3);
  Merge(3);
  EXPECT_EQ(Segments(), (Map{{0, 0}, {80, 28}}));
  Forget(0, 11);
  Forget(1, 10);
  Report(0, 4, 0, 8);
  Report(1, 4, 0, 20);
  Merge(4);
  EXPECT_EQ(Segments(), (Map{{0, 0}, {80, 28}}));
  Merge(200);
  Merge(201);
  EXPECT_EQ(Segments(), (Map{{0, 28}}));
}

TEST_F(WorkloadEdgeMergerTest, AWorkloadThatComesAgainWithAnotherNumberIsTheSameWorkload) {
  const auto report = [this](uint64_t number, uint32_t workload_number, const std::string& workload,
                             uint64_t segments) {
    Report(0, number, 80, segments, Binding::kClientIsLocal);
    auto identity = std::make_shared<NumberedIdentity>();
    identity->workload_number = workload_number;
    identity->identity.workload = workload;
    Last(0).client = identity;
    Last(0).key.edge.client.workload_number = workload_number;
  };
  report(10, 1, "web", 5);
  Merge(1);
  report(11, 2, "web", 7);
  Merge(2);
  ASSERT_EQ(merged_.exported.size(), 1u) << "two would have the same labels";
  EXPECT_EQ(Segments(), (Map{{0, 0}, {80, 12}}));
  report(12, 3, "db", 1);
  Merge(3);
  EXPECT_EQ(merged_.exported.size(), 2u);
}

TEST_F(WorkloadEdgeMergerTest, WorkloadsThatComeAndGoKeepTheirNumbersWhileTheyHaveSeries) {
  for (uint64_t i = 0; i < 5000; ++i) {
    Report(0, 10, 80, i + 1, Binding::kClientIsLocal);
    for (const bool changes : {false, true}) {
      if (changes) Report(0, 100 + i, 81, 1, Binding::kClientIsLocal);
      auto identity = std::make_shared<NumberedIdentity>();
      identity->workload_number = 1;
      identity->identity.workload = changes ? "job-" + std::to_string(i) : "web";
      Last(0).client = identity;
    }
    Merge(1 + static_cast<int64_t>(i) / 100);
    Forget(0, 100 + i);
    ASSERT_EQ(Segments()[80], i + 1);
  }
}

TEST_F(WorkloadEdgeMergerTest, ZonesCountEachConnectionOnceAndKeepTheirOrder) {
  Report(0, 10, 80, 0);
  Last(0).key.client_zone = "a";
  Last(0).key.server_zone = "b";
  Last(0).counters.client_payload_bytes = 10;
  Last(0).counters.server_payload_bytes = 5;
  Report(1, 10, 81, 0);
  Last(1).counters.client_payload_bytes = 99;  // both zones are unknown
  Merge(1);
  Report(0, 11, 82, 0);
  Last(0).key.client_zone = "a";
  Last(0).counters.client_payload_bytes = 7;
  Forget(0, 10);
  Merge(2);
  ASSERT_EQ(merged_.zones.size(), 2u);
  EXPECT_EQ(merged_.zones[0].client_zone, "a");
  EXPECT_EQ(merged_.zones[0].server_zone, "b");
  EXPECT_EQ(merged_.zones[0].payload_bytes, 15u) << "a forgotten cell is kept";
  EXPECT_EQ(merged_.zones[1].server_zone, "");
  EXPECT_EQ(merged_.zones[1].payload_bytes, 7u);
}

TEST_F(WorkloadEdgeMergerTest, OnlyTheNodeOfTheClientCountsForZones) {
  for (const uint8_t local_ends : std::vector<uint8_t>{0, Binding::kServerIsLocal, Binding::kClientIsLocal}) {
    Report(0, 10 + uint64_t{local_ends}, 80, 4, local_ends);
    Last(0).key.client_zone = "a";
    Last(0).key.server_zone = "b";
  }
  Merge(1);
  ASSERT_EQ(merged_.zones.size(), 1u);
  EXPECT_EQ(merged_.zones[0].payload_bytes, 4u);
}

TEST_F(WorkloadEdgeMergerTest, FurtherPairsOfZonesAreCountedTogether) {
  for (uint16_t i = 0; i < 100; ++i) {
    Report(0, 10 + i, static_cast<uint16_t>(80 + i), 0);
    Last(0).key.client_zone = "zone-" + std::to_string(i);
    Last(0).key.server_zone = "b";
    Last(0).counters.client_payload_bytes = 1;
  }
  Merge(1);
  Merge(2);
  ASSERT_EQ(merged_.zones.size(), WorkloadEdgeMerger::kMaxZonePairs + 1);
  EXPECT_EQ(merged_.zones.back().client_zone, "other");
  EXPECT_EQ(merged_.zones.back().server_zone, "other");
  EXPECT_EQ(merged_.zones.back().payload_bytes, 100 - WorkloadEdgeMerger::kMaxZonePairs);
}

}  // namespace
}  // namespace tcpgauge
