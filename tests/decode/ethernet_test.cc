// SPDX-License-Identifier: Apache-2.0
#include "src/decode/ethernet.h"

#include "gtest/gtest.h"
#include "tests/decode/decode_frame.h"

namespace tcpgauge {
namespace {

constexpr char kSegment[] = "10.0.0.1:40000 > 10.0.0.2:80 5";

TEST(Ethernet, HoldsVlansOfEveryTpidOutermostFirst) {
  for (uint16_t tpid : {0x8100, 0x88a8, 0x9100, 0x9200}) {
    const auto packet = Decode(Frame().Ethernet().Vlan(4094, tpid).Vlan(7).Ipv4().Tcp().Payload(5));
    EXPECT_EQ(Summary(packet), kSegment);
    EXPECT_EQ(Around(packet), "vlan 4094 / vlan 7");
  }
}

TEST(Ethernet, TakesAPriorityTagForNoVlan) {
  const auto packet = Decode(Frame().Ethernet().Vlan(0xe000).Vlan(0x6007).Ipv4().Tcp().Payload(5));
  EXPECT_EQ(Summary(packet), kSegment);
  EXPECT_EQ(Around(packet), "vlan 7");
}

TEST(Ethernet, ReadsSnapAndLlc) {
  EXPECT_EQ(Summary(Decode(Frame().Ethernet8023().Snap().Ipv4().Tcp().Payload(5))), kSegment);
  EXPECT_EQ(Summary(Decode(Frame().Ethernet8023().Snap(0x0000f8).Ipv4().Tcp().Payload(5))), kSegment);
  EXPECT_EQ(Summary(Decode(Frame().Ethernet8023().Llc(6).Ipv4().Tcp().Payload(5))), kSegment);
  EXPECT_EQ(Summary(Decode(Frame().Ethernet8023().Snap(0x00000c).Ipv4().Tcp())), "other");
  EXPECT_EQ(Summary(Decode(Frame().Ethernet8023().Llc(0x42).Payload(40))), "other") << "spanning tree";
  EXPECT_EQ(Summary(Decode(Frame().Ethernet8023().Llc(6, 0x7f).Ipv4().Tcp())), "other") << "not unnumbered information";
}

TEST(Ethernet, DoesNotCountPaddingAsPayload) {
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Ipv4().Tcp().Padding(6))), "10.0.0.1:40000 > 10.0.0.2:80 0");
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Ipv6().Tcp().Payload(1).Padding(6))),
            "[2001:db8::1]:40000 > [2001:db8::2]:80 1");
  const auto snap = Decode(Frame().Ethernet8023().Snap().Ipv4().Set16(2, 0).Tcp().Payload(5).Padding(9));
  EXPECT_EQ(Summary(snap), kSegment) << "the frame's own length counts";
}

TEST(Ethernet, LeavesOtherTypesAlone) {
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Set16(12, 0x0806).Payload(28))), "other") << "ARP";
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Set16(12, 1501).Payload(28))), "other") << "neither type nor length";
}

}  // namespace
}  // namespace tcpgauge
