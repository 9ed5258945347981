// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/series_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "src/net/connection_state.h"
#include "tests/snapshot/simulated_host.h"

namespace tcpgauge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int64_t kSecondNs = SimulatedHost::kSecondNs;

// A host, and the choice of which of its connections have series.
class ChoiceOnHost {
 public:
  explicit ChoiceOnHost(const SeriesChoiceOptions& options)
      : host_(options.window_ns, options.max_connections), choice_(options) {}

  SimulatedHost& host() { return host_; }
  const SeriesChoice& choice() const { return choice_; }

  // Lets time pass, makes a snapshot, and returns the names of the connections with series.
  std::set<uint64_t> After(double seconds) {
    host_.AdvanceSeconds(seconds);
    std::vector<uint32_t> by_rank;
    const Snapshot snapshot = host_.Take(&by_rank);
    std::set<uint64_t> names;
    for (const uint32_t index : choice_.Choose(snapshot, by_rank)) names.insert(snapshot.connection(index).id);
    return names;
  }

  std::vector<uint64_t> OpenMany(int count, uint64_t bytes = 0) {
    std::vector<uint64_t> names;
    for (int i = 0; i < count; ++i) {
      names.push_back(host_.Open());
      if (bytes > 0) host_.Send(names.back(), bytes);
    }
    return names;
  }

  // How many of `names` are open.
  size_t Open(const std::set<uint64_t>& names) const {
    size_t open = 0;
    for (const uint64_t name : names) open += host_.connections().at(name).is_open();
    return open;
  }

 private:
  SimulatedHost host_;
  SeriesChoice choice_;
};

constexpr SeriesChoiceOptions kDefaults;

SeriesChoiceOptions Few(size_t connections, size_t new_per_minute = 20, double window_seconds = 60) {
  return {connections, new_per_minute, static_cast<int64_t>(window_seconds * kSecondNs)};
}

TEST(SeriesChoice, GivesSeriesAtOnceInTheFirstWindow) {
  for (const size_t places : {2u, 3u}) {
    ChoiceOnHost on(Few(places));
    const uint64_t light = on.host().Open();
    const uint64_t heavy = on.host().Open();
    const uint64_t ended = on.host().Open();
    on.host().Send(heavy, 100);
    on.host().Send(ended, 200);
    on.host().End(ended);
    EXPECT_EQ(on.After(1), (places == 2 ? std::set<uint64_t>{heavy, ended} : std::set<uint64_t>{light, heavy, ended}));
  }
}

TEST(SeriesChoice, OpenConnectionsThatAreDueReplaceClosedHeavyOnes) {
  ChoiceOnHost on(kDefaults);
  on.OpenMany(500);
  for (const uint64_t name : on.OpenMany(100, 100000)) on.host().End(name);
  on.After(1);
  for (int i = 0; i < 14; ++i) on.After(1);
  // Heavy connections begin and end for ten minutes.
  std::set<uint64_t> with_series;
  for (int i = 0; i < 600; ++i) {
    for (const uint64_t name : on.OpenMany(5, 100000)) on.host().End(name);
    with_series = on.After(1);
  }
  EXPECT_EQ(with_series.size(), 100u);
  EXPECT_EQ(on.Open(with_series), 100u);
}

TEST(SeriesChoice, WhereAllAreShortTheHeaviestHaveSeries) {
  ChoiceOnHost on(kDefaults);
  for (int i = 0; i < 900; ++i) {
    for (const uint64_t name : on.OpenMany(20, 1000 + static_cast<uint64_t>(i % 7))) on.host().End(name);
    ASSERT_LE(on.After(1).size(), 100u);
  }
  EXPECT_LE(on.choice().admissions(), 100u + 14 * 10) << "half of 20 a minute";
  EXPECT_GE(on.choice().admissions(), 100u + 13 * 10) << "no less than there is";
}

TEST(SeriesChoice, WhereAllAreLongSeriesStay) {
  ChoiceOnHost on(kDefaults);
  on.OpenMany(300, 10);
  const std::set<uint64_t> with_series = on.After(1);
  EXPECT_EQ(with_series.size(), 100u);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(on.After(7), with_series);
  EXPECT_EQ(on.choice().admissions(), 100u);
}

TEST(SeriesChoice, NearlyEqualConnectionsDoNotTakeTurns) {
  ChoiceOnHost on(Few(1, 1000));
  const uint64_t first = on.host().Open();
  on.host().Send(first, 1000);
  EXPECT_THAT(on.After(1), ElementsAre(first));
  const uint64_t second = on.host().Open();
  for (int i = 0; i < 300; ++i) {
    const bool is_turn = i / 20 % 2 == 0;
    on.host().Send(first, is_turn ? 110 : 90);
    on.host().Send(second, is_turn ? 90 : 110);
    ASSERT_THAT(on.After(1), ElementsAre(first)) << i;
  }
  for (int i = 0; i < 60; ++i) {
    on.host().Send(first, 100);
    on.host().Send(second, 126);
    on.After(1);
  }
  EXPECT_THAT(on.After(1), ElementsAre(second)) << "heavier by more than a quarter";
  EXPECT_EQ(on.choice().admissions(), 2u);
}

TEST(SeriesChoice, AnEndedConnectionTakesNoOpenOnesPlace) {
  ChoiceOnHost on(Few(1, 1000));
  const uint64_t open = on.host().Open();
  EXPECT_THAT(on.After(61), ElementsAre(open));
  for (int i = 0; i < 100; ++i) {
    const uint64_t heavy = on.host().Open();
    on.host().Send(heavy, 1000000);
    on.host().End(heavy, i % 2 == 0 ? ConnectionState::kClosed : ConnectionState::kReset);
    ASSERT_THAT(on.After(1), ElementsAre(open));
  }
}

TEST(SeriesChoice, AnEndedConnectionGetsNoPlaceThatAnOpenOneNeeds) {
  ChoiceOnHost on(Few(1, 20, 10));
  const uint64_t open = on.host().Open(ConnectionState::kSynSent);
  on.host().AdvanceSeconds(9);
  const uint64_t heavy = on.host().Open();
  on.host().Send(heavy, 1000000);
  on.host().End(heavy);
  EXPECT_THAT(on.After(1), ElementsAre(open)) << "it is due, and the place is free";
}

TEST(SeriesChoice, WhatEndedGoesAWindowAfterItsLastPacket) {
  ChoiceOnHost on(Few(5));
  const uint64_t name = on.host().Open();
  on.host().Send(name, 100);
  EXPECT_THAT(on.After(1), ElementsAre(name));
  on.host().End(name);
  EXPECT_THAT(on.After(60), ElementsAre(name));
  EXPECT_THAT(on.After(1), IsEmpty());
}

TEST(SeriesChoice, WhatEndedGivesItsPlaceAtOnce) {
  ChoiceOnHost on(Few(2, 20, 10));
  const uint64_t heavy = on.host().Open();
  const uint64_t light = on.host().Open();
  const uint64_t waiting = on.host().Open();
  on.host().Send(heavy, 3000);
  on.host().Send(light, 2000);
  EXPECT_THAT(on.After(1), ElementsAre(heavy, light));
  EXPECT_THAT(on.After(20), ElementsAre(heavy, light));
  on.host().Send(heavy, 3000);
  on.host().Send(light, 2000);
  on.host().End(light);
  EXPECT_THAT(on.After(1), ElementsAre(heavy, waiting));
}

TEST(SeriesChoice, TheLightestOfWhatEndedGoesFirst) {
  ChoiceOnHost on(Few(3, 20, 10));
  const std::vector<uint64_t> names = on.OpenMany(4);
  on.host().Send(names[0], 10);
  on.host().Send(names[1], 20);
  on.host().Send(names[2], 30);
  EXPECT_THAT(on.After(1), ElementsAre(names[0], names[1], names[2]));
  on.After(9.5);
  on.host().Send(names[0], 500);
  on.host().Send(names[1], 400);
  on.host().End(names[0]);
  on.host().End(names[1]);
  EXPECT_THAT(on.After(1), ElementsAre(names[0], names[2], names[3]));
}

TEST(SeriesChoice, AnAttemptHasSeriesOnlyAfterAWindow) {
  ChoiceOnHost on(Few(5));
  const uint64_t attempt = on.host().Open(ConnectionState::kSynSent);
  const uint64_t answered = on.host().Open(ConnectionState::kSynReceived);
  EXPECT_THAT(on.After(1), IsEmpty());
  EXPECT_THAT(on.After(58), IsEmpty());
  EXPECT_THAT(on.After(1), ElementsAre(attempt, answered));
  on.host().End(attempt, ConnectionState::kReset);
  const uint64_t refused = on.host().Open(ConnectionState::kSynSent);
  on.host().End(refused, ConnectionState::kReset);
  EXPECT_THAT(on.After(1), ElementsAre(attempt, answered)) << "the one that was refused at once never qualifies";
}

TEST(SeriesChoice, AConnectionThatFollowsUnderTheSameLabelsGoesOnWithTheSeries) {
  ChoiceOnHost on(Few(1, 0));
  uint64_t name = on.host().Open();
  on.host().Send(name, 100);
  EXPECT_THAT(on.After(1), ElementsAre(name));
  for (int i = 0; i < 200; ++i) {
    on.host().End(name);
    const uint64_t next = on.host().OpenAgain(name);
    ASSERT_THAT(on.After(1), testing::IsSupersetOf({name, next})) << "both share the series";
    name = next;
    ASSERT_THAT(on.After(2), testing::Contains(name));
  }
  EXPECT_EQ(on.choice().admissions(), 1u);
}

TEST(SeriesChoice, AFollowerOpensTheLabelsOfWhatEnded) {
  ChoiceOnHost on(Few(1, 20, 10));
  const uint64_t first = on.host().Open();
  on.host().Send(first, 1000);
  const uint64_t other = on.host().Open();
  on.host().Send(other, 1);
  EXPECT_THAT(on.After(1), ElementsAre(first));
  on.host().End(first);
  const uint64_t second = on.host().OpenAgain(first);
  on.After(9.5);
  EXPECT_THAT(on.After(5), ElementsAre(second)) << "it is open, so the other one that is due does not get its place";
}

TEST(SeriesChoice, TellsInterfacesApartByName) {
  SeriesChoice choice(Few(2, 0));
  Snapshot snapshot;
  snapshot.time_ns = 100 * kSecondNs;
  snapshot.interfaces.resize(2);
  snapshot.interfaces[0].name = "eth0";
  snapshot.interfaces[1].name = "eth1";
  ConnectionSummary connection;
  connection.state = ConnectionState::kEstablished;
  connection.start_time_ns = snapshot.time_ns;
  snapshot.connections = {connection, connection};
  snapshot.connections[1].interface = 1;
  EXPECT_THAT(choice.Choose(snapshot, {0, 1}), ElementsAre(0, 1));
  EXPECT_EQ(choice.admissions(), 2u);
  std::swap(snapshot.interfaces[0].name, snapshot.interfaces[1].name);
  EXPECT_THAT(choice.Choose(snapshot, {0, 1}), ElementsAre(0, 1)) << "under other indexes";
  EXPECT_EQ(choice.admissions(), 2u);
  snapshot.interfaces[0].name = "eth2";
  snapshot.time_ns += 61 * kSecondNs;
  EXPECT_THAT(choice.Choose(snapshot, {0, 1}), ElementsAre(1)) << "eth2 would be new, and there is no budget";
}

TEST(SeriesChoice, AWindowOfASecond) {
  ChoiceOnHost on(Few(10, 20, 1));
  const std::vector<uint64_t> idle = on.OpenMany(5);
  EXPECT_EQ(on.After(0.5).size(), 5u);
  for (int i = 0; i < 100; ++i) {
    for (const uint64_t name : on.OpenMany(20, 1000)) on.host().End(name);
    const std::set<uint64_t> with_series = on.After(1);
    ASSERT_LE(with_series.size(), 10u);
    for (const uint64_t name : idle) ASSERT_EQ(with_series.count(name), 1u);
  }
}

TEST(SeriesChoice, NoPlaceMeansNoSeries) {
  ChoiceOnHost on(Few(0));
  on.OpenMany(10, 100);
  EXPECT_THAT(on.After(1), IsEmpty());
  EXPECT_THAT(on.After(100), IsEmpty());
  EXPECT_EQ(on.choice().admissions(), 0u);
}

TEST(SeriesChoice, OnePlaceGoesToTheHeaviest) {
  ChoiceOnHost on(Few(1));
  const std::vector<uint64_t> names = on.OpenMany(3, 10);
  on.host().Send(names[1], 5);
  EXPECT_THAT(on.After(1), ElementsAre(names[1]));
  on.After(60);
  on.host().Send(names[2], 100);
  EXPECT_THAT(on.After(1), ElementsAre(names[2]));
}

TEST(SeriesChoice, WithoutARateNothingFollowsTheFirstWindow) {
  ChoiceOnHost on(Few(5, 0));
  const std::vector<uint64_t> first = on.OpenMany(2, 10);
  EXPECT_EQ(on.After(59).size(), 2u);
  on.OpenMany(5, 1000000);
  EXPECT_THAT(on.After(1), ElementsAre(first[0], first[1]));
  EXPECT_THAT(on.After(100), ElementsAre(first[0], first[1]));
}

TEST(SeriesChoice, TheFirstWindowBeginsWithTheFirstConnection) {
  ChoiceOnHost on(Few(50, 1));
  for (int i = 0; i < 100; ++i) EXPECT_THAT(on.After(10), IsEmpty());
  on.OpenMany(50, 10);
  EXPECT_EQ(on.After(1).size(), 50u);
}

// Two agents on one host, one of which is read more often.
TEST(SeriesChoice, AReaderThatComesOftenChangesNothing) {
  const SeriesChoiceOptions options = Few(30, 40, 20);
  SimulatedHost host(options.window_ns, options.max_connections);
  SeriesChoice often(options), seldom(options);
  std::vector<uint64_t> open;
  const auto choose = [&host](SeriesChoice* choice) {
    std::vector<uint32_t> by_rank;
    const Snapshot snapshot = host.Take(&by_rank);
    std::set<uint64_t> names;
    for (const uint32_t index : choice->Choose(snapshot, by_rank)) names.insert(snapshot.connection(index).id);
    return names;
  };
  for (int second = 0; second < 2000; ++second) {
    host.AdvanceSeconds(1);
    if (second % 10 == 0) {
      open.push_back(host.Open());
      host.Send(open.back(), 100);
    }
    if (open.size() > 20) {
      host.End(open.front());
      open.erase(open.begin());
    }
    const std::set<uint64_t> names = choose(&often);
    if (second % 5 == 4) {
      ASSERT_EQ(choose(&seldom), names) << second;
    }
  }
  EXPECT_EQ(often.admissions(), seldom.admissions());
}

}  // namespace
}  // namespace tcpgauge
