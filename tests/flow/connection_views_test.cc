// SPDX-License-Identifier: Apache-2.0
// A connection that is seen under several keys is counted once.
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "src/flow/edge.h"
#include "src/flow/edge_services.h"
#include "tests/flow/table_test.h"

namespace tcpgauge {
namespace {

// A client reaches a server through a service address. The interfaces: 0 is towards the client, 1 towards the server.
class ConnectionViews : public TableTest {
 protected:
  // One way that a packet takes: the addresses, interface and encapsulation there.
  struct Way {
    Endpoint client;
    Endpoint server;
    uint32_t interface = 0;
    uint16_t vlan = 0;  // 0: none
    uint32_t vni = 0;   // 0: no VXLAN
  };

  static Segment Place(Segment segment, const Way& way) {
    segment.On(way.interface);
    if (way.vlan != 0) segment.Vlan(way.vlan);
    if (way.vni != 0) segment.Tunnel(TunnelType::kVxlan, way.vni);
    return segment;
  }
  static Segment Up(const Way& way) { return Place(Segment(way.client, way.server), way); }
  static Segment Down(const Way& way) { return Place(Segment(way.server, way.client), way); }

  // Feeds a segment on each way, in the order in which the packet travels.
  template <typename Change>
  void FromClientOn(const std::vector<Way>& ways, Change change) {
    for (const Way& way : ways) Feed(change(Up(way)));
  }
  template <typename Change>
  void FromServerOn(const std::vector<Way>& ways, Change change) {
    for (size_t i = ways.size(); i > 0; --i) Feed(change(Down(ways[i - 1])));
  }
  void HandshakeOn(const std::vector<Way>& ways, double seconds = 0, uint32_t client = 1000, uint32_t server = 5000) {
    FromClientOn(ways, [=](Segment s) { return s.Syn(client).Time(seconds); });
    FromServerOn(ways, [=](Segment s) { return s.Syn(server).Ack(client + 1).Time(seconds + 0.020); });
    FromClientOn(ways, [=](Segment s) { return s.Seq(client + 1).Ack(server + 1).Time(seconds + 0.030); });
  }
  uint64_t Duplicates(size_t interface, DuplicateKind kind) { return table().duplicate_packets(interface, kind); }

  const Endpoint service_ = At("10.96.0.10:80");
  const Endpoint pod_ = At("10.0.7.7:8080");
  const Endpoint node_ = At("10.0.0.254:61000");
  const Way before_{client_, service_, 0};
  const Way dnat_{client_, pod_, 1};
  const Way snat_{node_, service_, 1};
  const Way both_{node_, pod_, 1};
};

TEST_F(ConnectionViews, ATranslatedServerIsOneConnectionWithTheAddressAfterTranslation) {
  HandshakeOn({before_, dnat_});
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Seq(1001).Ack(5001).Payload(100).Time(0.1); });
  FromServerOn({before_, dnat_}, [](Segment s) { return s.Seq(5001).Ack(1101).Payload(300).Time(0.2); });
  const ConnectionSummary only = Only();
  EXPECT_EQ(only.client, client_);
  EXPECT_EQ(only.server, pod_);
  EXPECT_EQ(only.service, service_);
  EXPECT_EQ(only.interface, 0u);
  EXPECT_EQ(only.state, ConnectionState::kEstablished);
  EXPECT_EQ(only.client_sent.payload_bytes, 100u);
  EXPECT_EQ(only.server_sent.payload_bytes, 300u);
  EXPECT_EQ(only.client_sent.packets, 3u);
  EXPECT_EQ(only.server_sent.packets, 2u);
  EXPECT_EQ(table().totals().opened_handshake, 1u);
  EXPECT_EQ(Duplicates(1, DuplicateKind::kTranslated), 3u);
  EXPECT_EQ(Duplicates(0, DuplicateKind::kTranslated), 2u);
}

TEST_F(ConnectionViews, ATranslatedClientKeepsItsFirstAddress) {
  HandshakeOn({before_, snat_});
  EXPECT_EQ(Only().client, client_);
  EXPECT_EQ(Only().server, service_);
  EXPECT_EQ(Only().service, service_);
}

TEST_F(ConnectionViews, WithBothTranslatedTheAddressesComeFromTwoViews) {
  HandshakeOn({before_, both_});
  FromServerOn({before_, both_}, [](Segment s) { return s.Seq(5001).Ack(1001).Payload(300).Time(0.2); });
  const ConnectionSummary only = Only();
  EXPECT_EQ(only.client, client_);
  EXPECT_EQ(only.server, pod_);
  EXPECT_EQ(only.service, service_);
  EXPECT_EQ(only.server_sent.payload_bytes, 300u);
  std::vector<ConnectionView> views;
  for (uint32_t slot = 0; slot < table().record_limit(); ++slot) {
    if (table().IsInUse(slot)) table().AppendViews(slot, &views);
  }
  ASSERT_EQ(views.size(), 2u);
}

TEST_F(ConnectionViews, ThreeViewsAreOneConnection) {
  const Way overlay{client_, pod_, 2, 0, 42};
  HandshakeOn({before_, dnat_, overlay});
  FromServerOn({before_, dnat_, overlay}, [](Segment s) { return s.Seq(5001).Ack(1001).Payload(300).Time(0.2); });
  EXPECT_EQ(Only().server, pod_);
  EXPECT_EQ(Only().server_sent.payload_bytes, 300u);
  EXPECT_GT(Duplicates(2, DuplicateKind::kEncapsulated), 0u);
}

TEST_F(ConnectionViews, AnOverlayAroundABareConnectionIsOneConnection) {
  const Way bare{client_, server_, 0};
  const Way overlay{client_, server_, 1, 0, 42};
  HandshakeOn({bare, overlay});
  EXPECT_EQ(Only().encapsulation, 0u);
  EXPECT_EQ(Duplicates(1, DuplicateKind::kEncapsulated), 2u);
  EXPECT_EQ(Duplicates(0, DuplicateKind::kEncapsulated), 1u);
}

TEST_F(ConnectionViews, ASynOnTheSameStretchIsAnotherConnection) {
  Feed(Up(before_).Syn(1000).Time(0));
  Way same = dnat_;
  same.interface = before_.interface;
  Feed(Up(same).Syn(1000).Time(0));
  EXPECT_EQ(Live().size(), 2u);
  EXPECT_EQ(table().totals().opened_handshake, 2u);
}

TEST_F(ConnectionViews, AHairpinHasItsViewsInTwoDirections) {
  Way back = both_;
  back.interface = before_.interface;
  const auto in = [](Segment s) { return s.Direction(PacketDirection::kIn); };
  const auto out = [](Segment s) { return s.Direction(PacketDirection::kOut); };
  Feed(in(Up(before_).Syn(1000)));
  Feed(out(Up(back).Syn(1000)));
  Feed(in(Down(back).Syn(5000).Ack(1001).Time(0.01)));
  Feed(out(Down(before_).Syn(5000).Ack(1001).Time(0.01)));
  EXPECT_EQ(Only().client, client_);
  EXPECT_EQ(Only().server, pod_);
  EXPECT_EQ(Only().server_sent.packets, 1u);
}

// The capture begins between the two copies of a segment. Both stretches are directions of one interface, and the only
// segments that begin something are those of one direction.
TEST_F(ConnectionViews, AHairpinOfWhichTheFirstSynWasMissedIsOneConnection) {
  Way back = both_;
  back.interface = before_.interface;
  const auto in = [](Segment s) { return s.Direction(PacketDirection::kIn); };
  const auto out = [](Segment s) { return s.Direction(PacketDirection::kOut); };
  Feed(out(Up(back).Syn(1000)));
  Feed(in(Down(back).Syn(5000).Ack(1001).Time(0.01)));
  Feed(out(Down(before_).Syn(5000).Ack(1001).Time(0.01)));
  Feed(in(Up(before_).Seq(1001).Ack(5001).Payload(10).Time(0.02)));
  Feed(out(Up(back).Seq(1001).Ack(5001).Payload(10).Time(0.02)));
  EXPECT_EQ(Only().client_sent.payload_bytes, 10u);
  EXPECT_EQ(table().totals().opened_handshake, 1u);
  EXPECT_EQ(table().totals().opened_midstream, 0u);
}

TEST_F(ConnectionViews, AHairpinOfWhichTheFirstSynAckWasMissedIsOneConnection) {
  Way back = both_;
  back.interface = before_.interface;
  const auto in = [](Segment s) { return s.Direction(PacketDirection::kIn); };
  const auto out = [](Segment s) { return s.Direction(PacketDirection::kOut); };
  Feed(out(Down(before_).Syn(5000).Ack(1001)));
  Feed(in(Up(before_).Seq(1001).Ack(5001).Payload(10).Time(0.01)));
  Feed(out(Up(back).Seq(1001).Ack(5001).Payload(10).Time(0.01)));
  Feed(in(Down(back).Seq(5001).Ack(1011).Time(0.02)));
  Feed(out(Down(before_).Seq(5001).Ack(1011).Time(0.02)));
  EXPECT_EQ(Only().client_sent.payload_bytes, 10u);
  EXPECT_EQ(table().totals().opened_handshake, 1u);
  EXPECT_EQ(table().totals().opened_midstream, 0u);
}

TEST_F(ConnectionViews, AHairpinThatBeganBeforeTheCaptureIsOneConnection) {
  Way back = both_;
  back.interface = before_.interface;
  const auto in = [](Segment s) { return s.Direction(PacketDirection::kIn); };
  const auto out = [](Segment s) { return s.Direction(PacketDirection::kOut); };
  Feed(out(Up(back).Seq(1001).Ack(5001).Payload(10)));
  Feed(in(Down(back).Seq(5001).Ack(1011).Time(0.01)));
  Feed(out(Down(before_).Seq(5001).Ack(1011).Time(0.01)));
  Feed(in(Up(before_).Seq(1011).Ack(5001).Payload(20).Time(0.02)));
  Feed(out(Up(back).Seq(1011).Ack(5001).Payload(20).Time(0.02)));
  EXPECT_EQ(Only().client_sent.payload_bytes, 30u);
  EXPECT_EQ(table().totals().opened_midstream, 1u);
}

TEST_F(ConnectionViews, AServerWithAnotherNumberIsAConnectionOfItsOwn) {
  // SYNPROXY answers the client itself, and then sends the client's SYN on.
  HandshakeOn({before_});
  Feed(Up(dnat_).Syn(1000).Time(0.1));
  EXPECT_EQ(table().totals().opened_handshake, 1u);
  Feed(Down(dnat_).Syn(9000).Ack(1001).Time(0.11));
  EXPECT_EQ(Live().size(), 2u);
  EXPECT_EQ(table().totals().opened_handshake, 2u);
  for (const ConnectionSummary& each : Live()) {
    EXPECT_EQ(each.client_sent.packets, each.server == pod_ ? 1u : 2u);
  }
}

TEST_F(ConnectionViews, ASynThatComesLaterThanASecondIsAnotherConnection) {
  Feed(Up(before_).Syn(1000).Time(0));
  Feed(Up(dnat_).Syn(1000).Time(1.1));
  EXPECT_EQ(table().totals().opened_handshake, 2u);
}

TEST_F(ConnectionViews, ARefusedConnectionIsOneConnection) {
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Syn(1000).Time(0); });
  FromServerOn({before_, dnat_}, [](Segment s) { return s.Rst().Ack(1001).Time(0.1); });
  EXPECT_EQ(Only().server, pod_);
  Advance(60);
  EXPECT_EQ(Closed(EndReason::kRefused), 1u);
  EXPECT_EQ(table().totals().opened_handshake, 1u);
}

TEST_F(ConnectionViews, AnUnansweredConnectionIsOneConnection) {
  for (const double seconds : {0, 1, 3, 7, 15, 31, 63}) {
    FromClientOn({before_, dnat_}, [=](Segment s) { return s.Syn(1000).Time(seconds); });
  }
  Advance(300);
  EXPECT_EQ(table().size(), 0u);
  EXPECT_EQ(table().totals().opened_handshake, 1u);
  EXPECT_EQ(Closed(EndReason::kHandshakeTimeout), 1u);
}

TEST_F(ConnectionViews, TagsThatDifferByDirectionAreOneConnection) {
  Way tagged_10 = before_, tagged_20 = before_;
  tagged_10.vlan = 10;
  tagged_20.vlan = 20;
  Feed(Up(tagged_10).Syn(1000));
  Feed(Down(tagged_20).Syn(5000).Ack(1001).Time(0.01));
  Feed(Up(tagged_10).Seq(1001).Ack(5001).Payload(10).Time(0.02));
  Feed(Down(tagged_20).Seq(5001).Ack(1011).Payload(20).Time(0.03));
  EXPECT_EQ(Only().client_sent.payload_bytes, 10u);
  EXPECT_EQ(Only().server_sent.payload_bytes, 20u);
  EXPECT_EQ(table().totals().opened_handshake, 1u);
}

TEST_F(ConnectionViews, ATranslatedConnectionInTunnelsThatDifferByDirectionIsOneConnection) {
  Way up = dnat_, down = dnat_;
  up.vni = 1;
  down.vni = 2;
  for (const Way& way : {before_, up}) Feed(Up(way).Syn(1000));
  for (const Way& way : {down, before_}) Feed(Down(way).Syn(5000).Ack(1001).Time(0.01));
  for (const Way& way : {before_, up}) Feed(Up(way).Seq(1001).Ack(5001).Payload(10).Time(0.02));
  for (const Way& way : {down, before_}) Feed(Down(way).Seq(5001).Ack(1011).Payload(20).Time(0.03));
  EXPECT_EQ(Only().client_sent.payload_bytes, 10u);
  EXPECT_EQ(Only().server_sent.payload_bytes, 20u);
  EXPECT_EQ(Only().server, pod_);
  EXPECT_EQ(table().totals().opened_handshake, 1u);
}

TEST_F(ConnectionViews, AConnectionThatBeganBeforeTheCaptureIsOneConnection) {
  for (int i = 0; i < 4; ++i) {
    const uint32_t sent = 10 * i;
    FromClientOn({before_, dnat_}, [=](Segment s) { return s.Seq(1001 + sent).Ack(5001).Payload(10).Time(0.1 * i); });
    FromServerOn({before_, dnat_}, [=](Segment s) { return s.Seq(5001).Ack(1011 + sent).Time(0.1 * i + 0.01); });
  }
  EXPECT_EQ(table().totals().opened_midstream, 1u);
  EXPECT_EQ(Only().client_sent.payload_bytes, 40u);
  EXPECT_EQ(Only().server, pod_);
}

TEST_F(ConnectionViews, PacketsOfAViewThatWereReadBeforeItWasRecognisedAreDuplicates) {
  Feed(Up(before_).Seq(1011).Ack(5001).Payload(10).Time(0.001));
  Feed(Up(dnat_).Seq(1001).Ack(5001).Payload(10).Time(0.002));
  Feed(Up(dnat_).Seq(1011).Ack(5001).Payload(10).Time(0.003));
  EXPECT_EQ(Only().client_sent.packets, 1u);
  EXPECT_EQ(Duplicates(1, DuplicateKind::kTranslated), 2u);
}

TEST_F(ConnectionViews, PacketsOfATunnelThatWereReadBeforeItWasRecognisedAreDuplicates) {
  const Way bare{client_, server_, 0};
  const Way overlay{client_, server_, 1, 0, 42};
  Feed(Down(bare).Seq(5011).Ack(1001).Payload(10).Time(0.001));
  Feed(Down(overlay).Seq(5001).Ack(1001).Payload(10).Time(0.002));
  Feed(Down(overlay).Seq(5011).Ack(1001).Payload(10).Time(0.003));
  EXPECT_EQ(Only().server_sent.packets, 1u);
  EXPECT_EQ(Duplicates(1, DuplicateKind::kEncapsulated), 2u);
}

TEST_F(ConnectionViews, PacketsOfAViewOfAConfirmedConnectionAreDuplicates) {
  Feed(Up(dnat_).Seq(1001).Ack(5001).Payload(10).Time(0));
  Feed(Up(before_).Seq(1011).Ack(5001).Payload(10).Time(0.001));
  Feed(Down(before_).Seq(5001).Ack(1021).Time(0.002));
  Feed(Up(dnat_).Seq(1011).Ack(5001).Payload(10).Time(0.003));
  EXPECT_EQ(Only().client_sent.packets, 1u);
  EXPECT_EQ(Duplicates(1, DuplicateKind::kTranslated), 2u);
}

TEST_F(ConnectionViews, ASilentServerOfAConnectionThatBeganBeforeHasItsAddressAfterTranslation) {
  for (int i = 0; i < 4; ++i) {
    FromClientOn({before_, dnat_},
                 [=](Segment s) { return s.Seq(1001 + 10 * i).Ack(5001).Payload(10).Time(0.001 * i); });
  }
  EXPECT_EQ(Only().server, pod_);
  EXPECT_EQ(table().totals().opened_midstream, 1u);
}

TEST_F(ConnectionViews, AnAnswerFromAnAddressThatNoSynShowedIsAView) {
  const Way direct{client_, At("198.51.100.9:80"), 2};
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Syn(1000); });
  FromServerOn({direct}, [](Segment s) { return s.Syn(5000).Ack(1001).Time(0.01); });
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Seq(1001).Ack(5001).Payload(5).Time(0.02); });
  FromServerOn({direct}, [](Segment s) { return s.Seq(5001).Ack(1006).Payload(7).Time(0.03); });
  EXPECT_EQ(Only().server_sent.payload_bytes, 7u);
  EXPECT_EQ(Only().client_sent.payload_bytes, 5u);
}

TEST_F(ConnectionViews, AnAnswerThatTakesAnotherWayIsCountedThere) {
  // The answers do not pass the first stretch, so they are never translated back here.
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Syn(1000); });
  FromServerOn({dnat_}, [](Segment s) { return s.Syn(5000).Ack(1001).Time(0.01); });
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Seq(1001).Ack(5001).Time(0.02); });
  FromServerOn({dnat_}, [](Segment s) { return s.Seq(5001).Ack(1001).Payload(7).Time(0.03); });
  EXPECT_EQ(Only().server_sent.payload_bytes, 7u);
  EXPECT_EQ(Only().client_sent.packets, 2u);
}

TEST_F(ConnectionViews, AShortConnectionThatIsReadToItsEndOnOneStretchFirstIsOneConnection) {
  const auto all_of = [this](const Way& way) {
    Feed(Up(way).Syn(1000).Time(0));
    Feed(Down(way).Syn(5000).Ack(1001).Time(0.001));
    Feed(Up(way).Seq(1001).Ack(5001).Payload(10).Fin().Time(0.002));
    Feed(Down(way).Seq(5001).Ack(1012).Fin().Time(0.003));
    Feed(Up(way).Seq(1012).Ack(5002).Time(0.004));
  };
  all_of(dnat_);
  all_of(before_);
  EXPECT_EQ(Only().state, ConnectionState::kClosed);
  EXPECT_EQ(Only().client_sent.payload_bytes, 10u);
  EXPECT_EQ(table().totals().opened_handshake, 1u);
}

TEST_F(ConnectionViews, APortIsUsedAgainThroughTheSameTranslation) {
  for (int i = 0; i < 3; ++i) {
    const double begin = 0.5 * i;
    HandshakeOn({before_, dnat_}, begin, 1000 + 1000 * i, 50000 + 1000 * i);
    FromClientOn({before_, dnat_},
                 [=](Segment s) { return s.Seq(1001 + 1000 * i).Ack(50001 + 1000 * i).Fin().Time(begin + 0.1); });
    FromServerOn({before_, dnat_},
                 [=](Segment s) { return s.Seq(50001 + 1000 * i).Ack(1002 + 1000 * i).Fin().Time(begin + 0.1); });
    FromClientOn({before_, dnat_},
                 [=](Segment s) { return s.Seq(1002 + 1000 * i).Ack(50002 + 1000 * i).Time(begin + 0.1); });
  }
  EXPECT_EQ(table().totals().opened_handshake, 3u);
  EXPECT_EQ(Closed(EndReason::kFin), 2u);
}

TEST_F(ConnectionViews, AReusedPortMayLeadToAnotherServer) {
  const Way other_{client_, At("10.0.8.8:8080"), 1};
  HandshakeOn({before_, dnat_});
  HandshakeOn({before_, other_}, 2, 2000, 6000);
  EXPECT_EQ(Only().server, other_.server);
  EXPECT_EQ(Only().client, client_);
  EXPECT_EQ(Only().service, service_);
  EXPECT_EQ(table().totals().opened_handshake, 2u);
}

TEST_F(ConnectionViews, EveryViewIsAConnectionIfTheUserWantsThat) {
  options_.count_views = true;
  HandshakeOn({before_, dnat_});
  EXPECT_EQ(table().totals().opened_handshake, 2u);
}

TEST_F(ConnectionViews, WithCountViewsTheTwoDirectionsOfAnInterfaceAreNotToldApart) {
  options_.count_views = true;
  for (const PacketDirection direction : {PacketDirection::kIn, PacketDirection::kOut}) {
    Feed(Up(before_).Syn(1000).Direction(direction));
    Feed(Down(before_).Syn(5000).Ack(1001).Time(0.01).Direction(direction));
    Feed(Up(before_).Seq(1001).Ack(5001).Payload(10).Time(0.02).Direction(direction));
  }
  EXPECT_EQ(Only().client_sent.packets, 4u);
  EXPECT_EQ(Only().server_sent.packets, 2u);
  EXPECT_EQ(Only().client_sent.payload_bytes, 20u);
  EXPECT_EQ(Duplicates(0, DuplicateKind::kInterface), 0u);
}

TEST_F(ConnectionViews, LateSegmentsOfAllViewsBeginNothing) {
  HandshakeOn({before_, dnat_});
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Seq(1001).Ack(5001).Fin().Time(0.1); });
  FromServerOn({before_, dnat_}, [](Segment s) { return s.Seq(5001).Ack(1002).Fin().Time(0.1); });
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Seq(1002).Ack(5002).Time(0.1); });
  Advance(10);
  EXPECT_EQ(table().size(), 0u);
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Seq(1002).Ack(5002).Time(11); });
  EXPECT_EQ(table().size(), 0u);
}

TEST_F(ConnectionViews, AnEdgeKnowsHowItsServerWasAddressed) {
  HandshakeOn({before_, dnat_});
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Seq(1001).Ack(5001).Payload(100).Time(0.1); });
  Advance(1);
  std::vector<Endpoint> found;
  table().edges()->VisitExported([&](const EdgeKey&, const EdgeCounters&, const EdgeServices& services, int64_t) {
    found.assign(services.endpoints().begin(), services.endpoints().end());
  });
  EXPECT_EQ(found, std::vector<Endpoint>{service_});
}

TEST_F(ConnectionViews, AnEdgeIsToldOfAnAttemptWithTheAddressesOfTheAnswer) {
  HandshakeOn({before_, both_});
  FromClientOn({before_, both_}, [](Segment s) { return s.Seq(1001).Ack(5001).Payload(100).Time(0.1); });
  Advance(1);
  std::vector<EdgeKey> edges;
  table().edges()->VisitExported(
      [&](const EdgeKey& key, const EdgeCounters&, const EdgeServices&, int64_t) { edges.push_back(key); });
  ASSERT_EQ(edges.size(), 1u);
  EXPECT_EQ(edges[0].client, client_.address);
  EXPECT_EQ(edges[0].server, pod_);
}

TEST_F(ConnectionViews, APortIsUsedAgainWithTagsThatDifferByDirection) {
  Way up = before_, down = before_;
  up.vlan = 10;
  down.vlan = 20;
  for (const uint32_t i : {0u, 1u}) {  // the second SYN comes while the first connection is established
    const uint32_t client = 1000 + 1000 * i, server = 50000 + 1000 * i;
    Feed(Up(up).Syn(client).Time(i));
    Feed(Down(down).Syn(server).Ack(client + 1).Time(i + 0.01));
    Feed(Up(up).Seq(client + 1).Ack(server + 1).Payload(10).Time(i + 0.02));
    Feed(Down(down).Seq(server + 1).Ack(client + 11).Payload(20).Time(i + 0.03));
  }
  EXPECT_EQ(Only().client_sent.payload_bytes, 10u);
  EXPECT_EQ(Only().server_sent.payload_bytes, 20u);
  EXPECT_EQ(table().totals().opened_handshake, 2u);
  EXPECT_EQ(table().totals().opened_midstream, 0u);
}

TEST_F(ConnectionViews, AReusedPortMayLeadToAnotherServerThroughATunnel) {
  const Way other{client_, At("10.0.8.8:8080"), 1};
  const Way overlay{client_, At("10.0.8.8:8080"), 2, 0, 42};
  HandshakeOn({before_, dnat_});
  HandshakeOn({before_, other, overlay}, 2, 2000, 6000);
  EXPECT_EQ(Only().server, other.server);
  EXPECT_EQ(Only().client, client_);
  EXPECT_EQ(Only().service, service_);
  EXPECT_EQ(table().totals().opened_handshake, 2u);
}

TEST_F(ConnectionViews, TheServerSideOfAProxyMayHaveViewsToo) {
  const Way overlay{client_, pod_, 2, 0, 42};
  HandshakeOn({before_});
  HandshakeOn({dnat_, overlay}, 0.1, 1000, 9000);
  FromClientOn({dnat_, overlay}, [](Segment s) { return s.Seq(1001).Ack(9001).Payload(10).Time(0.2); });
  ASSERT_EQ(Live().size(), 2u);
  EXPECT_EQ(table().totals().opened_handshake, 2u);
  EXPECT_EQ(table().totals().client_payload_bytes, 10u);
}

TEST_F(ConnectionViews, TheServiceIsTheServerBeforeTheFirstOfTwoTranslations) {
  const Way between{client_, At("10.0.9.9:8080"), 1};
  const Way last{client_, pod_, 2};
  HandshakeOn({before_, between, last});
  EXPECT_EQ(Only().service, service_);
  EXPECT_EQ(Only().server, pod_);
}

TEST_F(ConnectionViews, ASynThatIsRepeatedInTheSameVlanIsATranslatedDuplicate) {
  Way before = before_, dnat = dnat_;
  before.vlan = dnat.vlan = 10;
  for (const double seconds : {0, 1, 3}) {
    FromClientOn({before, dnat}, [=](Segment s) { return s.Syn(1000).Time(seconds); });
  }
  EXPECT_EQ(Duplicates(1, DuplicateKind::kTranslated), 2u);
  EXPECT_EQ(Duplicates(1, DuplicateKind::kEncapsulated), 0u);
}

TEST_F(ConnectionViews, ASmallTableRemembersTheSynsOfASecond) {
  options_.max_connections = 8192;
  Feed(Up(dnat_).Syn(1).Time(0));
  Feed(Up(before_).Syn(2).Time(2));  // a second stretch
  const auto all_on = [this](Way way) {
    for (uint16_t i = 0; i < 3000; ++i) {
      way.client.port = static_cast<uint16_t>(10000 + i);
      Feed(Up(way).Syn(7919 * (i + 1u)).Time(4));
    }
  };
  all_on(before_);
  all_on(dnat_);
  EXPECT_LT(table().totals().opened_handshake, 3050u);
}

TEST_F(ConnectionViews, InOneBatchAViewTakesTheKeyOfAConnectionThatHasTimedOut) {
  HandshakeOn({dnat_});
  Feed(Up(dnat_).Seq(1001).Ack(5001).Rst().Time(0.1));
  const std::vector<DecodedPacket> batch = {
      Up(before_).Syn(2000).Time(10),           Up(dnat_).Syn(2000).Time(10),
      Down(dnat_).Syn(6000).Ack(2001).Time(10), Down(before_).Syn(6000).Ack(2001).Time(10),
      Up(before_).Seq(2001).Ack(6001).Time(10), Up(dnat_).Seq(2001).Ack(6001).Time(10),
  };
  table().Apply(batch);
  EXPECT_EQ(Only().server, pod_);
  EXPECT_EQ(Duplicates(1, DuplicateKind::kTranslated), 2u);
  EXPECT_EQ(Duplicates(1, DuplicateKind::kInterface), 0u);
}

TEST_F(ConnectionViews, EqualAddressesInAnotherNetworkAreNoViewWhenTheNumberOfANetworkIsUsedAgain) {
  options_.max_connections = 1;
  const auto in_vlan = [this](uint16_t vlan, uint32_t interface) {
    Way way = before_;
    way.vlan = vlan;
    way.interface = interface;
    return Up(way).Seq(1000).Ack(2000).Payload(10);
  };
  Feed(in_vlan(7, 0).Time(0));
  Feed(in_vlan(9, 0).Seq(5).Time(0));
  Feed(in_vlan(8, 0).Seq(6).Time(0));  // gets the number of VLAN 7
  Feed(in_vlan(7, 1).Time(0.01));
  ASSERT_EQ(Live().size(), 1u);
  EXPECT_EQ(table().encapsulations().Get(Only().encapsulation).vlans[0], 7);
}

TEST_F(ConnectionViews, ASynWithTheNumberZeroFitsNoConnectionWhoseSynWasNotSeen) {
  for (uint32_t i = 0; i < 3; ++i) Feed(Up(before_).Seq(1001 + 10 * i).Ack(5001).Payload(10).Time(0.01 * i));
  Feed(Up(dnat_).Seq(9).Ack(9).Time(0.04));  // a second stretch
  Advance(70);
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Syn(0).Time(71); });
  Feed(Up(dnat_).Seq(1031).Ack(77).Payload(10).Time(71.1));
  EXPECT_EQ(Live().size(), 2u);
}

// Opened connections: those that the edges count, and the attempts that wait for their answer or end.
using OpenedAndPending = std::pair<uint64_t, uint64_t>;
OpenedAndPending EdgesOf(const ConnectionTable& table) {
  EdgeCounters sum = table.edges()->other();
  table.edges()->VisitExported([&sum](const EdgeKey&, const EdgeCounters& counters, const EdgeServices&, int64_t) {
    AddEdgeCounters(counters, &sum);
  });
  return {sum.connections_opened, table.pending_attempts()};
}

TEST_F(ConnectionViews, AnAttemptIsPendingUntilItIsAnswered) {
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Syn(1000); });
  EXPECT_EQ(table().totals().opened_handshake, 1u);
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(0, 1));
  FromServerOn({before_, dnat_}, [](Segment s) { return s.Syn(5000).Ack(1001).Time(0.020); });
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(1, 0));
}

TEST_F(ConnectionViews, AnAttemptThatIsRefusedIsPendingNoMore) {
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Syn(1000); });
  FromServerOn({before_, dnat_}, [](Segment s) { return s.Seq(0).Ack(1001).Rst().Time(0.020); });
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(1, 0));
}

TEST_F(ConnectionViews, AnAttemptThatTimesOutIsPendingNoMore) {
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Syn(1000); });
  Advance(200);
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(1, 0));
  EXPECT_EQ(table().edges()->other().connections, 0);
}

TEST_F(ConnectionViews, AnAttemptThatIsEvictedIsPendingNoMore) {
  options_.max_connections = 1;
  FromClientOn({before_}, [](Segment s) { return s.Syn(1000); });
  FromClientOn({snat_}, [](Segment s) { return s.Syn(2000); });
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(1, 1));
}

TEST_F(ConnectionViews, NoAttemptIsPendingAfterTheLastPacket) {
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Syn(1000); });
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Syn(1000).Time(1); });  // a record takes the embryo's place
  FromClientOn({snat_}, [](Segment s) { return s.Syn(2000).Time(1); });
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(0, 2));
  table().SettleAttempts();
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(2, 0));
}

TEST_F(ConnectionViews, ACopyThatBecomesAConnectionOfItsOwnIsCountedOnce) {
  FromClientOn({before_, both_}, [](Segment s) { return s.Syn(1000); });
  FromServerOn({both_}, [](Segment s) { return s.Syn(5000).Ack(1001).Time(0.020); });
  FromServerOn({before_}, [](Segment s) { return s.Syn(9000).Ack(1001).Time(0.030); });  // a proxy's own number
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(table().totals().opened_handshake, 0));
}

// The two directions of one interface with one connection: a second stretch is noticed only once a segment that is no
// SYN begins something. A SYN may be on the first stretch if its direction is not known.
TEST_F(ConnectionViews, ASynThatMayBeOnTheFirstStretchIsNotPending) {
  Feed(Up(before_).Syn(1000).Direction(PacketDirection::kIn));
  Feed(Down(before_).Syn(5000).Ack(1001).Time(0.01).Direction(PacketDirection::kOut));
  Feed(Up(snat_).On(0).Syn(2000).Time(0.2).Direction(PacketDirection::kIn));
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(2, 0));
  Feed(Up(both_).On(0).Syn(3000).Time(0.3));
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(3, 0));
}

TEST_F(ConnectionViews, NoAttemptIsPendingIfEachViewIsAConnection) {
  options_.count_views = true;
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Syn(1000); });
  EXPECT_EQ(EdgesOf(table()), OpenedAndPending(2, 0));
}

// nmap sends the SYNs of a scan with one sequence number, window and list of options, from one port.
class ScanThroughTranslation : public ConnectionViews {
 protected:
  static constexpr uint32_t kNumber = 77;

  Way Before(int target) const { return {client_, Target(target), 0}; }
  Way After(int target) const { return {node_, Target(target), 1}; }
  static Endpoint Target(int target) { return At("192.0.2.1:" + std::to_string(1000 + target)); }
  void Probe(int target, double seconds) {
    FromClientOn({Before(target), After(target)}, [=](Segment s) { return s.Syn(kNumber).Time(seconds); });
  }
  void Refuse(int target, double seconds) {
    FromServerOn({Before(target), After(target)},
                 [=](Segment s) { return s.Rst().Seq(0).Ack(kNumber + 1).Time(seconds); });
  }
  void Accept(int target, double seconds) {
    const uint32_t server = 5000000 + target * 100000000u;
    FromServerOn({Before(target), After(target)},
                 [=](Segment s) { return s.Syn(server).Ack(kNumber + 1).Time(seconds); });
    FromClientOn({Before(target), After(target)}, [=](Segment s) { return s.Rst().Seq(kNumber + 1).Time(seconds); });
  }
};

TEST_F(ScanThroughTranslation, EachRefusedProbeIsCountedOnce) {
  options_.max_connections = 1000;
  for (int group = 0; group < 10; ++group) {
    for (int i = 0; i < 10; ++i) Probe(10 * group + i, 0.01 * group + 0.0001 * i);
    for (int i = 0; i < 10; ++i) Refuse(10 * group + i, 0.01 * group + 0.002 + 0.0001 * i);
  }
  Advance(100);
  EXPECT_EQ(table().totals().opened_handshake, 100u);
  EXPECT_EQ(Closed(EndReason::kRefused), 100u);
}

TEST_F(ScanThroughTranslation, EachAcceptedProbeIsCountedOnce) {
  options_.max_connections = 1000;
  for (int group = 0; group < 10; ++group) {
    for (int i = 0; i < 10; ++i) Probe(10 * group + i, 0.01 * group + 0.0001 * i);
    for (int i = 0; i < 10; ++i) Accept(10 * group + i, 0.01 * group + 0.002 + 0.0001 * i);
  }
  Advance(100);
  EXPECT_EQ(table().totals().opened_handshake, 100u);
  EXPECT_EQ(Closed(EndReason::kReset), 100u);
}

TEST_F(ScanThroughTranslation, EachUnansweredProbeIsCountedOnce) {
  options_.max_connections = 1000;
  for (int i = 0; i < 100; ++i) Probe(i, 0.0001 * i);
  Advance(100);
  EXPECT_EQ(table().totals().opened_handshake, 100u);
  EXPECT_EQ(Closed(EndReason::kHandshakeTimeout), 100u);
}

TEST_F(ScanThroughTranslation, FewAnswersBelongToTheirProbes) {
  options_.max_connections = 1000;
  for (int i = 0; i < 100; ++i) {
    Probe(i, 0.001 * i);
    if (i % 7 == 3) Accept(i, 0.001 * i + 0.0005);
    if (i % 7 == 5) Refuse(i, 0.001 * i + 0.0005);
  }
  Advance(100);
  EXPECT_EQ(table().totals().opened_handshake, 100u);
  EXPECT_EQ(Closed(EndReason::kReset), 14u);
  EXPECT_EQ(Closed(EndReason::kRefused), 14u);
  EXPECT_EQ(Closed(EndReason::kHandshakeTimeout), 72u);
}

TEST_F(ConnectionViews, AScanOfServicesCountsEachProbeOnce) {
  for (int i = 0; i < 20; ++i) {
    const Way before{client_, At("10.96.0." + std::to_string(i) + ":80"), 0};
    const Way after{client_, At("10.0.7." + std::to_string(i) + ":8080"), 1};
    const uint32_t server = 5000000 + i * 100000000u;
    FromClientOn({before, after}, [=](Segment s) { return s.Syn(77).Time(0.001 * i); });
    if (i % 3 != 0) {
      FromServerOn({before, after}, [=](Segment s) { return s.Syn(server).Ack(78).Time(0.001 * i + 0.0015); });
    }
  }
  EXPECT_EQ(table().totals().opened_handshake, 20u);
  for (const ConnectionSummary& each : Live()) {
    if (each.server_sent.packets == 0) continue;
    EXPECT_EQ(each.server.address.ToString().rfind("10.0.7.", 0), 0u);
    EXPECT_EQ(each.service.address.ToString().substr(8), each.server.address.ToString().substr(7));
  }
}

TEST_F(ConnectionViews, EveryPacketOfAnUndecidedViewIsADuplicate) {
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Syn(1000); });
  DecodedPacket broken = Up(dnat_).Seq(1001).Ack(5001).Time(0.001);
  broken.error = DecodeError::kTcpDataOffset;
  table().Apply({&broken, 1});
  table().EndAll();
  EXPECT_EQ(Duplicates(1, DuplicateKind::kTranslated), 2u);
  EXPECT_EQ(LastEnded().summary.client_sent.packets, 1u);
}

TEST_F(ConnectionViews, WhatAViewCarriedBeforeItIsRecognisedAreDuplicates) {
  // The capture begins with one segment of each view; the next ones show that both are one connection.
  Feed(Up(before_).Seq(1001).Ack(5001).Payload(10).Time(0));
  Feed(Down(before_).Seq(5001).Ack(1011).Time(0.001));
  Feed(Up(dnat_).Seq(991).Ack(5001).Payload(10).Time(0.002));
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Seq(1011).Ack(5001).Payload(10).Time(0.003); });
  EXPECT_EQ(Only().client_sent.packets, 2u);
  EXPECT_EQ(Duplicates(1, DuplicateKind::kTranslated), 2u);
}

TEST_F(ConnectionViews, AConnectionThatReplacesAnotherListsItsViews) {
  HandshakeOn({before_, snat_});
  Feed(Up(before_).Syn(900000).Time(5));
  Feed(Up(snat_).Syn(900000).Time(5));
  Feed(Down(snat_).Syn(700000).Ack(900001).Time(5.01));
  std::vector<ConnectionView> views;
  for (uint32_t slot = 0; slot < table().record_limit(); ++slot) {
    if (table().IsInUse(slot)) table().AppendViews(slot, &views);
  }
  EXPECT_EQ(Only().client, client_);
  EXPECT_EQ(views.size(), 2u);
}

TEST_F(ConnectionViews, ASynThatOneStretchLostIsFoundByItsAnswer) {
  for (const bool before : {false, true}) {
    const double at = before ? 10 : 0;
    const uint32_t number = before ? 70000000 : 1000;
    Way first = before_, second = dnat_;
    first.client.port = second.client.port = before ? 50000 : 40000;
    Feed(Up(before ? first : second).Syn(number).Time(at));
    FromServerOn({first, second}, [=](Segment s) { return s.Syn(5000 + number).Ack(number + 1).Time(at + 0.01); });
    FromClientOn({first, second}, [=](Segment s) { return s.Seq(number + 1).Ack(5001 + number).Time(at + 0.02); });
  }
  EXPECT_EQ(table().totals().opened_handshake, 2u);
  EXPECT_EQ(Live().size(), 2u);
}

TEST_F(ConnectionViews, AnEcnSynIsCountedOnce) {
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Flags(kTcpSyn | 0xc0).Seq(1000); });
  FromServerOn({before_, dnat_}, [](Segment s) { return s.Flags(kTcpSyn | kTcpAck | 0x40).Seq(5000).Ack(1001); });
  EXPECT_EQ(Only().server, pod_);
}

TEST_F(ConnectionViews, AConnectionThatMovesToAnotherInterfaceIsOneConnection) {
  HandshakeOn({before_, dnat_});
  Way moved = dnat_;
  moved.interface = 3;
  for (int i = 0; i < 40; ++i) {
    FromClientOn({before_, moved},
                 [=](Segment s) { return s.Seq(1001 + 10 * i).Ack(5001).Payload(10).Time(1 + 0.1 * i); });
  }
  EXPECT_EQ(Only().client_sent.payload_bytes, 400u);
}

TEST_F(ConnectionViews, AnAnswerThatOneStretchShowsBeforeTheSynIsCountedOnce) {
  // Read out of order by a millisecond.
  Feed(Up(before_).Syn(1000).Time(0));
  Feed(Down(dnat_).Syn(5000).Ack(1001).Time(0.0005));
  Feed(Up(dnat_).Syn(1000).Time(0.0001));
  Feed(Down(before_).Syn(5000).Ack(1001).Time(0.001));
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Seq(1001).Ack(5001).Payload(10).Time(0.002); });
  EXPECT_EQ(Only().server, pod_);
  EXPECT_EQ(Only().client_sent.payload_bytes, 10u);
}

}  // namespace
}  // namespace tcpgauge
