// SPDX-License-Identifier: Apache-2.0
#include "src/decode/mpls.h"

#include "gtest/gtest.h"
#include "tests/decode/decode_frame.h"

namespace tcpgauge {
namespace {

constexpr char kSegment[] = "10.0.0.1:40000 > 10.0.0.2:80 5";

TEST(Mpls, GuessesIpByTheFirstFourBitsAndHoldsNoLabel) {
  const auto packet = Decode(Frame().Ethernet().Vlan(3).Mpls(16).Mpls(17).Ipv4().Tcp().Payload(5));
  EXPECT_EQ(Summary(packet), kSegment);
  EXPECT_EQ(Around(packet), "vlan 3");
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Mpls(2).Ipv6().Tcp().Payload(5))),
            "[2001:db8::1]:40000 > [2001:db8::2]:80 5");
  EXPECT_EQ(Summary(Decode(Frame().Mpls().Ipv4().Tcp().Payload(5), LinkType::kMpls)), kSegment);
}

TEST(Mpls, ReadsEthernetPseudowiresWithAndWithoutControlWord) {
  const Frame labelled = Frame().Ethernet().Mpls();
  EXPECT_EQ(Summary(Decode(Frame(labelled).ControlWord().Ethernet().Ipv4().Tcp().Payload(5))), kSegment);
  EXPECT_EQ(Summary(Decode(Frame(labelled).Ethernet().Ipv4().Tcp().Payload(5))), kSegment)
      << "the address begins like a control word";
  EXPECT_EQ(Summary(Decode(Frame(labelled).Ethernet().Set8(0, 0xf2).Ipv4().Tcp().Payload(5))), kSegment);
  const auto tagged = Decode(Frame(labelled).ControlWord().Ethernet().Vlan(9).Ipv4().Tcp().Payload(5));
  EXPECT_EQ(Summary(tagged), kSegment);
  EXPECT_EQ(Around(tagged), "vlan 9");
}

TEST(Mpls, LeavesAssociatedChannelsAlone) {
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Mpls().ControlWord().Set8(0, 0x10).Payload(40))), "other");
}

}  // namespace
}  // namespace tcpgauge
