// SPDX-License-Identifier: Apache-2.0
// A connection that is seen under several keys is counted once.
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "src/flow/edge.h"
#include "src/flow/edge_services.h"
#include "tests/flow/views_test.h"

namespace tcpgauge {
namespace {

class ConnectionViews : public ViewsTest {};

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
  EXPECT_EQ(Duplicates(1, DuplicateKind::kTranslated), 3u);
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

TEST_F(ConnectionViews, EveryPacketOfAnUndecidedViewIsADuplicate) {
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Syn(1000); });
  DecodedPacket broken = Up(dnat_).Seq(1001).Ack(5001).Time(0.001);
  broken.error = DecodeError::kTcpDataOffset;
  table().Apply({&broken, 1});
  table().EndAll();
  EXPECT_EQ(Duplicates(1, DuplicateKind::kTranslated), 2u);
  EXPECT_EQ(LastEnded().summary.client_sent.packets, 1u);
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
