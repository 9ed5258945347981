// SPDX-License-Identifier: Apache-2.0
#include "src/decode/udp.h"

#include "gtest/gtest.h"
#include "tests/decode/decode_frame.h"

namespace tcpgauge {
namespace {

constexpr char kSegment[] = "10.0.0.1:40000 > 10.0.0.2:80 5";
constexpr char kSegment6[] = "[2001:db8::1]:40000 > [2001:db8::2]:80 5";

Frame Outer() { return Frame().Ethernet().Ipv4("1.1.1.1", "2.2.2.2"); }

TEST(Udp, CarriesVxlanOnBothPorts) {
  for (uint16_t port : {4789, 8472}) {
    const auto packet = Decode(Outer().Vxlan(0xabcdef, port).Ethernet().Vlan(7).Ipv4().Tcp().Payload(5));
    EXPECT_EQ(Summary(packet), kSegment);
    EXPECT_EQ(Around(packet), "vlan 7 / vxlan 11259375");
  }
  EXPECT_EQ(Summary(Decode(Outer().Vxlan(1).Set8(0, 0x88).Ethernet().Ipv4().Tcp().Payload(5))), kSegment)
      << "group policy";
  EXPECT_EQ(Summary(Decode(Outer().Ipv6().Vxlan(1).Ethernet().Ipv6().Tcp().Payload(5))), kSegment6);
}

TEST(Udp, CarriesVxlanWithAProtocolField) {
  EXPECT_EQ(Summary(Decode(Outer().VxlanGpe(1).Ethernet().Ipv4().Tcp().Payload(5))), kSegment);
  EXPECT_EQ(Summary(Decode(Outer().VxlanGpe(1).Ipv4().Tcp().Payload(5))), kSegment);
  const auto packet = Decode(Outer().VxlanGpe(3).Ipv6().Tcp().Payload(5));
  EXPECT_EQ(Summary(packet), kSegment6);
  EXPECT_EQ(Around(packet), "vxlan 3");
  EXPECT_EQ(Summary(Decode(Outer().VxlanGpe(1).Set8(0, 8).Ethernet().Ipv4().Tcp().Payload(5))), kSegment);
  EXPECT_EQ(Summary(Decode(Outer().VxlanGpe(1).Set8(3, 77).Ipv4().Tcp())), "udp");
  EXPECT_EQ(Summary(Decode(Outer().VxlanGpe(1).Set8(0, 0).Ipv4().Tcp())), "udp");
}

TEST(Udp, CarriesGeneve) {
  const auto packet = Decode(Outer().Geneve(9).Ethernet().Ipv4().Tcp().Payload(5));
  EXPECT_EQ(Summary(packet), kSegment);
  EXPECT_EQ(Around(packet), "geneve 9");
  EXPECT_EQ(Summary(Decode(Outer().Geneve(9, 12).Ipv6().Tcp().Payload(5))), kSegment6);
  EXPECT_EQ(Summary(Decode(Outer().Geneve(9, 12).CutInLayer(16))), "udp");
  EXPECT_EQ(Summary(Decode(Outer().Geneve(9).Set8(0, 0x40).Ethernet().Ipv4().Tcp())), "udp") << "version 1";
  EXPECT_EQ(Summary(Decode(Outer().Geneve(9).Set16(2, 0x1234).Ipv4().Tcp())), "udp") << "nothing known inside";
}

TEST(Udp, CarriesGtpUserDataAndHoldsNoEndpointIdentifier) {
  for (bool sequence : {false, true}) {
    for (int extensions : {0, 1, 8}) {
      const auto packet = Decode(Outer().GtpU(0x12345678, extensions, sequence).Ipv4().Tcp().Payload(5));
      EXPECT_EQ(Summary(packet), kSegment);
      EXPECT_EQ(Around(packet), "gtp-u");
    }
  }
  EXPECT_EQ(Summary(Decode(Outer().GtpU(1).Ipv6().Tcp().Payload(5))), kSegment6);
  EXPECT_EQ(Summary(Decode(Outer().GtpU(1, 9).Ipv4().Tcp())), "udp") << "too many extensions";
  EXPECT_EQ(Summary(Decode(Outer().GtpU(1, 1).Set8(12, 0).Ipv4().Tcp())), "udp") << "an extension without length";
  EXPECT_EQ(Summary(Decode(Outer().GtpU(1, 1).CutInLayer(11))), "udp");
  EXPECT_EQ(Summary(Decode(Outer().GtpU(1, 1).CutInLayer(12))), "udp");
  EXPECT_EQ(Summary(Decode(Outer().GtpU(1, 1).CutInLayer(15))), "udp");
  EXPECT_EQ(Summary(Decode(Outer().GtpU(1).Set8(1, 26).Ipv4().Tcp())), "udp") << "an error indication";
  EXPECT_EQ(Summary(Decode(Outer().GtpU(1).Set8(0, 0x50).Ipv4().Tcp())), "udp") << "version 2";
  EXPECT_EQ(Summary(Decode(Outer().GtpU(1).Payload(60))), "udp") << "no IP inside";
  EXPECT_EQ(Summary(Decode(Outer().GtpU(1).CutInLayer(8))), "udp");
}

TEST(Udp, CarriesTeredo) {
  for (bool authentication : {false, true}) {
    for (bool origin : {false, true}) {
      const auto packet = Decode(Outer().Teredo(authentication, origin).Ipv6().Tcp().Payload(5));
      EXPECT_EQ(Summary(packet), kSegment6);
      EXPECT_EQ(Around(packet), "teredo");
    }
  }
  EXPECT_EQ(Summary(Decode(Outer().Teredo().Ipv4().Tcp())), "udp");
  EXPECT_EQ(Summary(Decode(Outer().Teredo(true).CutInLayer(17))), "udp");
  EXPECT_EQ(Summary(Decode(Outer().Teredo(false, true).CutInLayer(7))), "udp");
}

TEST(Udp, FindsATunnelByItsSourcePort) {
  EXPECT_EQ(Summary(Decode(Outer().Vxlan(1, 50000, 4789).Ethernet().Ipv4().Tcp().Payload(5))), kSegment);
}

TEST(Udp, BoundsWhatIsInsideByItsLength) {
  const auto with_length = [](uint16_t length) {
    return Decode(Outer().Udp(2152, 2152).Set16(4, length).GtpHeader(1).Ipv4().Tcp().Payload(5));
  };
  EXPECT_EQ(Summary(with_length(8 + 8 + 40 + 3)), "10.0.0.1:40000 > 10.0.0.2:80 3");
  EXPECT_EQ(Summary(with_length(9000)), kSegment);
  EXPECT_EQ(Summary(with_length(0)), kSegment);
}

TEST(Udp, IsPlainWhenThePortWasMisleading) {
  EXPECT_EQ(Summary(Decode(Outer().Udp(5353, 5353).Payload(60))), "udp");
  EXPECT_EQ(Summary(Decode(Outer().Udp(50000, 4789).Payload(60))), "udp");
  EXPECT_EQ(Summary(Decode(Outer().Udp(50000, 4789).Payload(3))), "udp");
  EXPECT_EQ(Summary(Decode(Outer().Vxlan(1).Ethernet().Ipv4().Set8(0, 0x35).Tcp())), "udp") << "no version of IP";
  EXPECT_EQ(Summary(Decode(Outer().Vxlan(1).Ethernet().Ipv4().Set8(0, 0x41).Tcp())), "udp") << "header too short";
  EXPECT_EQ(Summary(Decode(Outer().GtpU(1).Ipv4().Set16(2, 3).Tcp())), "udp") << "length too short";
  EXPECT_EQ(Summary(Decode(Outer().Udp(1, 2).CutInLayer(7))), "udp");
}

}  // namespace
}  // namespace tcpgauge
