// SPDX-License-Identifier: Apache-2.0
#include "src/decode/etherip.h"

#include "gtest/gtest.h"
#include "tests/decode/decode_frame.h"

namespace tcpgauge {
namespace {

constexpr char kSegment[] = "10.0.0.1:40000 > 10.0.0.2:80 5";
constexpr char kSegment6[] = "[2001:db8::1]:40000 > [2001:db8::2]:80 5";

Frame Outer() { return Frame().Ethernet().Ipv4("1.1.1.1", "2.2.2.2"); }

TEST(EtherIp, CarriesEthernet) {
  const auto packet = Decode(Outer().EtherIp().Ethernet().Vlan(7).Ipv4().Tcp().Payload(5));
  EXPECT_EQ(Summary(packet), kSegment);
  EXPECT_EQ(Around(packet), "vlan 7 / etherip");
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Ipv6().EtherIp().Ethernet().Ipv6().Tcp().Payload(5))), kSegment6);
  EXPECT_EQ(Summary(Decode(Outer().EtherIp().Set16(0, 0x3fff).Ethernet().Ipv6().Tcp().Payload(5))), kSegment6)
      << "reserved bits";
  EXPECT_EQ(Summary(Decode(Outer().Ipv4Fragment(0, true).EtherIp().Ethernet().Ipv4().Set16(2, 1400).Tcp())),
            "10.0.0.1:40000 > 10.0.0.2:80 1360");
}

TEST(EtherIp, OfAnotherVersionIsUnknown) {
  for (uint16_t start : {0x0000, 0x2000, 0x0003, 0xf000}) {
    EXPECT_EQ(Summary(Decode(Outer().EtherIp().Set16(0, start).Ethernet().Ipv4().Tcp())),
              "other error unknown_etherip");
  }
  EXPECT_EQ(Summary(Decode(Outer().EtherIp().CutInLayer(1))), "other error truncated_tunnel");
  EXPECT_EQ(Summary(Decode(Outer().EtherIp().CutInLayer(2))), "other error truncated_link");
}

}  // namespace
}  // namespace tcpgauge
