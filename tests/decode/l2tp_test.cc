// SPDX-License-Identifier: Apache-2.0
#include "src/decode/l2tp.h"

#include "gtest/gtest.h"
#include "tests/decode/decode_frame.h"

namespace tcpgauge {
namespace {

constexpr char kSegment[] = "10.0.0.1:40000 > 10.0.0.2:80 5";
constexpr char kSegment6[] = "[2001:db8::1]:40000 > [2001:db8::2]:80 5";

Frame Outer() { return Frame().Ethernet().Ipv4("1.1.1.1", "2.2.2.2"); }

Frame L2tp() { return Outer().Udp(1701, 1701); }

TEST(L2tp, CarriesPppInVersion2) {
  for (uint16_t flags : {0x0000, 0x4000, 0x0800, 0x0200, 0x0100, 0x4b00}) {
    const auto packet = Decode(L2tp().L2tp2(flags).Ppp(Frame::PppForm::kFramed).Ipv4().Tcp().Payload(5));
    EXPECT_EQ(Summary(packet), kSegment) << flags;
    EXPECT_EQ(Around(packet), "l2tp");
  }
  EXPECT_EQ(Summary(Decode(L2tp().L2tp2(0).Ppp().Ipv6().Tcp().Payload(5))), kSegment6);
  EXPECT_EQ(Summary(Decode(L2tp().L2tp2(0).Ppp(Frame::PppForm::kCompressed).Ipv4().Tcp().Payload(5))), kSegment);
  EXPECT_EQ(Summary(Decode(Outer().Udp(50000, 1701).L2tp2(0x4000).Ppp().Ipv4().Tcp().Payload(5))), kSegment);
  EXPECT_EQ(Summary(Decode(Outer().Udp(1701, 50000).L2tp2(0x4000).Ppp().Ipv4().Tcp().Payload(5))), kSegment);
  EXPECT_EQ(Summary(Decode(L2tp().L2tp2(0).Ppp().Set16(0, 0xc021).Payload(20))), "other") << "LCP";
}

TEST(L2tp, FindsWhatIsInVersion3) {
  for (const bool over_ip : {false, true}) {
    for (size_t cookie : {0, 4, 8, 12}) {
      const Frame outer = over_ip ? Outer().L2tp3OverIp(cookie) : L2tp().L2tp3(cookie);
      const auto packet = Decode(Frame(outer).Ethernet().Vlan(7).Ipv4().Ipv4Checksum().Tcp().Payload(5));
      EXPECT_EQ(Summary(packet), kSegment) << over_ip << cookie;
      EXPECT_EQ(Around(packet), "vlan 7 / l2tp");
      EXPECT_EQ(Summary(Decode(Frame(outer).Ethernet().Ipv6().Tcp().Payload(5))), kSegment6) << over_ip << cookie;
      EXPECT_EQ(Summary(Decode(Frame(outer).Ipv4().Ipv4Checksum().Tcp().Payload(5))), kSegment) << over_ip << cookie;
      EXPECT_EQ(Summary(Decode(Frame(outer).Ppp(Frame::PppForm::kFramed).Ipv6().Tcp().Payload(5))), kSegment6);
      EXPECT_EQ(Summary(Decode(Frame(outer).Ppp().Ipv4().Tcp().Payload(5))), kSegment);
    }
  }
  const Frame ethernet = Outer().L2tp3OverIp(4).Ethernet();
  EXPECT_EQ(Summary(Decode(Frame(ethernet).Ipv4().Ipv4Checksum().Tcp().Payload(5).Padding(6))), kSegment);
  EXPECT_EQ(Summary(Decode(Frame(ethernet).Set16(12, 0x0806).Ipv4().Set32(0, 0x00010800))), "other") << "ARP";
}

TEST(L2tp, TakesControlMessagesForWhatTheyAre) {
  EXPECT_EQ(Summary(Decode(L2tp().L2tp2(0xc800).Payload(40))), "udp");
  EXPECT_EQ(Summary(Decode(L2tp().L2tp3().Set16(0, 0xc803).Payload(40))), "udp");
  EXPECT_EQ(Summary(Decode(Outer().L2tp3OverIp(0, 0).Payload(40))), "other");
}

TEST(L2tp, WithoutAnythingKnownInsideIsUnknown) {
  EXPECT_EQ(Summary(Decode(L2tp().L2tp2(0).Set16(0, 1).Payload(40))), "udp error unknown_l2tp") << "L2F";
  EXPECT_EQ(Summary(Decode(L2tp().L2tp2(0x3000).Ppp().Ipv4().Tcp())), "udp error unknown_l2tp") << "reserved bits";
  EXPECT_EQ(Summary(Decode(L2tp().L2tp2(0).Ppp().Ipv4().Set8(0, 0x35).Tcp())), "udp error unknown_l2tp");
  EXPECT_EQ(Summary(Decode(L2tp().L2tp2(0x4000).Set16(2, 7).Ppp().Ipv4().Tcp())), "udp error unknown_l2tp") << "length";
  EXPECT_EQ(Summary(Decode(L2tp().L2tp2(0x0200).Set16(6, 9000).Ppp().Ipv4().Tcp())), "udp error unknown_l2tp")
      << "offset";
  for (size_t cut : {0, 1, 3, 5, 9, 13}) {
    EXPECT_EQ(Summary(Decode(L2tp().L2tp2(0x4a00).CutInLayer(cut))), "udp error unknown_l2tp") << cut;
  }
  EXPECT_EQ(Summary(Decode(L2tp().L2tp3().Payload(60))), "udp error unknown_l2tp");
  EXPECT_EQ(Summary(Decode(L2tp().L2tp3().Set32(4, 0).Ethernet().Ipv4().Tcp())), "udp error unknown_l2tp")
      << "no session";
  EXPECT_EQ(Summary(Decode(L2tp().L2tp3().CutInLayer(7))), "udp error unknown_l2tp");
  EXPECT_EQ(Summary(Decode(Outer().L2tp3OverIp().Payload(60))), "other error unknown_l2tp");
  EXPECT_EQ(Summary(Decode(Outer().L2tp3OverIp(4).Ethernet().Ipv4().Set16(10, 1).Tcp())), "other error unknown_l2tp");
  EXPECT_EQ(Summary(Decode(Outer().L2tp3OverIp(16).Ethernet().Ipv4().Tcp())), "other error unknown_l2tp");
  EXPECT_EQ(Summary(Decode(Outer().L2tp3OverIp().CutInLayer(3))), "other error truncated_tunnel");
}

}  // namespace
}  // namespace tcpgauge
