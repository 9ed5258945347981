// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/connection_places.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace tcpgauge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using Phase = ConnectionPlaces::Phase;

constexpr int64_t kSecond = kNanosecondsPerSecond;

class ConnectionPlacesTest : public testing::Test {
 protected:
  // Opens the connection `name` of `client`.
  void Open(const std::string& client, const std::string& name, int64_t now_ns = 0) {
    open_[name] = places_.Add(client, now_ns, [this, name] {
      closed_.push_back(name);
      places_.Remove(open_.at(name));
      open_.erase(name);
    });
  }

  void Begin(const std::string& name, Phase phase, int64_t now_ns) {
    ConnectionPlaces::Begin(open_.at(name), phase, now_ns);
  }

  void Observe(const std::string& name, uint64_t taken_bytes, uint64_t pending_bytes, int64_t now_ns) {
    places_.Observe(open_.at(name), taken_bytes, pending_bytes, now_ns);
  }

  // Closes `count` victims, and returns the names of all that were closed, in order.
  std::vector<std::string> Victims(size_t count, int64_t now_ns) {
    for (size_t i = 0; i < count; ++i) {
      const auto victim = places_.Victim(now_ns);
      if (victim == places_.end()) break;
      ConnectionPlaces::Close(victim);
    }
    return closed_;
  }

  std::vector<std::string> Overdue(int64_t now_ns, bool use_crowd_rules) {
    std::vector<std::string> names;
    for (const auto place : places_.Overdue(now_ns, use_crowd_rules)) {
      for (const auto& [name, handle] : open_) {
        if (handle == place) names.push_back(name);
      }
    }
    return names;
  }

  ConnectionPlaces places_{PlaceRules()};
  std::map<std::string, ConnectionPlaces::Handle> open_;
  std::vector<std::string> closed_;
};

TEST_F(ConnectionPlacesTest, TheWorstConnectionGoesFirst) {
  const int64_t now = 10 * kSecond;
  for (const std::string name : {"idle", "just idle", "answering", "slow", "proven", "half", "closing"}) {
    Open("a", name);
  }
  for (const std::string name : {"taking", "stalled", "half young", "closing, not taken"})
    Open("a", name, now - kSecond + 1);
  Open("a", "just opened", now - 1);
  Open("a", "newcomer", now);
  Begin("closing", Phase::kClosing, now);
  Begin("slow", Phase::kSending, now - kSecond);
  Observe("slow", 0, 16000, now - kSecond);
  Observe("slow", 0, 16000, now);
  for (const std::string name : {"taking", "proven"}) {
    Begin(name, Phase::kSending, now);
    Observe(name, 0, 15999, now);
  }
  Begin("closing, not taken", Phase::kClosing, now - 3);
  Observe("closing, not taken", 10, 1, now - 3);
  Begin("stalled", Phase::kSending, now - 2);
  Observe("stalled", 0, 100, now - 2);
  Begin("idle", Phase::kRequest, now - kSecond);
  Begin("just idle", Phase::kRequest, now - kSecond + 1);
  Begin("answering", Phase::kAnswering, 0);
  EXPECT_THAT(Victims(13, now), ElementsAre("closing", "half", "slow", "idle", "half young", "closing, not taken",
                                            "stalled", "just opened", "taking", "just idle", "proven", "answering"));
}

TEST_F(ConnectionPlacesTest, TheTimeOfAnAddressCountsAsOftenAsItHasItsShare) {
  const size_t share = PlaceRules().share;
  Open("few", "few", 10);
  for (size_t i = 0; i < share; ++i) Open("enough", "enough" + std::to_string(i), 20);
  for (size_t i = 0; i < 3 * share; ++i) Open("many", "many" + std::to_string(i), 70);
  Open("new", "newcomer", 100);
  // 90, 80 and 3 times 30, which are a little less after the first.
  EXPECT_THAT(Victims(1, 101), ElementsAre("many0"));
  EXPECT_THAT(Victims(1, 100), ElementsAre("many0", "few"));
}

TEST_F(ConnectionPlacesTest, OfTwoOfAnAddressThatAreEquallyBadTheOlderOneGoes) {
  for (const std::string name : {"s1", "s2", "h1", "h2", "newcomer"}) Open("a", name);
  Begin("s1", Phase::kSending, 20);
  Observe("s1", 0, 1, 20);
  Begin("s2", Phase::kSending, 10);
  Observe("s2", 0, 1, 10);
  Begin("h1", Phase::kRequest, 5);
  ConnectionPlaces::BeginRequest(open_.at("h1"), 30);
  EXPECT_THAT(Victims(4, kSecond), ElementsAre("h2", "h1", "s2", "s1"));
}

TEST_F(ConnectionPlacesTest, OfResponsesThatAreMadeTheLatestGoes) {
  for (const std::string name : {"a1", "a2", "newcomer"}) Open("a", name);
  Begin("a1", Phase::kAnswering, 1);
  Begin("a2", Phase::kAnswering, 2);
  EXPECT_THAT(Victims(1, 3), ElementsAre("a2"));
}

TEST_F(ConnectionPlacesTest, ANewcomerIsNoVictim) {
  Open("a", "only");
  EXPECT_THAT(Victims(1, kSecond), IsEmpty());
}

TEST_F(ConnectionPlacesTest, ARequestHasNineSecondsAndFiveWhileOthersWait) {
  Open("a", "half");
  EXPECT_THAT(Overdue(9 * kSecond - 1, false), IsEmpty());
  EXPECT_THAT(Overdue(9 * kSecond, false), ElementsAre("half"));
  EXPECT_THAT(Overdue(5 * kSecond - 1, true), IsEmpty());
  EXPECT_THAT(Overdue(5 * kSecond, true), ElementsAre("half"));
}

TEST_F(ConnectionPlacesTest, TheTimeOfALaterRequestBeginsWithItsFirstByte) {
  Open("a", "kept");
  Begin("kept", Phase::kSending, kSecond);
  Begin("kept", Phase::kRequest, 2 * kSecond);
  EXPECT_THAT(Overdue(60 * kSecond, true), IsEmpty());
  ConnectionPlaces::BeginRequest(open_.at("kept"), 60 * kSecond);
  ConnectionPlaces::BeginRequest(open_.at("kept"), 64 * kSecond);  // more bytes of the same request
  EXPECT_THAT(Overdue(65 * kSecond - 1, true), IsEmpty());
  EXPECT_THAT(Overdue(65 * kSecond, true), ElementsAre("kept"));
}

TEST_F(ConnectionPlacesTest, WhileOthersWaitAClientMustTakeFourKilobytesASecond) {
  for (const std::string name : {"slow", "fast", "short"}) {
    Open("a", name);
    Begin(name, Phase::kSending, 0);
    Observe(name, 0, name == "short" ? 15999 : 1 << 20, 0);
  }
  for (int second = 1; second <= 20; ++second) {
    Observe("slow", 3000 * second, 1 << 20, second * kSecond);
    Observe("fast", 4000 * second, 1 << 20, second * kSecond);
    Observe("short", 0, 15999, second * kSecond);
    // The slow one falls behind by a quarter of the time.
    EXPECT_THAT(Overdue(second * kSecond, false), IsEmpty()) << second;
    EXPECT_EQ(Overdue(second * kSecond, true).size(), second < 20 ? 0u : 1u) << second;
  }
  EXPECT_THAT(Overdue(20 * kSecond, true), ElementsAre("slow"));
}

TEST_F(ConnectionPlacesTest, WhatAClientTakesAtOnceIsNoCreditForLater) {
  Open("a", "stops");
  Begin("stops", Phase::kSending, 0);
  Observe("stops", 0, 1 << 20, 0);
  Observe("stops", 500000, 1 << 19, kSecond);
  Observe("stops", 500000, 1 << 19, 6 * kSecond - 1);
  EXPECT_THAT(Overdue(6 * kSecond - 1, true), IsEmpty());
  Observe("stops", 500000, 1 << 19, 6 * kSecond);
  EXPECT_THAT(Overdue(6 * kSecond, true), ElementsAre("stops"));
}

TEST_F(ConnectionPlacesTest, ACountThatFallsIsNoProgress) {
  Open("a", "stops");
  Begin("stops", Phase::kSending, 0);
  Observe("stops", 1000, 20000, 0);
  Observe("stops", 999, 20001, 5 * kSecond - 1);
  EXPECT_THAT(Overdue(5 * kSecond - 1, true), IsEmpty());
  Observe("stops", 1000, 20000, 5 * kSecond);
  EXPECT_THAT(Overdue(5 * kSecond, true), ElementsAre("stops"));
}

TEST_F(ConnectionPlacesTest, WhoIsBehindStaysBehindWithTheNextResponse) {
  Open("a", "pipelines");
  Begin("pipelines", Phase::kSending, 0);
  Observe("pipelines", 0, 20000, 0);
  Begin("pipelines", Phase::kAnswering, 3 * kSecond);
  Observe("pipelines", 0, 20000, 3 * kSecond);
  Begin("pipelines", Phase::kSending, 3 * kSecond);
  Observe("pipelines", 0, 40000, 5 * kSecond);
  EXPECT_THAT(Overdue(5 * kSecond, true), ElementsAre("pipelines"));
}

TEST_F(ConnectionPlacesTest, WhoHasTakenAllIsNotBehind) {
  Open("a", "keeps up");
  Begin("keeps up", Phase::kSending, 0);
  Observe("keeps up", 0, 20000, 0);
  Observe("keeps up", 10, 19990, 4 * kSecond);
  Observe("keeps up", 19000, 1000, 4 * kSecond);
  Observe("keeps up", 19000, 30000, 4 * kSecond);
  Observe("keeps up", 19000, 30000, 8 * kSecond);
  EXPECT_THAT(Overdue(8 * kSecond, true), IsEmpty());
}

TEST_F(ConnectionPlacesTest, AResponseHasAMinuteToBeMadeAndOneToBeSent) {
  for (const std::string name : {"answering", "sending"}) Open("a", name);
  Begin("answering", Phase::kAnswering, 0);
  Begin("sending", Phase::kSending, kSecond);
  EXPECT_THAT(Overdue(60 * kSecond, false), ElementsAre("answering"));
  EXPECT_THAT(Overdue(61 * kSecond, false), UnorderedElementsAre("answering", "sending"));
}

TEST_F(ConnectionPlacesTest, AClientHasTwoSecondsToCloseItsEndOnceItHasTakenAll) {
  for (const std::string name : {"taken", "not taken"}) {
    Open("a", name);
    Begin(name, Phase::kClosing, 0);
    Observe(name, 100, name == "taken" ? 0 : 1, 0);
  }
  EXPECT_THAT(Overdue(2 * kSecond - 1, true), IsEmpty());
  EXPECT_THAT(Overdue(2 * kSecond, false), ElementsAre("taken"));
  EXPECT_THAT(Overdue(60 * kSecond, false), UnorderedElementsAre("not taken", "taken"));
}

TEST_F(ConnectionPlacesTest, TheSlowestReaderIsTheOneThatIsFurthestBehind) {
  for (const std::string name : {"slower", "slow", "fast"}) {
    Open("a", name);
    Begin(name, Phase::kSending, 0);
    Observe(name, 0, 1 << 20, 0);
  }
  Observe("slower", 0, 1 << 20, kSecond - 1);
  EXPECT_EQ(places_.SlowestReader(), places_.end());
  Observe("slower", 1000, 1 << 20, 2 * kSecond);
  Observe("slow", 2000, 1 << 20, 2 * kSecond);
  Observe("fast", 20000, 1 << 20, 2 * kSecond);
  EXPECT_EQ(places_.SlowestReader(), open_.at("slower"));
}

TEST_F(ConnectionPlacesTest, OfClientsThatTakeTheirResponsesTheOneGoesThatTookSomethingLast) {
  for (const std::string name : {"steady", "stopped", "newcomer"}) {
    Open(name, name);
    Begin(name, Phase::kSending, name == "steady" ? 0 : kSecond / 2);
    Observe(name, 0, 1 << 20, name == "steady" ? 0 : kSecond / 2);
  }
  Observe("steady", 40000, 1 << 20, kSecond);
  Observe("stopped", 0, 1 << 20, kSecond);
  EXPECT_THAT(Victims(1, kSecond), ElementsAre("stopped"));
}

TEST_F(ConnectionPlacesTest, HalfOfThePlacesAreACrowd) {
  ConnectionPlaces small([] {
    PlaceRules rules;
    rules.places = 4;
    return rules;
  }());
  const auto nothing = [] {};
  small.Add("a", 0, nothing);
  EXPECT_FALSE(small.is_crowded());
  small.Add("a", 0, nothing);
  EXPECT_TRUE(small.is_crowded());
  EXPECT_FALSE(small.is_over_limit());
}

}  // namespace
}  // namespace tcpgauge
