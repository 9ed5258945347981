// SPDX-License-Identifier: Apache-2.0
#include "src/decode/in_udp.h"

#include "gtest/gtest.h"
#include "tests/decode/decode_frame.h"

namespace tcpgauge {
namespace {

constexpr char kSegment[] = "10.0.0.1:40000 > 10.0.0.2:80 5";
constexpr char kSegment6[] = "[2001:db8::1]:40000 > [2001:db8::2]:80 5";

Frame Outer() { return Frame().Ethernet().Ipv4("1.1.1.1", "2.2.2.2"); }

Frame GreInUdp() { return Outer().Udp(50000, 4754); }
Frame MplsInUdp() { return Outer().Udp(50000, 6635); }
Frame Foo() { return Outer().Udp(50000, 5555); }

TEST(InUdp, CarriesGre) {
  const auto packet = Decode(GreInUdp().Gre({true, true, true, 42}).Ipv4().Ipv4Checksum().Tcp().Payload(5));
  EXPECT_EQ(Summary(packet), kSegment);
  EXPECT_EQ(Around(packet), "gre 42");
  EXPECT_EQ(Summary(Decode(GreInUdp().Gre().Ipv6().Tcp().Payload(5))), kSegment6);
  EXPECT_EQ(Around(Decode(GreInUdp().Gre().Ethernet().Vlan(7).Ipv4().Ipv4Checksum().Tcp())), "vlan 7 / gre");
  EXPECT_EQ(Summary(Decode(GreInUdp().Gre().Ethernet().Set16(12, 0x0806).Payload(0))), "udp error unknown_gre_in_udp");
}

TEST(InUdp, DoesNotTakeJustAnythingForGre) {
  for (uint16_t start : {0x4000, 0x0001, 0x0400, 0x0080, 0x6000}) {
    EXPECT_EQ(Summary(Decode(GreInUdp().Gre().Set16(0, start).Ipv4().Tcp())), "udp error unknown_gre_in_udp") << start;
  }
  EXPECT_EQ(Summary(Decode(GreInUdp().Gre().Set16(2, 0x1234).Ipv4().Tcp())), "udp error unknown_gre_in_udp");
  EXPECT_EQ(Summary(Decode(GreInUdp().Gre().Ipv4().Set16(10, 1).Tcp())), "udp error unknown_gre_in_udp") << "checksum";
  EXPECT_EQ(Summary(Decode(GreInUdp().Gre().Ipv4().Set16(2, 39).Tcp())), "udp error unknown_gre_in_udp") << "length";
  EXPECT_EQ(Summary(Decode(GreInUdp().Gre().CutInLayer(3))), "udp error unknown_gre_in_udp");
}

TEST(InUdp, CarriesMpls) {
  const auto packet = Decode(MplsInUdp().Mpls().Mpls().Ipv4().Ipv4Checksum().Tcp().Payload(5));
  EXPECT_EQ(Summary(packet), kSegment);
  EXPECT_EQ(Around(packet), "mpls-in-udp");
  EXPECT_EQ(Summary(Decode(MplsInUdp().Mpls().Ipv6().Tcp().Payload(5))), kSegment6);
  EXPECT_EQ(Summary(Decode(MplsInUdp().Mpls().Ethernet().Ipv4().Tcp().Payload(5))), kSegment);
  EXPECT_EQ(Around(Decode(MplsInUdp().Mpls().ControlWord().Ethernet().Vlan(7).Ipv4().Tcp())), "vlan 7 / mpls-in-udp");
  EXPECT_EQ(Summary(Decode(MplsInUdp().Mpls().ControlWord().Ethernet().Ipv4().Tcp().Payload(5))), kSegment);
}

TEST(InUdp, DoesNotTakeJustAnythingForMpls) {
  Frame deep = MplsInUdp();
  for (int i = 0; i < 9; ++i) deep.Mpls();
  EXPECT_EQ(Summary(Decode(deep.Ipv4().Tcp())), "udp error unknown_mpls_in_udp");
  EXPECT_EQ(Summary(Decode(MplsInUdp().Mpls().Ipv4().Set16(10, 1).Tcp())), "udp error unknown_mpls_in_udp");
  EXPECT_EQ(Summary(Decode(MplsInUdp().Mpls().Ipv6().Set8(7, 0).Tcp())), "udp error unknown_mpls_in_udp") << "no hops";
  EXPECT_EQ(Summary(Decode(MplsInUdp().Mpls().CutInLayer(3))), "udp error unknown_mpls_in_udp");
  EXPECT_EQ(Summary(Decode(MplsInUdp().Mpls().CutInLayer(4))), "udp error unknown_mpls_in_udp");
}

TEST(InUdp, CarriesIpOverUdp) {
  const auto packet = Decode(Foo().Ipv4().Ipv4Checksum().Tcp().Payload(5));
  EXPECT_EQ(Summary(packet), kSegment);
  EXPECT_EQ(Around(packet), "fou");
  EXPECT_EQ(Summary(Decode(Foo().Ipv4("10.0.0.1", "10.0.0.2", 8).Ipv4Checksum().Tcp().Payload(5))), kSegment);
  EXPECT_EQ(Summary(Decode(Foo().Ipv6().Tcp().Payload(5))), kSegment6);
  EXPECT_EQ(Around(Decode(Foo().Gre({false, true, false, 9}).Ipv4().Ipv4Checksum().Tcp())), "fou / gre 9");
  EXPECT_EQ(Around(Decode(Foo().Gre().Ethernet().Vlan(7).Ipv6().Tcp())), "vlan 7 / fou / gre");
  EXPECT_EQ(Summary(Decode(
                Outer().Ipv4Fragment(0, true).Udp(50000, 5555).Set16(4, 0).Ipv4().Set16(2, 1400).Ipv4Checksum().Tcp())),
            "10.0.0.1:40000 > 10.0.0.2:80 1360")
      << "a first fragment has fewer bytes than its headers state";
}

TEST(InUdp, CarriesGenericUdpEncapsulation) {
  for (size_t options : {0, 4, 124}) {
    const auto packet = Decode(Foo().Gue(4, options).Ipv4().Ipv4Checksum().Tcp().Payload(5));
    EXPECT_EQ(Summary(packet), kSegment) << options;
    EXPECT_EQ(Around(packet), "gue");
  }
  EXPECT_EQ(Summary(Decode(Foo().Gue(41).Ipv6().Tcp().Payload(5))), kSegment6);
  EXPECT_EQ(Around(Decode(Foo().Gue(47).Gre().Ipv6().Tcp())), "gue / gre");
}

TEST(InUdp, TakesACommonPortForATunnelOnlyWithAWholeIpHeaderInside) {
  EXPECT_EQ(Summary(Decode(Outer().Udp(5555, 50000).Ipv4().Ipv4Checksum().Tcp())), "udp") << "the source port";
  EXPECT_EQ(Summary(Decode(Outer().Udp(50000, 5556).Ipv4().Ipv4Checksum().Tcp())), "udp") << "another port";
  EXPECT_EQ(Summary(Decode(Foo().Ipv4().Set16(10, 1).Tcp())), "udp") << "checksum";
  EXPECT_EQ(Summary(Decode(Foo().Ipv4().Set8(0, 0x44).Tcp())), "udp") << "header length";
  EXPECT_EQ(Summary(Decode(Foo().Ipv4().Set16(2, 19).Tcp())), "udp") << "length below the header's";
  EXPECT_EQ(Summary(Decode(Foo().Ipv4().Set16(2, 39).Tcp())), "udp") << "shorter than the datagram";
  EXPECT_EQ(Summary(Decode(Foo().Ipv4().Set16(2, 41).Tcp())), "udp") << "longer than the datagram";
  EXPECT_EQ(Summary(Decode(Foo().Ipv6().Set16(4, 21).Tcp())), "udp");
  EXPECT_EQ(Summary(Decode(Foo().Ipv6().Set8(7, 0).Tcp())), "udp") << "no hops left";
  EXPECT_EQ(Summary(Decode(Foo().Ipv6("ff02::1").Tcp())), "udp") << "from a multicast address";
  EXPECT_EQ(Summary(Decode(Foo().Ipv4().CutInLayer(19))), "udp");
  EXPECT_EQ(Summary(Decode(Foo().Ipv6().CutInLayer(39))), "udp");
  EXPECT_EQ(Summary(Decode(Foo().Gre().Set16(0, 1).Ipv4().Tcp())), "udp");
  EXPECT_EQ(Summary(Decode(Foo().Payload(0))), "udp");
  EXPECT_EQ(Summary(Decode(Foo().Payload(60))), "udp");
}

TEST(InUdp, CountsGenericUdpEncapsulationWithoutTheIpItPromises) {
  EXPECT_EQ(Summary(Decode(Foo().Gue(4).Payload(60))), "udp error unknown_gue");
  EXPECT_EQ(Summary(Decode(Foo().Gue(41, 4).Payload(60))), "udp error unknown_gue");
  EXPECT_EQ(Summary(Decode(Foo().Gue(4, 8).CutInLayer(11))), "udp error unknown_gue");
  EXPECT_EQ(Summary(Decode(Foo().Gue(4).Set16(2, 0x8000).Payload(60))), "udp") << "unknown flags";
  EXPECT_EQ(Summary(Decode(Foo().Gue(4).Set8(0, 0x20).Payload(60))), "udp") << "a control message";
  EXPECT_EQ(Summary(Decode(Foo().Gue(17).Payload(60))), "udp");
}

}  // namespace
}  // namespace tcpgauge
