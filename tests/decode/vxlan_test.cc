// SPDX-License-Identifier: Apache-2.0
#include "src/decode/vxlan.h"

#include "gtest/gtest.h"
#include "tests/decode/decode_frame.h"

namespace tcpgauge {
namespace {

constexpr char kSegment[] = "10.0.0.1:40000 > 10.0.0.2:80 5";
constexpr char kSegment6[] = "[2001:db8::1]:40000 > [2001:db8::2]:80 5";

Frame Outer() { return Frame().Ethernet().Ipv4("1.1.1.1", "2.2.2.2"); }

TEST(Vxlan, IsFoundOnBothPorts) {
  for (uint16_t port : {4789, 8472}) {
    const auto packet = Decode(Outer().Vxlan(0xabcdef, port).Ethernet().Vlan(7).Ipv4().Tcp().Payload(5));
    EXPECT_EQ(Summary(packet), kSegment);
    EXPECT_EQ(Around(packet), "vlan 7 / vxlan 11259375");
  }
  EXPECT_EQ(Summary(Decode(Outer().Vxlan(1).Set8(0, 0x88).Ethernet().Ipv4().Tcp().Payload(5))), kSegment)
      << "group policy";
  EXPECT_EQ(Summary(Decode(Outer().Ipv6().Vxlan(1).Ethernet().Ipv6().Tcp().Payload(5))), kSegment6);
}

TEST(Vxlan, IgnoresReservedBits) {
  for (int flags : {0x48, 0x18, 0x28, 0x09, 0x0a, 0x0c, 0x0f, 0x88, 0xff}) {
    for (uint16_t port : {4789, 8472}) {
      const auto packet =
          Decode(Outer().Vxlan(5, port).Set8(0, static_cast<uint8_t>(flags)).Ethernet().Ipv4().Tcp().Payload(5));
      EXPECT_EQ(Summary(packet), kSegment) << flags;
      EXPECT_EQ(Around(packet), "vxlan 5");
    }
  }
  for (size_t byte : {1, 2, 3, 7}) {
    const auto packet = Decode(Outer().Vxlan(5).Set8(byte, 0xff).Ethernet().Ipv4().Tcp().Payload(5));
    EXPECT_EQ(Summary(packet), kSegment) << byte;
    EXPECT_EQ(Around(packet), "vxlan 5");
  }
}

TEST(Vxlan, WithReservedBitsMustHaveSomethingKnownInside) {
  const Frame odd = Outer().Vxlan(5).Set8(0, 0x48).Ethernet();
  EXPECT_EQ(Summary(Decode(Frame(odd).Payload(60).Set16(12, 0x1234))), "udp error unknown_vxlan");
  EXPECT_EQ(Summary(Decode(Frame(odd).Set16(12, 0x0806).Payload(46))), "other") << "ARP";
  EXPECT_EQ(Summary(Decode(Frame(odd).Ipv4().Set8(0, 0x35).Tcp())), "udp error unknown_vxlan") << "no version of IP";
  EXPECT_EQ(Summary(Decode(Outer().Vxlan(5).Ethernet().Set16(12, 0x1234).Payload(60))), "other") << "no reserved bits";
}

TEST(Vxlan, WithoutAValidNetworkIsUnknown) {
  for (int flags : {0x00, 0x40, 0xf7}) {
    EXPECT_EQ(Summary(Decode(Outer().Vxlan(5).Set8(0, static_cast<uint8_t>(flags)).Ethernet().Ipv4().Tcp())),
              "udp error unknown_vxlan");
  }
}

TEST(Vxlan, HasIpInsideOnItsOwnPortWhenTheBitOfTheExtensionSaysSo) {
  const auto inside = [](uint8_t flags) { return Outer().Vxlan(5).Set8(0, flags); };
  const auto packet = Decode(inside(0x0c).Ipv4().Ipv4Checksum().Tcp().Payload(5));
  EXPECT_EQ(Summary(packet), kSegment);
  EXPECT_EQ(Around(packet), "vxlan 5");
  EXPECT_EQ(Summary(Decode(inside(0x4c).Ipv6().Tcp().Payload(5))), kSegment6);
  EXPECT_EQ(Summary(Decode(inside(0x0c).Ethernet().Ipv6().Tcp().Payload(5))), kSegment6) << "Ethernet, despite the bit";
}

TEST(Vxlan, ReadsTheProtocolField) {
  EXPECT_EQ(Summary(Decode(Outer().VxlanGpe(1).Ethernet().Ipv4().Tcp().Payload(5))), kSegment);
  EXPECT_EQ(Summary(Decode(Outer().VxlanGpe(1).Ipv4().Tcp().Payload(5))), kSegment);
  const auto packet = Decode(Outer().VxlanGpe(3).Ipv6().Tcp().Payload(5));
  EXPECT_EQ(Summary(packet), kSegment6);
  EXPECT_EQ(Around(packet), "vxlan 3");
  EXPECT_EQ(Summary(Decode(Outer().VxlanGpe(1).Set8(0, 8).Ethernet().Ipv4().Tcp().Payload(5))), kSegment);
  EXPECT_EQ(Summary(Decode(Outer().VxlanGpe(1).Set8(3, 77).Ipv4().Tcp())), "udp error unknown_vxlan");
  EXPECT_EQ(Summary(Decode(Outer().VxlanGpe(1).Set8(0, 0).Ipv4().Tcp())), "udp error unknown_vxlan");
  EXPECT_EQ(Summary(Decode(Outer().VxlanGpe(1).Set8(0, 0x1c).Ipv4().Tcp())), "udp error unknown_vxlan") << "version 1";
}

TEST(Vxlan, CarriesNetworkServiceHeaders) {
  const auto packet = Decode(Outer().VxlanGpe(5).Nsh().Ethernet().Ipv4().Tcp().Payload(5));
  EXPECT_EQ(Summary(packet), kSegment);
  EXPECT_EQ(Around(packet), "vxlan 5 / nsh");
  EXPECT_EQ(Summary(Decode(Outer().VxlanGpe(5).Set8(0, 0x0d).Ipv4().Tcp())), "udp") << "operations";
}

}  // namespace
}  // namespace tcpgauge
