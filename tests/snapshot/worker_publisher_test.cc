// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/worker_publisher.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "gtest/gtest.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

class WorkerPublisherTest : public testing::Test {
 protected:
  using Progress = WorkerPublisher::Progress;

  WorkerPublisherTest() {
    options_.max_connections = 5000;
    options_.ranking_window_ns = Seconds(60);
  }

  ConnectionTable& table() {
    if (table_ == nullptr) table_ = std::make_unique<ConnectionTable>(options_, nullptr);
    return *table_;
  }
  void Make(size_t max_rows, int64_t lateness_ns = 0) {
    publisher_ = std::make_unique<WorkerPublisher>(&table(), &counters_, &buffer_, Seconds(1), lateness_ns, max_rows);
  }
  void Feed(const Segment& segment) { table().Apply({&segment.packet(), 1}); }

  // Opens a connection from the client's port `port` that carries `payload_bytes`.
  void Connect(uint16_t port, uint32_t payload_bytes, double seconds = 0) {
    Connect(Endpoint{At("10.0.0.1:0").address, port}, payload_bytes, seconds);
  }
  void Connect(const Endpoint& client, uint32_t payload_bytes, double seconds) {
    const Endpoint server = At("10.0.0.2:80");
    Feed(Segment(client, server).Syn(1).Time(seconds));
    Feed(Segment(server, client).Syn(1).Ack(2).Time(seconds));
    Feed(Segment(client, server).Seq(2).Ack(2).Payload(payload_bytes).Time(seconds));
  }
  // Feeds the payload of Connect() again.
  void SendAgain(const Endpoint& client, uint32_t payload_bytes, double seconds) {
    Feed(Segment(client, At("10.0.0.2:80")).Seq(2).Ack(2).Payload(payload_bytes).Time(seconds));
  }
  // The stalled connections of each edge that has series, by the client's address, and those of the account other.
  static std::map<std::string, int64_t> StalledByAccount(const EdgesView& edges) {
    std::map<std::string, int64_t> stalled = {{"other", edges.other.stalled}};
    for (const EdgeView& edge : edges.exported) stalled[edge.key.client.ToString()] = edge.counters.stalled;
    return stalled;
  }
  const WorkerSnapshot& Latest() {
    EXPECT_TRUE(buffer_.TakeLatest());
    return buffer_.front();
  }
  std::set<int> ListedPorts(const WorkerSnapshot& snapshot) {
    std::set<int> ports;
    for (const ConnectionSummary& row : snapshot.rows) ports.insert(row.client.port);
    return ports;
  }

  TableOptions options_;
  CaptureCounters counters_;
  TripleBuffer<WorkerSnapshot> buffer_;
  std::unique_ptr<WorkerPublisher> publisher_;

 private:
  std::unique_ptr<ConnectionTable> table_;
};

TEST_F(WorkerPublisherTest, TellsWhatEachInterfaceWasCreditedWithAndHowManyConnectionsAreOpen) {
  counters_.interfaces.resize(3);
  Make(1);
  const auto open = [this](const char* client, uint32_t interface) {
    const Endpoint from = At(client), to = At("10.0.0.2:80");
    const uint32_t first = from.port * 1000u;  // another one on each interface, or it would be a copy
    Feed(Segment(from, to).Syn(first).On(interface));
    Feed(Segment(to, from).Syn(first + 500).Ack(first + 1).On(interface));
    Feed(Segment(from, to).Seq(first + 1).Ack(first + 501).Payload(100).On(interface));
  };
  open("10.0.0.1:1", 0);
  open("10.0.0.1:2", 0);
  open("10.0.0.3:3", 2);
  Feed(Segment(At("10.0.0.3:4"), At("10.0.0.2:80")).Syn(4000).On(2));
  Feed(Segment(At("10.0.0.1:1"), At("10.0.0.2:80")).Seq(1101).Ack(1501).Rst());
  publisher_->PublishNow();
  const std::vector<InterfaceView>& interfaces = Latest().counters.interfaces;
  ASSERT_EQ(interfaces.size(), 3u);
  EXPECT_EQ(interfaces[0].open_connections, 1) << "only one of the rows has room, and one connection is reset";
  EXPECT_EQ(interfaces[1].open_connections, 0);
  EXPECT_EQ(interfaces[2].open_connections, 2);
  EXPECT_EQ(interfaces[0].account.client_payload_bytes, 200u);
  EXPECT_EQ(interfaces[2].account.client_payload_bytes, 100u);
  EXPECT_EQ(interfaces[2].account.connections, 0) << "a gauge";
}

TEST_F(WorkerPublisherTest, CountsStalledConnectionsForTheirInterface) {
  counters_.interfaces.resize(2);
  Make(100);
  Connect(1000, 100);
  SendAgain(At("10.0.0.1:1000"), 100, 1);
  SendAgain(At("10.0.0.1:1000"), 100, 7);
  publisher_->PublishNow();
  EXPECT_EQ(Latest().counters.interfaces[0].stalled_connections, 1);
  publisher_->PublishNow();
  EXPECT_EQ(Latest().counters.interfaces[0].stalled_connections, 1) << "each pass begins from 0";
}

TEST_F(WorkerPublisherTest, AddsTheOverflowsOfTheWorkerToThoseOfTheTable) {
  counters_.overflows[static_cast<size_t>(Overflow::kViews)] = 5;
  Make(100);
  publisher_->PublishNow();
  OverflowCounts expected = table().overflows();
  expected[static_cast<size_t>(Overflow::kViews)] += 5;
  EXPECT_EQ(Latest().overflows, expected);
}

TEST_F(WorkerPublisherTest, PublishesWhatTheTableHolds) {
  counters_.interfaces.resize(2);
  counters_.interfaces[0].name = "eth0";
  counters_.interfaces[1].name = "eth1";
  counters_.decode_errors[1] = 5;
  Connect(40000, 700);
  Feed(Segment(At("10.0.0.1:40000"), At("10.0.0.2:80")).Seq(2).Ack(2).Payload(700).On(1).Time(0.1));
  Feed(Segment(At("10.0.0.9:1"), At("10.0.0.2:80")).Seq(2).Ack(2).Vlan(7).Time(1.5));  // unconfirmed
  Feed(Segment(At("10.0.0.9:2"), At("10.0.0.2:80")).Syn(2).Vlan(8).Time(1.5));
  Feed(Segment(At("10.0.0.9:2"), At("10.0.0.2:80")).FollowingFragment(1).Time(1.5));
  Make(100);
  publisher_->PublishNow();
  const WorkerSnapshot& snapshot = Latest();
  EXPECT_EQ(snapshot.time_ns, TestTime(1.5));
  ASSERT_EQ(snapshot.rows.size(), 2);
  EXPECT_EQ(ListedPorts(snapshot), std::set<int>({40000, 2}));
  for (const ConnectionSummary& row : snapshot.rows) {
    if (row.client.port == 2) {
      EXPECT_EQ(row.window_payload_bytes, 0);
      EXPECT_EQ(snapshot.encapsulations[row.encapsulation].vlans[0], 8);
    } else {
      EXPECT_EQ(row.client_sent.payload_bytes_per_second, 700);
      EXPECT_EQ(row.server_sent.payload_bytes_per_second, 0);
      EXPECT_EQ(row.window_payload_bytes, 688) << "700 exp(-1/60)";
      EXPECT_TRUE(snapshot.encapsulations[row.encapsulation].empty());
    }
  }
  EXPECT_EQ(snapshot.connections_not_listed, 0);
  EXPECT_EQ(snapshot.totals.client_payload_bytes, 700);
  EXPECT_EQ(snapshot.counters.interfaces[1].name, "eth1");
  EXPECT_EQ(snapshot.counters.interfaces[1].duplicate_packets, (DuplicateCounts{1, 0, 0}));
  EXPECT_EQ(snapshot.counters.decode_errors[1], 5);
  EXPECT_EQ(snapshot.unmatched_fragments, 1);
}

TEST_F(WorkerPublisherTest, AConnectionWithOneViewListsNone) {
  Connect(40000, 700);
  Make(100);
  publisher_->PublishNow();
  const WorkerSnapshot& snapshot = Latest();
  ASSERT_EQ(snapshot.rows.size(), 1);
  EXPECT_TRUE(snapshot.views.empty());
  EXPECT_EQ(snapshot.rows[0].view_count, 0);
  EXPECT_EQ(snapshot.rows[0].service, snapshot.rows[0].server);
}

TEST(MaxViews, IsBoundedByTheRowsAndByTheTable) {
  EXPECT_EQ(WorkerPublisher::MaxViews(1000000, 100000), 200000u);
  EXPECT_EQ(WorkerPublisher::MaxViews(1000, 100000), 1000u);
  EXPECT_EQ(WorkerPublisher::MaxViews(1000, 0), 0u);
}

TEST_F(WorkerPublisherTest, APassBeginsAtEachMultipleOfTheInterval) {
  Make(100);
  EXPECT_EQ(publisher_->Step(Seconds(10.3)), Progress::kPublished);
  EXPECT_EQ(publisher_->Step(Seconds(10.9)), Progress::kIdle);
  EXPECT_EQ(publisher_->Step(Seconds(11.1)), Progress::kPublished);
  EXPECT_EQ(publisher_->Step(Seconds(11.9)), Progress::kIdle);
  EXPECT_EQ(publisher_->Step(Seconds(25.0)), Progress::kPublished);
  EXPECT_EQ(publisher_->Step(Seconds(25.1)), Progress::kIdle);
}

TEST_F(WorkerPublisherTest, APassBeginsAtOnceForAReaderToWhomTheLastIsTooOld) {
  Make(100);
  EXPECT_EQ(publisher_->Step(Seconds(10.3), Seconds(9)), Progress::kPublished);
  EXPECT_EQ(Latest().begun_ns, Seconds(10.3));
  EXPECT_EQ(publisher_->Step(Seconds(10.4), Seconds(10.3)), Progress::kIdle) << "it is new enough";
  EXPECT_EQ(publisher_->Step(Seconds(10.5), Seconds(10.4)), Progress::kPublished);
  EXPECT_EQ(Latest().begun_ns, Seconds(10.5));
  EXPECT_EQ(publisher_->Step(Seconds(10.6), Seconds(10.4)), Progress::kIdle) << "the same wish is fulfilled once";
}

TEST_F(WorkerPublisherTest, EachStalledConnectionCountsForItsEdgeWhetherListedOrNot) {
  options_.edges.max_exported = 1;
  for (uint16_t port = 40000; port < 40003; ++port) Connect(port, 700);
  Connect(At("10.0.0.3:40000"), 100, 0);  // of an edge that is not admitted
  Connect(At("10.0.0.4:40000"), 100, 0);
  Connect(40003, 700);
  Feed(Segment(At("10.0.0.2:80"), At("10.0.0.1:40003")).Seq(2).Ack(702).Time(0.1));
  Feed(Segment(At("10.0.0.9:1"), At("10.0.0.2:80")).Syn(2).Time(0.1));  // an embryo
  for (const double seconds : {0.2, 0.6, 1.4, 3.0}) {
    for (uint16_t port = 40000; port < 40003; ++port) SendAgain({At("10.0.0.1:0").address, port}, 700, seconds);
    SendAgain(At("10.0.0.3:40000"), 100, seconds);
    SendAgain(At("10.0.0.4:40000"), 100, seconds);
  }
  Make(1);
  table().AdvanceTime(TestTime(5.1));
  publisher_->PublishNow();
  EXPECT_EQ(StalledByAccount(Latest().edges), (std::map<std::string, int64_t>{{"10.0.0.1", 0}, {"other", 0}}));
  table().AdvanceTime(TestTime(5.2));
  publisher_->PublishNow();
  EXPECT_EQ(StalledByAccount(Latest().edges), (std::map<std::string, int64_t>{{"10.0.0.1", 3}, {"other", 2}}));
}

TEST_F(WorkerPublisherTest, APassKnowsNothingOfTheStallsOfThePassBefore) {
  Connect(40000, 700);
  for (const double seconds : {0.2, 0.6, 1.4, 3.0}) SendAgain(At("10.0.0.1:40000"), 700, seconds);
  Make(1);
  table().AdvanceTime(TestTime(5.2));
  for (int pass = 0; pass < 4; ++pass) {
    publisher_->PublishNow();
    EXPECT_EQ(StalledByAccount(Latest().edges), (std::map<std::string, int64_t>{{"10.0.0.1", 1}, {"other", 0}}));
  }
  Feed(Segment(At("10.0.0.2:80"), At("10.0.0.1:40000")).Seq(2).Ack(702).Time(5.3));
  publisher_->PublishNow();
  EXPECT_EQ(StalledByAccount(Latest().edges), (std::map<std::string, int64_t>{{"10.0.0.1", 0}, {"other", 0}}));
}

TEST_F(WorkerPublisherTest, WithoutEdgesNoStallIsCounted) {
  options_.keep_rates = false;
  Connect(40000, 700);
  for (const double seconds : {0.2, 0.6, 1.4, 3.0}) SendAgain(At("10.0.0.1:40000"), 700, seconds);
  Make(1);
  table().AdvanceTime(TestTime(5.2));
  publisher_->PublishNow();
  EXPECT_EQ(StalledByAccount(Latest().edges), (std::map<std::string, int64_t>{{"other", 0}}));
}

TEST_F(WorkerPublisherTest, WhatIsPublishedAtTheEndStaysNew) {
  Make(100);
  publisher_->PublishNow();
  EXPECT_EQ(Latest().begun_ns, INT64_MAX);
}

TEST_F(WorkerPublisherTest, CopiesASliceAtATimeAndPublishesOnlyWholePasses) {
  const int kConnections = 3 * WorkerPublisher::kSliceSlots + 10;
  for (int i = 0; i < kConnections; ++i) Connect(static_cast<uint16_t>(i + 1), 1);
  Make(10000);
  int steps = 1;
  while (publisher_->Step(Seconds(1)) == Progress::kInPass) {
    EXPECT_FALSE(buffer_.TakeLatest());
    ++steps;
  }
  EXPECT_GE(steps, 4);
  EXPECT_EQ(Latest().rows.size(), kConnections);
}

TEST_F(WorkerPublisherTest, APassHasAnEndHoweverFastTheTableGrows) {
  Make(10000);
  constexpr int kSlots = WorkerPublisher::kSliceSlots;
  int connections = 0;
  const auto connect = [&](int more) {
    for (int i = 0; i < more; ++i) Connect(static_cast<uint16_t>(++connections), 1);
  };
  connect(2 * kSlots + 10);
  int steps = 1;
  while (publisher_->Step(Seconds(1)) == Progress::kInPass) {
    connect(kSlots);
    ASSERT_LT(++steps, 8);
  }
  const WorkerSnapshot& snapshot = Latest();
  EXPECT_EQ(snapshot.rows.size(), 2 * kSlots + 10 + 1) << "and one that may have been the embryo";
  EXPECT_EQ(ListedPorts(snapshot).size(), snapshot.rows.size()) << "none twice";
}

TEST_F(WorkerPublisherTest, APassHasAnEndInAFlood) {
  constexpr int kSlots = WorkerPublisher::kSliceSlots;
  options_.max_connections = 20 * kSlots;
  Make(10000);
  int attempts = 0;
  const auto attempt = [&](int more) {
    for (int i = 0; i < more; ++i) {
      Feed(Segment({At("10.0.0.1:0").address, static_cast<uint16_t>(++attempts)}, At("10.0.0.2:80")).Syn(1));
    }
  };
  attempt(2 * kSlots + 10);
  int steps = 1;
  while (publisher_->Step(Seconds(1)) == Progress::kInPass) {
    attempt(kSlots);
    ASSERT_LT(++steps, 8);
  }
  EXPECT_EQ(Latest().rows.size(), 2 * kSlots + 10);
}

TEST_F(WorkerPublisherTest, AConnectionThatIsEstablishedDuringAPassIsInIt) {
  for (int i = 0; i < 300; ++i) Connect(static_cast<uint16_t>(i + 1), 1);
  const Endpoint client = At("10.0.0.9:40000");
  const Endpoint server = At("10.0.0.2:80");
  Feed(Segment(client, server).Syn(1));
  Make(10000);
  ASSERT_EQ(publisher_->Step(Seconds(1)), Progress::kInPass);
  Feed(Segment(server, client).Syn(1).Ack(2));
  while (publisher_->Step(Seconds(1)) == Progress::kInPass) {
  }
  EXPECT_EQ(Latest().rows.size(), 301);
}

TEST_F(WorkerPublisherTest, EncapsulationsOfRowsGivenAwayTakeNoMoreRoomThanTheTables) {
  options_.remove_after_ns = 0;
  options_.max_encapsulations = 4;  // two, besides kNone and kOverflow
  const Endpoint server = At("10.0.0.2:80");
  const auto carry = [&](uint16_t vlan, uint32_t payload_bytes) {
    const Endpoint client = {At("10.0.0.9:0").address, vlan};
    const uint32_t first = 1000u * vlan;  // with equal numbers, they would be views of one connection
    Feed(Segment(client, server).Seq(first).Payload(payload_bytes).Vlan(vlan));
    Feed(Segment(server, client).Seq(first).Vlan(vlan));
  };
  carry(1, 100);
  carry(2, 200);
  for (int i = 2; i < 300; ++i) Connect(static_cast<uint16_t>(i), 1);
  for (uint16_t port = 1; port <= 3; ++port) Feed(Segment({At("10.0.0.8:0").address, port}, server).Syn(1));
  Make(1);
  ASSERT_EQ(publisher_->Step(Seconds(1)), Progress::kInPass);
  for (uint16_t vlan = 1; vlan <= 2; ++vlan) {
    Feed(Segment({At("10.0.0.9:0").address, vlan}, server).Seq(1000u * vlan + 100).Rst().Vlan(vlan));
  }
  table().AdvanceTime(TestTime(0.001));
  Connect(1001, 1);  // these two take the slots of the reset connections
  Connect(1002, 1);
  carry(3, 400);
  carry(4, 800);
  while (publisher_->Step(Seconds(1)) == Progress::kInPass) {
  }
  const WorkerSnapshot& snapshot = Latest();
  EXPECT_EQ(ListedPorts(snapshot), std::set<int>({4}));
  EXPECT_EQ(snapshot.encapsulations.size(), 4);
  EXPECT_TRUE(snapshot.encapsulations[snapshot.rows[0].encapsulation].empty());
}

TEST_F(WorkerPublisherTest, ListsTheHeaviestAndCountsTheOthers) {
  for (int i = 1; i <= 1000; ++i) Connect(static_cast<uint16_t>(i), static_cast<uint32_t>(i) * 50);
  Make(100);
  publisher_->PublishNow();
  const WorkerSnapshot& snapshot = Latest();
  EXPECT_EQ(snapshot.rows.size(), 100);
  EXPECT_EQ(snapshot.connections_not_listed, 900);
  // The hundredth heaviest carries 45,050 bytes, in the bucket from 40,960 to 49,152. All connections in higher buckets
  // are listed, and no connection in a lower one.
  const std::set<int> ports = ListedPorts(snapshot);
  EXPECT_EQ(ports.size(), 100);
  EXPECT_GT(*ports.begin() * 50, 40959);
  for (int port = 984; port <= 1000; ++port) EXPECT_EQ(ports.count(port), 1) << port;
  for (const ConnectionSummary& row : snapshot.rows) {
    EXPECT_EQ(row.window_payload_bytes, row.client.port * 50);
    EXPECT_EQ(row.client_sent.payload_bytes, row.window_payload_bytes);
  }
}

TEST_F(WorkerPublisherTest, TheHeaviestIsAlwaysListed) {
  for (int i = 1; i <= 500; ++i) Connect(static_cast<uint16_t>(i), 100);
  Connect(9999, 1000000);
  Make(1);
  publisher_->PublishNow();
  const WorkerSnapshot& snapshot = Latest();
  EXPECT_EQ(ListedPorts(snapshot), std::set<int>({9999}));
  EXPECT_EQ(snapshot.connections_not_listed, 500);
}

TEST_F(WorkerPublisherTest, ConnectionsOfEqualWeightFillTheRows) {
  for (int i = 1; i <= 500; ++i) Connect(static_cast<uint16_t>(i), 100);
  Make(50);
  for (int pass = 0; pass < 3; ++pass) {
    publisher_->PublishNow();
    const WorkerSnapshot& snapshot = Latest();
    EXPECT_EQ(ListedPorts(snapshot).size(), 50);
    EXPECT_EQ(snapshot.connections_not_listed, 450);
  }
}

TEST_F(WorkerPublisherTest, WithoutRoomNothingIsListedAndAllIsCounted) {
  for (int i = 1; i <= 20; ++i) Connect(static_cast<uint16_t>(i), 100);
  Make(0);
  publisher_->PublishNow();
  const WorkerSnapshot& snapshot = Latest();
  EXPECT_TRUE(snapshot.rows.empty());
  EXPECT_EQ(snapshot.connections_not_listed, 20);
}

TEST_F(WorkerPublisherTest, RatesAreThoseOfALittleEarlier) {
  Connect(40000, 700, 0.5);
  Connect(40001, 1, 1.02);
  Make(100, Seconds(0.06));
  publisher_->PublishNow();
  for (const ConnectionSummary& row : Latest().rows)
    EXPECT_EQ(row.client_sent.payload_bytes_per_second, 0) << "the second may not be complete";
  Connect(40001, 1, 1.07);
  publisher_->PublishNow();
  for (const ConnectionSummary& row : Latest().rows) {
    EXPECT_EQ(row.client_sent.payload_bytes_per_second, row.client.port == 40000 ? 700 : 0);
  }
}

TEST_F(WorkerPublisherTest, ARowKeepsItsEncapsulationWhenTheNumberIsGivenToAnother) {
  options_.remove_after_ns = 0;
  const Endpoint client = At("10.0.0.1:40000");
  const Endpoint server = At("10.0.0.2:80");
  Feed(Segment(client, server).Seq(1).Vlan(7));
  Feed(Segment(server, client).Seq(1).Vlan(7));
  for (int i = 0; i < 300; ++i) Connect(static_cast<uint16_t>(i + 1), 1);
  Make(10000);
  ASSERT_EQ(publisher_->Step(Seconds(1)), Progress::kInPass);
  Feed(Segment(client, server).Seq(1).Rst().Vlan(7));
  table().AdvanceTime(TestTime(0.001));
  Feed(Segment(client, server).Seq(1).Vlan(8));
  while (publisher_->Step(Seconds(1)) == Progress::kInPass) {
  }
  const WorkerSnapshot& snapshot = Latest();
  const auto row = std::find_if(snapshot.rows.begin(), snapshot.rows.end(),
                                [&](const ConnectionSummary& r) { return r.client == client; });
  ASSERT_NE(row, snapshot.rows.end());
  EXPECT_EQ(snapshot.encapsulations[row->encapsulation].vlans[0], 7);
}

TEST_F(WorkerPublisherTest, EndedConnectionsKeepTheirWeightButNoEncapsulation) {
  Make(10);
  const Endpoint client = At("10.0.0.1:1");
  const Endpoint server = At("10.0.0.2:80");
  Feed(Segment(client, server).Syn(1).Vlan(8).Time(0));
  Feed(Segment(server, client).Syn(1).Ack(2).Vlan(8).Time(0));
  Feed(Segment(client, server).Seq(2).Ack(2).Payload(700).Vlan(8).Time(0.1));
  Feed(Segment(server, client).Seq(2).Ack(702).Rst().Vlan(8).Time(0.2));
  table().AdvanceTime(TestTime(10));
  publisher_->PublishNow();
  const WorkerSnapshot& snapshot = Latest();
  EXPECT_TRUE(snapshot.rows.empty());
  ASSERT_EQ(snapshot.ended_rows.size(), 1);
  EXPECT_EQ(snapshot.ended_rows[0].client, client);
  EXPECT_EQ(snapshot.ended_rows[0].client_sent.payload_bytes, 700);
  EXPECT_EQ(snapshot.ended_rows[0].window_payload_bytes, 592) << "700 exp(-10/60)";
  EXPECT_EQ(snapshot.ended_rows[0].encapsulation, 0);
}

}  // namespace
}  // namespace tcpgauge
