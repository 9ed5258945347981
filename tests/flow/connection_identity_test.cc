// SPDX-License-Identifier: Apache-2.0
// Which packets belong to the same connection: interfaces, encapsulations, fragments. Also the bound on connections.
#include <string>

#include "src/flow/connection_table.h"
#include "tests/flow/table_test.h"

namespace tcpgauge {
namespace {

using ConnectionIdentity = TableTest;

TEST_F(ConnectionIdentity, APacketSeenOnAnotherInterfaceIsCountedOnce) {
  Handshake();
  for (const uint32_t interface : {1u, 2u, 1u, 2u}) {
    Feed(FromClient().Seq(1001).Ack(5001).Payload(100).Time(0.1).On(interface));
  }
  EXPECT_EQ(Only().client_sent.payload_bytes, 0) << "the client was seen on interface 0 first";
  EXPECT_EQ(table().duplicate_packets(0, DuplicateKind::kInterface), 0);
  EXPECT_EQ(table().duplicate_packets(1, DuplicateKind::kInterface), 2);
  EXPECT_EQ(table().duplicate_packets(2, DuplicateKind::kInterface), 2);
  EXPECT_EQ(Only().interface, 0);
}

TEST_F(ConnectionIdentity, EachEndHasItsInterface) {
  Feed(FromClient().Syn(1000).On(3));
  Feed(FromServer().Syn(5000).Ack(1001).On(4));
  Feed(FromServer().Syn(5000).Ack(1001).On(3));
  EXPECT_EQ(Only().server_sent.packets, 1);
  EXPECT_EQ(table().duplicate_packets(3, DuplicateKind::kInterface), 1);
  EXPECT_EQ(Only().interface, 3) << "the client's";
}

TEST_F(ConnectionIdentity, TheInterfaceOfAOneWayCaptureIsTheOtherEnds) {
  for (uint32_t i = 0; i < 3; ++i) Feed(FromServer().Seq(1 + i).Ack(1).Payload(1).On(7));
  EXPECT_EQ(Only().interface, 7);
}

TEST_F(ConnectionIdentity, MovesToAnotherInterfaceWhenItsOwnIsSilent) {
  Handshake();
  Feed(FromClient().Seq(1001).Ack(5001).Payload(10).Time(0.9).On(1));
  EXPECT_EQ(table().duplicate_packets(1, DuplicateKind::kInterface), 1);
  Feed(FromClient().Seq(1001).Ack(5001).Payload(10).Time(1.2).On(1));
  EXPECT_EQ(Only().client_sent.payload_bytes, 10);
  EXPECT_EQ(Only().interface, 1);
  Feed(FromClient().Seq(1011).Ack(5001).Payload(10).Time(1.3).On(0));
  EXPECT_EQ(Only().client_sent.payload_bytes, 10);
  EXPECT_EQ(table().duplicate_packets(0, DuplicateKind::kInterface), 1);
}

TEST_F(ConnectionIdentity, PacketsOfAnotherInterfaceThatComeLateAreStillDuplicates) {
  Handshake();
  Feed(FromClient().Seq(1001).Ack(5001).Payload(10).Time(2.0));
  // The worker reads the other interface's ring later, so its packets are older.
  Feed(FromClient().Seq(1001).Ack(5001).Payload(10).Time(1.5).On(1));
  Feed(FromClient().Seq(1001).Ack(5001).Payload(10).Time(1.01).On(1));
  EXPECT_EQ(Only().client_sent.payload_bytes, 10);
  EXPECT_EQ(table().duplicate_packets(1, DuplicateKind::kInterface), 2);
}

TEST_F(ConnectionIdentity, InterfacesBeyondTheBoundAreOne) {
  constexpr uint32_t kLast = ConnectionTable::kMaxInterfaces - 1;
  Feed(FromClient().Syn(1000).On(kLast + 5));
  Feed(FromClient().Syn(1000).On(kLast + 9));
  EXPECT_EQ(Only().client_sent.packets, 2);
  Feed(FromClient().Syn(1000).On(2));
  EXPECT_EQ(table().duplicate_packets(2, DuplicateKind::kInterface), 1);
  EXPECT_EQ(Only().interface, kLast);
}

TEST_F(ConnectionIdentity, EqualTuplesInTwoNetworksAreTwoConnections) {
  Handshake();
  Feed(FromClient().Syn(2000).Vlan(7));
  Feed(FromClient().Syn(3000).Vlan(8));
  Feed(FromClient().Syn(4000).Vlan(7).Vlan(8));
  Feed(FromClient().Syn(5000).Tunnel(TunnelType::kVxlan, 7));
  Feed(FromClient().Syn(6000).Tunnel(TunnelType::kGeneve, 7));
  EXPECT_EQ(table().size(), 6);
  Feed(FromServer().Syn(5000).Ack(3001).Vlan(8));
  EXPECT_EQ(table().size(), 6);
  EXPECT_EQ(Connections(ConnectionState::kSynReceived), 1);
}

TEST_F(ConnectionIdentity, AnEndedConnectionStillNamesItsEncapsulation) {
  Feed(FromClient().Syn(1000).Vlan(7));
  Advance(36);
  Feed(FromClient().Syn(1000).Vlan(8).Time(40));
  ASSERT_EQ(ended_.size(), 1);
  ASSERT_EQ(ended_[0].encapsulation.vlan_count, 1);
  EXPECT_EQ(ended_[0].encapsulation.vlans[0], 7);
  EXPECT_EQ(table().encapsulations().Get(Only().encapsulation).vlans[0], 8);
}

TEST_F(ConnectionIdentity, FollowingFragmentsCountForTheirSegmentsConnection) {
  Handshake();
  Feed(FromClient().FollowingFragment(9));
  EXPECT_EQ(table().unmatched_fragments(), 1);
  Feed(FromClient().Seq(1001).Ack(5001).Payload(1000).FirstFragment(9));
  Feed(FromClient().Payload(500).FollowingFragment(9));
  Feed(FromClient().Payload(300).FollowingFragment(8));
  EXPECT_EQ(table().unmatched_fragments(), 2);
  EXPECT_EQ(Only().client_sent.payload_bytes, 1500);
  EXPECT_EQ(Only().client_sent.packets, 4);
  EXPECT_EQ(Only().client_sent.ip_bytes, 2 * 40 + 1040 + 520);
  Feed(FromClient().Payload(500).FollowingFragment(9).On(1));
  EXPECT_EQ(table().duplicate_packets(1, DuplicateKind::kInterface), 1);
}

TEST_F(ConnectionIdentity, AFragmentOfNoTrackedConnectionIsUnmatched) {
  options_.new_only = true;
  Feed(FromClient().Seq(1001).Ack(5001).Payload(1000).FirstFragment(9));
  Feed(FromClient().Payload(500).FollowingFragment(9));
  EXPECT_EQ(table().size(), 0);
  EXPECT_EQ(table().unmatched_fragments(), 1);
}

TEST_F(ConnectionIdentity, AFragmentDoesNotMatchThatOfAnotherNetworkThatGotItsNumber) {
  Feed(FromClient().Syn(1000).Vlan(7).FirstFragment(9));
  Feed(FromClient().Seq(1001).Rst().Vlan(7).Time(0.1));
  Advance(3);
  ASSERT_EQ(table().size(), 0);
  Feed(FromClient().Syn(1000).Vlan(8).Time(4));
  Feed(FromClient().Payload(500).Vlan(8).FollowingFragment(9).Time(5));
  EXPECT_EQ(Only().client_sent.payload_bytes, 0);
  EXPECT_EQ(table().unmatched_fragments(), 1);
}

TEST_F(ConnectionIdentity, AConnectionOfAnEndpointWithItselfIsPossible) {
  server_ = client_;
  for (int i = 0; i < 5; ++i) Feed(FromClient().Seq(1).Ack(1).Payload(10).Time(i));
  EXPECT_EQ(table().size(), 1);
}

class Eviction : public TableTest {
 protected:
  Segment From(uint16_t port) const { return Segment({client_.address, port}, server_); }
  Segment To(uint16_t port) const { return Segment(server_, {client_.address, port}); }

  void Establish(uint16_t port, double seconds) {
    Feed(From(port).Syn(1).Time(seconds));
    Feed(To(port).Syn(1).Ack(2).Time(seconds));
    Feed(From(port).Seq(2).Ack(2).Time(seconds));
  }
  std::vector<int> EvictedPorts() const {
    std::vector<int> ports;
    for (const EndedConnection& ended : ended_) {
      EXPECT_EQ(ended.reason, EndReason::kEvicted);
      ports.push_back(ended.summary.client.port);
    }
    return ports;
  }
};

TEST_F(Eviction, TheLeastUsefulGivesWay) {
  options_.max_connections = 6;
  options_.idle_timeout_ns = Seconds(64);
  Establish(40001, 0);
  Establish(40002, 1);
  Feed(From(40002).Seq(2).Ack(2).Fin().Time(2));
  Feed(To(40002).Seq(2).Ack(2).Fin().Time(2));
  Establish(40003, 3);
  Feed(From(40003).Seq(2).Rst().Time(3));
  Feed(From(40004).Seq(1).Ack(1).Time(4));  // unconfirmed
  Feed(From(40005).Syn(1).Time(5));
  Feed(From(40006).Syn(1).Time(6));
  for (uint16_t port = 50001; port <= 50003; ++port) {
    Establish(port, 7);
    EXPECT_EQ(table().size(), 6);
  }
  EXPECT_EQ(EvictedPorts(), std::vector<int>({40005, 40006, 40004})) << "bare SYNs, then the unconfirmed";
  Establish(50004, 7);
  EXPECT_EQ(EvictedPorts().back(), 40003) << "then the finished";
  Establish(50005, 7);
  EXPECT_EQ(EvictedPorts().back(), 40002) << "then the closing";
  Establish(50006, 7);
  EXPECT_EQ(EvictedPorts().back(), 40001) << "then the established";
  EXPECT_EQ(Closed(EndReason::kEvicted), 5) << "the confirmed of the six";
}

TEST_F(Eviction, AFloodOfSynsLeavesTheEstablishedAlone) {
  options_.max_connections = 10;
  Establish(40001, 0);
  for (int i = 0; i < 20000; ++i) {
    Feed(Segment({client_.address, static_cast<uint16_t>(i)}, At("10.0.0.3:80")).Syn(1).Time(1 + i * 1e-5));
  }
  EXPECT_EQ(table().size(), 10);
  EXPECT_LE(table().record_limit() + table().embryo_limit() - ConnectionTable::kEmbryoSlots, 10 + 1);
  EXPECT_EQ(Closed(EndReason::kEvicted), 20000 - 9);
  EXPECT_EQ(Connections(ConnectionState::kEstablished), 1);
}

TEST_F(Eviction, ATableOfOneWorks) {
  options_.max_connections = 1;
  Establish(40001, 0);
  Establish(40002, 1);
  EXPECT_EQ(EvictedPorts(), std::vector<int>({40001}));
  EXPECT_EQ(State(), ConnectionState::kEstablished);
}

TEST_F(Eviction, WorksWithinABatch) {
  options_.max_connections = 3;
  std::vector<DecodedPacket> batch;
  for (uint16_t i = 0; i < 200; ++i) batch.push_back(From(static_cast<uint16_t>(40000 + i % 7)).Syn(1).Vlan(i % 5));
  table().Apply(batch);
  EXPECT_EQ(table().size(), 3);
}

}  // namespace
}  // namespace tcpgauge
