// SPDX-License-Identifier: Apache-2.0
#include "src/decode/ethernet_tags.h"

#include "gtest/gtest.h"
#include "tests/decode/decode_frame.h"

namespace tcpgauge {
namespace {

constexpr char kSegment[] = "10.0.0.1:40000 > 10.0.0.2:80 5";
constexpr char kSegment6[] = "[2001:db8::1]:40000 > [2001:db8::2]:80 5";

TEST(EthernetTags, ReadServicesOfProviderBackboneBridges) {
  const auto packet =
      Decode(Frame().Ethernet().Vlan(100, 0x88a8).ServiceTag(0xabcdef).Ethernet().Ipv4().Tcp().Payload(5));
  EXPECT_EQ(Summary(packet), kSegment);
  EXPECT_EQ(Around(packet), "vlan 100 / pbb 11259375");
  const auto tagged =
      Decode(Frame().Ethernet().ServiceTag(7).Ethernet().Vlan(3, 0x88a8).Vlan(4).Ipv6().Tcp().Payload(5));
  EXPECT_EQ(Summary(tagged), kSegment6);
  EXPECT_EQ(Around(tagged), "vlan 3 / vlan 4 / pbb 7");
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().ServiceTag(7).Set8(0, 0xfc).Ethernet().Ipv4().Tcp().Payload(5))),
            kSegment)
      << "priority, drop eligible, customer addresses, reserved and ignored";
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().ServiceTag(7).Set8(0, 0x01).Ethernet().Ipv4().Tcp())),
            "other error tunnel_header");
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().ServiceTag(7).CutInLayer(3))), "other error truncated_tunnel");
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().ServiceTag(7).Ethernet().CutInLayer(13))), "other error truncated_link");
}

TEST(EthernetTags, ReadVnTags) {
  const auto packet = Decode(Frame().Ethernet().VnTag().Vlan(7).Ipv4().Tcp().Payload(5));
  EXPECT_EQ(Summary(packet), kSegment);
  EXPECT_EQ(Around(packet), "vlan 7 / vn-tag");
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().VnTag().Ipv6().Tcp().Payload(5))), kSegment6);
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().VnTag().Set32(0, 0x0000000a).Ipv4().Tcp().Payload(5))), kSegment)
      << "the other direction";
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().VnTag().Set16(4, 0x88cc).Payload(20))), "other") << "LLDP";
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().VnTag().CutInLayer(5))), "other error truncated_tunnel");
}

TEST(EthernetTags, ReadETags) {
  const auto packet = Decode(Frame().Ethernet().ETag().Ipv4().Tcp().Payload(5));
  EXPECT_EQ(Summary(packet), kSegment);
  EXPECT_EQ(Around(packet), "e-tag");
  EXPECT_EQ(Around(Decode(Frame().Ethernet().Vlan(9).ETag().Vlan(7).Ipv6().Tcp())), "vlan 9 / vlan 7 / e-tag");
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().ETag().Set32(0, 0xffffffff).Set16(4, 0xffff).Ipv6().Tcp().Payload(5))),
            kSegment6);
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().ETag().Set16(6, 20).Payload(20))), "other") << "LLC";
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().ETag().CutInLayer(7))), "other error truncated_tunnel");
}

TEST(EthernetTags, ReadFabricPath) {
  const auto packet = Decode(Frame().Ethernet().FabricPath().Ethernet().Vlan(7).Ipv4().Tcp().Payload(5).Padding(4));
  EXPECT_EQ(Summary(packet), kSegment);
  EXPECT_EQ(Around(packet), "vlan 7 / fabricpath");
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().FabricPath().Ethernet().Ipv6().Tcp().Payload(5))), kSegment6);
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Vlan(3).FabricPath().Ethernet().Ipv6().Tcp().Payload(5))), kSegment6);
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().FabricPath().CutInLayer(1))), "other error truncated_tunnel");
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().FabricPath().CutInLayer(2))), "other error truncated_link");
}

TEST(EthernetTags, ReadMacsecThatIsNotEncrypted) {
  constexpr uint8_t kChannel = 0x20;
  for (uint8_t control : {0x00, 0x20, 0x40, 0x50, 0x23}) {  // channel, end station, broadcast, association number
    const auto packet = Decode(Frame().Ethernet().Macsec(control).Ipv4().Tcp().Payload(5).Padding(16));
    EXPECT_EQ(Summary(packet), kSegment) << static_cast<int>(control);
    EXPECT_EQ(Around(packet), "macsec");
  }
  EXPECT_EQ(Around(Decode(Frame().Ethernet().Vlan(2).Macsec(kChannel).Vlan(3).Ipv6().Tcp())),
            "vlan 2 / vlan 3 / macsec");
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Macsec(0, true).Ipv4().Set16(2, 0).Tcp().Payload(5).Padding(16))),
            kSegment)
      << "the tag states the length of a short frame";
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Macsec().CutInLayer(5))), "other error truncated_tunnel");
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Macsec().CutInLayer(7))), "other error truncated_tunnel");
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Macsec(kChannel).CutInLayer(13))), "other error truncated_tunnel");
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Macsec(0x80).Ipv4().Tcp())), "other error tunnel_header") << "version 1";
}

TEST(EthernetTags, CountEncryptedMacsec) {
  for (uint8_t control : {0x0c, 0x2c, 0x08, 0x04}) {
    EXPECT_EQ(Summary(Decode(Frame().Ethernet().Macsec(control).Payload(60))), "other error encrypted_macsec");
  }
}

TEST(EthernetTags, AreBounded) {
  Frame frame = Frame().Ethernet();
  for (int i = 0; i < 5; ++i) frame.FabricPath().Ethernet();
  EXPECT_EQ(Summary(Decode(frame.Ipv4().Tcp())), "other error too_many_tunnels");
  Frame tags = Frame().Ethernet();
  for (int i = 0; i < 5; ++i) tags.VnTag();
  EXPECT_EQ(Summary(Decode(tags.Ipv4().Tcp())), "other error too_many_tunnels");
}

}  // namespace
}  // namespace tcpgauge
