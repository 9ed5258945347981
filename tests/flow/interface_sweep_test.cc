// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "gtest/gtest.h"
#include "src/flow/connection_table.h"
#include "tests/flow/table_test.h"
#include "tests/support/segment.h"

namespace tcpgauge {
namespace {

class InterfaceSweepTest : public TableTest {
 protected:
  static Segment On(uint32_t interface, Segment segment) { return segment.On(interface); }
  // Feeds the handshake of a connection of the client's port `port` on `interface`.
  void Open(uint32_t interface, uint16_t port, double seconds = 0) {
    client_.port = port;
    first_ += 100000;
    Feed(On(interface, FromClient().Syn(first_).Time(seconds)));
    Feed(On(interface, FromServer().Syn(first_ + 50000).Ack(first_ + 1).Time(seconds)));
    Feed(On(interface, FromClient().Seq(first_ + 1).Ack(first_ + 50001).Time(seconds)));
  }
  // Returns the interfaces to which the table refers after a whole sweep.
  std::vector<size_t> Sweep(const ConnectionTable::InterfaceSet& moved = {}, size_t to = 0) {
    table().BeginInterfaceSweep();
    return Finish(moved, to);
  }
  std::vector<size_t> Finish(const ConnectionTable::InterfaceSet& moved = {}, size_t to = 0) {
    while (!table().ContinueInterfaceSweep(moved, to)) {
    }
    std::vector<size_t> used;
    for (size_t i = 0; i < ConnectionTable::kMaxInterfaces; ++i) {
      if (table().used_interfaces().test(i)) used.push_back(i);
    }
    return used;
  }
  static ConnectionTable::InterfaceSet Only(size_t interface) {
    ConnectionTable::InterfaceSet set;
    set.set(interface);
    return set;
  }
  std::vector<uint32_t> Shown() {
    std::vector<uint32_t> interfaces;
    for (uint32_t slot = 0; slot < table().record_limit(); ++slot) {
      if (table().IsInUse(slot)) interfaces.push_back(table().Summarize(slot).interface);
    }
    for (uint32_t slot = ConnectionTable::kEmbryoSlots; slot < table().embryo_limit(); ++slot) {
      if (table().IsInUse(slot)) interfaces.push_back(table().Summarize(slot).interface);
    }
    return interfaces;
  }

  uint32_t first_ = 0;  // the sequence number of the SYN of the connection that Open() opened last
};

using Interfaces = std::vector<size_t>;

TEST_F(InterfaceSweepTest, FindsNoInterfaceInAnEmptyTable) { EXPECT_EQ(Sweep(), Interfaces()); }

TEST_F(InterfaceSweepTest, FindsTheInterfacesOfConnectionsAndOfAttempts) {
  Open(3, 40000);
  Open(1023, 40001);
  client_.port = 40002;
  Feed(On(8, FromClient().Syn(1000)));
  EXPECT_EQ(Sweep(), (Interfaces{3, 8, 1023}));
}

TEST_F(InterfaceSweepTest, FindsTheInterfacesOfBothEnds) {
  Feed(On(4, FromClient().Syn(1000)));
  Feed(On(5, FromServer().Syn(5000).Ack(1001)));
  EXPECT_EQ(Sweep(), (Interfaces{4, 5}));
}

TEST_F(InterfaceSweepTest, AnEndedConnectionRefersToItsInterfaceForAWindowIfItIsKept) {
  options_.max_recently_ended = 10;
  options_.ranking_window_ns = 5 * kNanosecondsPerSecond;
  Open(1, 39999);  // the first stretch stays known
  Open(3, 40000);
  Feed(On(3, FromClient().Seq(first_ + 1).Ack(first_ + 50001).Payload(100)));
  Feed(On(3, FromClient().Seq(first_ + 101).Ack(first_ + 50001).Rst()));
  table().AdvanceTime(TestTime(3));
  ASSERT_EQ(table().recently_ended().size(), 1u);
  EXPECT_EQ(Sweep(), (Interfaces{1, 3}));
  table().AdvanceTime(TestTime(20));
  EXPECT_EQ(Sweep(), (Interfaces{1}));
}

TEST_F(InterfaceSweepTest, FindsAnAttemptThatBecomesARecordDuringTheSweep) {
  options_.max_connections = 2000;
  Open(1, 20000);
  Feed(On(1, FromClient().Seq(first_ + 1).Ack(first_ + 50001).Rst()));
  for (uint16_t i = 0; i < 600; ++i) Open(1, static_cast<uint16_t>(10000 + i));
  table().AdvanceTime(TestTime(10));
  ASSERT_FALSE(table().IsInUse(0)) << "the first record is free again";
  client_.port = 30000;
  Feed(On(7, FromClient().Syn(1000).Time(10)));
  table().BeginInterfaceSweep();
  EXPECT_FALSE(table().ContinueInterfaceSweep({}, 0));
  Feed(On(7, FromServer().Syn(5000).Ack(1001).Time(10)));
  ASSERT_TRUE(table().IsInUse(0));
  EXPECT_EQ(Finish(), (Interfaces{1, 7}));
}

TEST_F(InterfaceSweepTest, VisitsAtMostASliceInACall) {
  options_.max_connections = 2000;
  for (uint16_t i = 0; i < 1000; ++i) Open(1, static_cast<uint16_t>(10000 + i));
  table().BeginInterfaceSweep();
  int calls = 1;
  while (!table().ContinueInterfaceSweep({}, 0)) ++calls;
  EXPECT_GE(calls, 4);
}

TEST_F(InterfaceSweepTest, MovesConnectionsAndAttemptsToAnotherInterface) {
  Open(1, 39999);
  Open(3, 40000);
  client_.port = 40001;
  Feed(On(3, FromClient().Syn(1000)));
  EXPECT_EQ(Sweep(Only(3), 9), (Interfaces{1, 9}));
  EXPECT_EQ(Shown(), (std::vector<uint32_t>{1, 9, 9}));
  EXPECT_EQ(Sweep(), (Interfaces{1, 9}));
}

TEST_F(InterfaceSweepTest, AMovedEndIsCountedWhereItIsSeenNext) {
  Open(1, 39999);
  Open(3, 40000);
  Sweep(Only(3), 9);
  Feed(On(4, FromClient().Seq(first_ + 1).Ack(first_ + 50001).Payload(100).Time(5)));
  EXPECT_EQ(table().totals().client_payload_bytes, 100u);
  EXPECT_EQ(table().duplicate_packets(4, DuplicateKind::kInterface), 0u);
}

TEST_F(InterfaceSweepTest, TakesTheDuplicatesOfAnInterface) {
  Open(1, 40000);
  Feed(On(2, FromClient().Seq(first_ + 1).Ack(first_ + 50001).Payload(100)));
  Feed(On(2, FromClient().Seq(first_ + 101).Ack(first_ + 50001).Payload(100)));
  EXPECT_EQ(table().TakeDuplicatePackets(2)[0], 2u);
  EXPECT_EQ(table().duplicate_packets(2, DuplicateKind::kInterface), 0u);
  EXPECT_EQ(table().TakeDuplicatePackets(2), DuplicateCounts{});
}

}  // namespace
}  // namespace tcpgauge
