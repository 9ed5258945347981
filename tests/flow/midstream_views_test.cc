// SPDX-License-Identifier: Apache-2.0
// The views of a connection whose beginning was not captured on all stretches.
#include <cstdint>

#include "gtest/gtest.h"
#include "tests/flow/views_test.h"

namespace tcpgauge {
namespace {

class MidstreamViews : public ViewsTest {};

// The capture begins between the two copies of a segment. Both stretches are directions of one interface, and the only
// segments that begin something are those of one direction.
TEST_F(MidstreamViews, AHairpinOfWhichTheFirstSynWasMissedIsOneConnection) {
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

TEST_F(MidstreamViews, AHairpinOfWhichTheFirstSynAckWasMissedIsOneConnection) {
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

TEST_F(MidstreamViews, AHairpinThatBeganBeforeTheCaptureIsOneConnection) {
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

TEST_F(MidstreamViews, AConnectionThatBeganBeforeTheCaptureIsOneConnection) {
  for (int i = 0; i < 4; ++i) {
    const uint32_t sent = 10 * i;
    FromClientOn({before_, dnat_}, [=](Segment s) { return s.Seq(1001 + sent).Ack(5001).Payload(10).Time(0.1 * i); });
    FromServerOn({before_, dnat_}, [=](Segment s) { return s.Seq(5001).Ack(1011 + sent).Time(0.1 * i + 0.01); });
  }
  EXPECT_EQ(table().totals().opened_midstream, 1u);
  EXPECT_EQ(Only().client_sent.payload_bytes, 40u);
  EXPECT_EQ(Only().server, pod_);
}

TEST_F(MidstreamViews, PacketsOfAViewThatWereReadBeforeItWasRecognisedAreDuplicates) {
  Feed(Up(before_).Seq(1011).Ack(5001).Payload(10).Time(0.001));
  Feed(Up(dnat_).Seq(1001).Ack(5001).Payload(10).Time(0.002));
  Feed(Up(dnat_).Seq(1011).Ack(5001).Payload(10).Time(0.003));
  EXPECT_EQ(Only().client_sent.packets, 1u);
  EXPECT_EQ(Duplicates(1, DuplicateKind::kTranslated), 2u);
}

TEST_F(MidstreamViews, PacketsOfATunnelThatWereReadBeforeItWasRecognisedAreDuplicates) {
  const Way bare{client_, server_, 0};
  const Way overlay{client_, server_, 1, 0, 42};
  Feed(Down(bare).Seq(5011).Ack(1001).Payload(10).Time(0.001));
  Feed(Down(overlay).Seq(5001).Ack(1001).Payload(10).Time(0.002));
  Feed(Down(overlay).Seq(5011).Ack(1001).Payload(10).Time(0.003));
  EXPECT_EQ(Only().server_sent.packets, 1u);
  EXPECT_EQ(Duplicates(1, DuplicateKind::kEncapsulated), 2u);
}

TEST_F(MidstreamViews, PacketsOfAViewOfAConfirmedConnectionAreDuplicates) {
  Feed(Up(dnat_).Seq(1001).Ack(5001).Payload(10).Time(0));
  Feed(Up(before_).Seq(1011).Ack(5001).Payload(10).Time(0.001));
  Feed(Down(before_).Seq(5001).Ack(1021).Time(0.002));
  Feed(Up(dnat_).Seq(1011).Ack(5001).Payload(10).Time(0.003));
  EXPECT_EQ(Only().client_sent.packets, 1u);
  EXPECT_EQ(Duplicates(1, DuplicateKind::kTranslated), 2u);
}

TEST_F(MidstreamViews, ASilentServerOfAConnectionThatBeganBeforeHasItsAddressAfterTranslation) {
  for (int i = 0; i < 4; ++i) {
    FromClientOn({before_, dnat_},
                 [=](Segment s) { return s.Seq(1001 + 10 * i).Ack(5001).Payload(10).Time(0.001 * i); });
  }
  EXPECT_EQ(Only().server, pod_);
  EXPECT_EQ(table().totals().opened_midstream, 1u);
}

TEST_F(MidstreamViews, WhatAViewCarriedBeforeItIsRecognisedAreDuplicates) {
  // The capture begins with one segment of each view; the next ones show that both are one connection.
  Feed(Up(before_).Seq(1001).Ack(5001).Payload(10).Time(0));
  Feed(Down(before_).Seq(5001).Ack(1011).Time(0.001));
  Feed(Up(dnat_).Seq(991).Ack(5001).Payload(10).Time(0.002));
  FromClientOn({before_, dnat_}, [](Segment s) { return s.Seq(1011).Ack(5001).Payload(10).Time(0.003); });
  EXPECT_EQ(Only().client_sent.packets, 2u);
  EXPECT_EQ(Duplicates(1, DuplicateKind::kTranslated), 2u);
}

}  // namespace
}  // namespace tcpgauge
