// SPDX-License-Identifier: Apache-2.0
#include "src/decode/link.h"

#include "gtest/gtest.h"
#include "src/net/packet_direction.h"
#include "tests/decode/decode_frame.h"

namespace tcpgauge {
namespace {

constexpr char kSegment[] = "10.0.0.1:40000 > 10.0.0.2:80 5";
constexpr char kSegment6[] = "[2001:db8::1]:40000 > [2001:db8::2]:80 5";

TEST(Link, ReadsLinuxCooked) {
  EXPECT_EQ(Summary(Decode(Frame().LinuxSll().Ipv4().Tcp().Payload(5), LinkType::kLinuxSll)), kSegment);
  const auto tagged = Decode(Frame().LinuxSll().Vlan(7).Ipv6().Tcp().Payload(5), LinkType::kLinuxSll);
  EXPECT_EQ(Summary(tagged), kSegment6);
  EXPECT_EQ(Around(tagged), "vlan 7");
  EXPECT_EQ(tagged.interface, 0u);
  EXPECT_EQ(Summary(Decode(Frame().LinuxSll().Set16(14, 4).Snap().Ipv4().Tcp().Payload(5), LinkType::kLinuxSll)),
            kSegment);
  EXPECT_EQ(Summary(Decode(Frame().LinuxSll().Set16(14, 0x10).Payload(9), LinkType::kLinuxSll)), "other") << "netlink";
  EXPECT_EQ(Summary(Decode(Frame().LinuxSll().CutInLayer(15), LinkType::kLinuxSll)), "other error truncated_link");
}

TEST(Link, ReadsTheInterfaceOfLinuxCookedVersion2) {
  const auto packet = Decode(Frame().LinuxSll2(12).Ipv4().Tcp().Payload(5), LinkType::kLinuxSll2);
  EXPECT_EQ(Summary(packet), kSegment);
  EXPECT_EQ(packet.interface, 12u);
  EXPECT_EQ(Summary(Decode(Frame().LinuxSll2(12).CutInLayer(19), LinkType::kLinuxSll2)), "other error truncated_link");
}

TEST(Link, TellsTheDirectionByThePacketTypeOfLinuxCooked) {
  const struct {
    uint8_t packet_type;
    PacketDirection direction;
  } kCases[] = {
      {0, PacketDirection::kIn},      {1, PacketDirection::kIn},      {2, PacketDirection::kIn},
      {3, PacketDirection::kIn},      {4, PacketDirection::kOut},     {5, PacketDirection::kUnknown},
      {6, PacketDirection::kUnknown}, {7, PacketDirection::kUnknown}, {255, PacketDirection::kUnknown},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(int{c.packet_type});
    const Frame version1 = Frame().LinuxSll(c.packet_type);
    const Frame version2 = Frame().LinuxSll2(12, c.packet_type);
    EXPECT_EQ(Decode(Frame(version1).Ipv4().Tcp(), LinkType::kLinuxSll).direction, c.direction);
    EXPECT_EQ(Decode(Frame(version2).Ipv6().Tcp(), LinkType::kLinuxSll2).direction, c.direction);
    EXPECT_EQ(Decode(Frame(version1).Ipv4().Udp(1, 2), LinkType::kLinuxSll).direction, c.direction) << "not TCP";
    EXPECT_EQ(Decode(Frame(version2).Ipv4().CutInLayer(3), LinkType::kLinuxSll2).direction, c.direction) << "an error";
    EXPECT_EQ(Decode(Frame(version1).Ipv4().Vxlan(1).Ethernet().Ipv4().Tcp(), LinkType::kLinuxSll).direction,
              c.direction);
  }
  EXPECT_EQ(Decode(Frame().LinuxSll(0x0400).Ipv4().Tcp(), LinkType::kLinuxSll).direction, PacketDirection::kUnknown)
      << "a packet type of 16 bits";
}

TEST(Link, LeavesTheDirectionUnknownWithoutAWholeLinuxCookedHeader) {
  const struct {
    Frame frame;
    LinkType link_type;
  } kCases[] = {
      {Frame().Ethernet().Ipv4().Tcp(), LinkType::kEthernet},
      {Frame().Ipv4().Tcp(), LinkType::kRawIp},
      {Frame().Null().Ipv6().Tcp(), LinkType::kNull},
      {Frame().Nflog().Ipv4().Tcp(), LinkType::kNflog},
      {Frame().LinuxSll(4).CutInLayer(15), LinkType::kLinuxSll},
      {Frame().LinuxSll2(12, 4).CutInLayer(19), LinkType::kLinuxSll2},
  };
  for (const auto& c : kCases) EXPECT_EQ(Decode(c.frame, c.link_type).direction, PacketDirection::kUnknown);
}

TEST(Link, ReadsLoopbackOfEitherByteOrderAndEverySystem) {
  for (LinkType type : {LinkType::kNull, LinkType::kLoop}) {
    for (Frame::Order order : {Frame::Order::kBig, Frame::Order::kLittle}) {
      EXPECT_EQ(Summary(Decode(Frame().Null(order).Ipv4().Tcp().Payload(5), type)), kSegment);
      for (uint32_t family : {10, 24, 28, 30}) {
        EXPECT_EQ(Summary(Decode(Frame().Null(order, family).Ipv6().Tcp().Payload(5), type)), kSegment6) << family;
      }
    }
  }
  EXPECT_EQ(Summary(Decode(Frame().Null().Set32(0, 0x0800).Ipv4().Tcp().Payload(5), LinkType::kNull)), kSegment);
  EXPECT_EQ(Summary(Decode(Frame().Null().Set32(0, 7).Payload(40), LinkType::kNull)), "other");
  EXPECT_EQ(Summary(Decode(Frame().Null().CutInLayer(3), LinkType::kNull)), "other error truncated_link");
}

TEST(Link, ReadsRawIpByItsVersion) {
  EXPECT_EQ(Summary(Decode(Frame().Ipv4().Tcp().Payload(5), LinkType::kRawIp)), kSegment);
  EXPECT_EQ(Summary(Decode(Frame().Ipv6().Tcp().Payload(5), LinkType::kRawIp)), kSegment6);
  EXPECT_EQ(Summary(Decode(Frame().Ipv6().Set8(0, 0x70).Tcp(), LinkType::kRawIp)), "other error ip_version");
  EXPECT_EQ(Summary(Decode(Frame(), LinkType::kRawIp)), "other error truncated_ip");
}

TEST(Link, ReadsIpOverInfinibandWithAndWithoutWhatStandsBeforeIt) {
  for (size_t prefix : {0, 20, 40}) {
    const Frame infiniband = Frame().IpOverInfiniband(prefix);
    EXPECT_EQ(Summary(Decode(Frame(infiniband).Ipv4().Tcp().Payload(5), LinkType::kIpOverInfiniband)), kSegment);
    EXPECT_EQ(Summary(Decode(Frame(infiniband).Ipv6().Tcp().Payload(5), LinkType::kIpOverInfiniband)), kSegment6);
    EXPECT_EQ(Summary(Decode(Frame(infiniband).Set16(prefix, 0x0806).Payload(56), LinkType::kIpOverInfiniband)),
              "other");
    EXPECT_EQ(Summary(Decode(Frame(infiniband).Ipv4().Set8(0, 0x65).Tcp(), LinkType::kIpOverInfiniband)), "other");
  }
  EXPECT_EQ(Summary(Decode(Frame().IpOverInfiniband().CutInLayer(3), LinkType::kIpOverInfiniband)),
            "other error truncated_link");
}

TEST(Link, FindsThePacketAmongNetfilterAttributes) {
  EXPECT_EQ(Summary(Decode(Frame().Nflog().Ipv4().Tcp().Payload(5), LinkType::kNflog)), kSegment);
  EXPECT_EQ(Summary(Decode(Frame().Nflog(8).Ipv6().Tcp().Payload(5).Padding(3), LinkType::kNflog)), kSegment6);
  EXPECT_EQ(Summary(Decode(Frame().Nflog().Set8(0, 1).Ipv4().Tcp().Payload(5), LinkType::kNflog)), kSegment) << "inet";
  for (const size_t prefix : {0, 5, 300}) {
    const Frame big = Frame().Nflog(prefix, Frame::Order::kBig);
    EXPECT_EQ(Summary(Decode(Frame(big).Ipv4().Tcp().Payload(5), LinkType::kNflog)), kSegment) << prefix;
    EXPECT_EQ(Summary(Decode(Frame(big).Ipv6().Tcp().Payload(5).Padding(3), LinkType::kNflog)), kSegment6) << prefix;
  }
  EXPECT_EQ(Summary(Decode(Frame().Nflog().Set8(0, 3).Payload(28), LinkType::kNflog)), "other") << "ARP";
  EXPECT_EQ(Summary(Decode(Frame().Nflog().Set16(4, 0x0300).Ipv4(), LinkType::kNflog)), "other error truncated_link");
  EXPECT_EQ(Summary(Decode(Frame().Nflog().Set16(4, 0xff00).Ipv4(), LinkType::kNflog)), "other error truncated_link");
  EXPECT_EQ(Summary(Decode(Frame().Nflog().CutInLayer(3), LinkType::kNflog)), "other error truncated_link");
  EXPECT_EQ(Summary(Decode(Frame().Nflog().CutInLayer(4), LinkType::kNflog)), "other error truncated_link");
}

}  // namespace
}  // namespace tcpgauge
