// SPDX-License-Identifier: Apache-2.0
#include "src/decode/gre.h"

#include "gtest/gtest.h"
#include "tests/decode/decode_frame.h"

namespace tcpgauge {
namespace {

constexpr char kSegment[] = "10.0.0.1:40000 > 10.0.0.2:80 5";

Frame Outer() { return Frame().Ethernet().Ipv4("1.1.1.1", "2.2.2.2"); }

TEST(Gre, SkipsEveryOptionalFieldAndHoldsTheKey) {
  for (bool checksum : {false, true}) {
    for (bool key : {false, true}) {
      for (bool sequence : {false, true}) {
        const auto packet = Decode(Outer().Gre({checksum, key, sequence, 0xfedcba98}).Ipv4().Tcp().Payload(5));
        EXPECT_EQ(Summary(packet), kSegment);
        EXPECT_EQ(Around(packet), key ? "gre 4275878552" : "gre");
      }
    }
  }
}

TEST(Gre, CarriesIpv6EthernetMplsAndPpp) {
  EXPECT_EQ(Summary(Decode(Outer().Gre().Ipv6().Tcp().Payload(5))), "[2001:db8::1]:40000 > [2001:db8::2]:80 5");
  const auto bridged = Decode(Outer().Gre({false, true, false, 8}).Ethernet().Vlan(9).Ipv4().Tcp().Payload(5));
  EXPECT_EQ(Summary(bridged), kSegment);
  EXPECT_EQ(Around(bridged), "vlan 9 / gre 8");
  EXPECT_EQ(Summary(Decode(Outer().Gre().Mpls().Ipv4().Tcp().Payload(5))), kSegment);
  EXPECT_EQ(Summary(Decode(Outer().Gre().Ppp().Ipv4().Tcp().Payload(5))), kSegment);
  EXPECT_EQ(Summary(Decode(Outer().Gre().Set16(2, 0x2001).Payload(5))), "other");
}

TEST(Gre, CarriesErspanOfEveryType) {
  const auto type1 = Decode(Outer().Erspan1().Ethernet().Ipv4().Tcp().Payload(5));
  EXPECT_EQ(Summary(type1), kSegment);
  EXPECT_EQ(Around(type1), "erspan");
  const auto type2 = Decode(Outer().Erspan2(0xfc07).Ethernet().Ipv4().Tcp().Payload(5));
  EXPECT_EQ(Summary(type2), kSegment);
  EXPECT_EQ(Around(type2), "erspan 7") << "the session has ten bits";
  for (bool platform_header : {false, true}) {
    const auto type3 = Decode(Outer().Erspan3(1023, platform_header).Ethernet().Ipv4().Tcp().Payload(5));
    EXPECT_EQ(Summary(type3), kSegment);
    EXPECT_EQ(Around(type3), "erspan 1023");
  }
}

TEST(Gre, CarriesWccpRedirectsOfBothVersions) {
  EXPECT_EQ(Summary(Decode(Outer().Wccp(false).Ipv4().Tcp().Payload(5))), kSegment);
  EXPECT_EQ(Summary(Decode(Outer().Wccp(true).Ipv4().Tcp().Payload(5))), kSegment);
}

TEST(Gre, CarriesPptp) {
  const auto packet = Decode(Outer().Pptp().Ppp(Frame::PppForm::kFramed).Ipv4().Tcp().Payload(5));
  EXPECT_EQ(Summary(packet), kSegment);
  EXPECT_EQ(Around(packet), "gre");
  EXPECT_EQ(Summary(Decode(Outer().Pptp().Set16(0, 0x2081).Ppp())), "other") << "a bare acknowledgment";
}

}  // namespace
}  // namespace tcpgauge
