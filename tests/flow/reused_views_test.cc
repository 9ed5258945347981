// SPDX-License-Identifier: Apache-2.0
// The views of a 4-tuple that is used again, or whose connection has ended.
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"
#include "tests/flow/views_test.h"

namespace tcpgauge {
namespace {

class ReusedViews : public ViewsTest {};

TEST_F(ReusedViews, APortIsUsedAgainThroughTheSameTranslation) {
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

TEST_F(ReusedViews, AReusedPortMayLeadToAnotherServer) {
  const Way other_{client_, At("10.0.8.8:8080"), 1};
  HandshakeOn({before_, dnat_});
  HandshakeOn({before_, other_}, 2, 2000, 6000);
  EXPECT_EQ(Only().server, other_.server);
  EXPECT_EQ(Only().client, client_);
  EXPECT_EQ(Only().service, service_);
  EXPECT_EQ(table().totals().opened_handshake, 2u);
}

TEST_F(ReusedViews, APortIsUsedAgainWithTagsThatDifferByDirection) {
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

TEST_F(ReusedViews, AReusedPortMayLeadToAnotherServerThroughATunnel) {
  const Way other{client_, At("10.0.8.8:8080"), 1};
  const Way overlay{client_, At("10.0.8.8:8080"), 2, 0, 42};
  HandshakeOn({before_, dnat_});
  HandshakeOn({before_, other, overlay}, 2, 2000, 6000);
  EXPECT_EQ(Only().server, other.server);
  EXPECT_EQ(Only().client, client_);
  EXPECT_EQ(Only().service, service_);
  EXPECT_EQ(table().totals().opened_handshake, 2u);
}

TEST_F(ReusedViews, AConnectionThatReplacesAnotherListsItsViews) {
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

TEST_F(ReusedViews, AShortConnectionThatIsReadToItsEndOnOneStretchFirstIsOneConnection) {
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

TEST_F(ReusedViews, InOneBatchAViewTakesTheKeyOfAConnectionThatHasTimedOut) {
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

TEST_F(ReusedViews, LateSegmentsOfAllViewsBeginNothing) {
  HandshakeOn({before_, dnat_});
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Seq(1001).Ack(5001).Fin().Time(0.1); });
  FromServerOn({before_, dnat_}, [](Segment s) { return s.Seq(5001).Ack(1002).Fin().Time(0.1); });
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Seq(1002).Ack(5002).Time(0.1); });
  Advance(10);
  EXPECT_EQ(table().size(), 0u);
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Seq(1002).Ack(5002).Time(11); });
  EXPECT_EQ(table().size(), 0u);
}

}  // namespace
}  // namespace tcpgauge
