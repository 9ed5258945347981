// SPDX-License-Identifier: Apache-2.0
#include "src/decode/ip.h"

#include "gtest/gtest.h"
#include "tests/decode/decode_frame.h"

namespace tcpgauge {
namespace {

constexpr char kSegment[] = "10.0.0.1:40000 > 10.0.0.2:80 5";
constexpr char kSegment6[] = "[2001:db8::1]:40000 > [2001:db8::2]:80 5";

TEST(Ip, SkipsIpv4Options) {
  const auto packet = Decode(Frame().Ethernet().Ipv4("10.0.0.1", "10.0.0.2", 40).Tcp().Payload(5));
  EXPECT_EQ(Summary(packet), kSegment);
  EXPECT_EQ(packet.ip_length_bytes, 85u);
}

TEST(Ip, SkipsIpv6ExtensionHeaders) {
  Frame frame = Frame().Ethernet().Ipv6();
  for (uint8_t number : {0, 60, 43, 135, 139, 140}) frame.Ipv6Extension(number, 16);
  const auto packet = Decode(frame.AuthenticationHeader().Tcp().Payload(5));
  EXPECT_EQ(Summary(packet), kSegment6);
  EXPECT_EQ(packet.ip_length_bytes, 40u + 6 * 16 + 24 + 20 + 5);
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Ipv4().AuthenticationHeader().Tcp().Payload(5))), kSegment);
}

TEST(Ip, TakesTheLengthFromTheHeaderOfATruncatedCapture) {
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Ipv4().Tcp().Payload(1400).CutTo(54))),
            "10.0.0.1:40000 > 10.0.0.2:80 1400");
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Ipv6().Tcp().Payload(1400).CutTo(74))),
            "[2001:db8::1]:40000 > [2001:db8::2]:80 1400");
}

TEST(Ip, NeverTakesMoreThanWasOnTheWire) {
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Ipv4().Set16(2, 1500).Tcp().Payload(5))), kSegment);
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Ipv6().Set16(4, 1500).Tcp().Payload(5))), kSegment6);
}

TEST(Ip, TakesTheWireLengthWhenTheHeaderLeavesItOpen) {
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Ipv4().Set16(2, 0).Tcp().Payload(100000).CutTo(96))),
            "10.0.0.1:40000 > 10.0.0.2:80 100000");
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Ipv6().Set16(4, 0).Tcp().Payload(100000).CutTo(96))),
            "[2001:db8::1]:40000 > [2001:db8::2]:80 100000");
}

TEST(Ip, BoundsAJumbogramByItsOption) {
  const Frame frame = Frame().Ethernet().Ipv6().Set16(4, 0);
  const auto packet = Decode(Frame(frame).JumboOption(8 + 20 + 70000).Tcp().Payload(70000).Padding(4).CutTo(128));
  EXPECT_EQ(Summary(packet), "[2001:db8::1]:40000 > [2001:db8::2]:80 70000");
  EXPECT_EQ(packet.ip_length_bytes, 40u + 8 + 20 + 70000);
  EXPECT_EQ(Summary(Decode(Frame(frame).JumboOption(1u << 31).Tcp().Payload(5))), kSegment6) << "beyond the wire";
  EXPECT_EQ(Summary(Decode(Frame(frame).JumboOption(30).Tcp().Payload(5))), kSegment6) << "too small for a jumbogram";
  EXPECT_EQ(Summary(Decode(Frame(frame).JumboOption(70000).Set8(2, 0x05).Tcp().Payload(5))), kSegment6) << "no jumbo";
}

TEST(Ip, ReadsIpv6AnnouncedAsIpv4) {
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Ipv6().Tcp().Payload(5).Padding(0))), kSegment6);
  Frame frame = Frame().Ethernet().Set16(12, 0x0800).Ipv6().Tcp().Payload(5);
  EXPECT_EQ(Summary(Decode(frame)), kSegment6);
}

TEST(Ip, TellsFirstAndFollowingFragments) {
  const auto first = Decode(Frame().Ethernet().Ipv4().Ipv4Fragment(0, true, 0xabcd).Tcp().Payload(28));
  EXPECT_EQ(Summary(first), "10.0.0.1:40000 > 10.0.0.2:80 28");
  EXPECT_TRUE(first.is_fragment);
  EXPECT_EQ(first.fragment_id, 0xabcdu);
  const auto following = Decode(Frame().Ethernet().Ipv4().Set8(9, 6).Ipv4Fragment(48, false, 0xabcd).Payload(13));
  EXPECT_EQ(Summary(following), "10.0.0.1 > 10.0.0.2 fragment 13");
  EXPECT_TRUE(following.is_fragment);
  EXPECT_EQ(following.fragment_id, 0xabcdu);
  EXPECT_EQ(following.protocol, Protocol::kTcp);
  EXPECT_EQ(following.ip_length_bytes, 33u);
}

TEST(Ip, TellsIpv6Fragments) {
  const auto first = Decode(Frame().Ethernet().Ipv6().Ipv6Extension(60).Ipv6Fragment(0, true, 0x89abcdef).Tcp());
  EXPECT_EQ(Summary(first), "[2001:db8::1]:40000 > [2001:db8::2]:80 0");
  EXPECT_TRUE(first.is_fragment);
  EXPECT_EQ(first.fragment_id, 0x89abcdefu);
  const auto following = Decode(Frame().Ethernet().Ipv6().Ipv6Fragment(1448, true, 9).Set8(0, 6).Payload(1000));
  EXPECT_EQ(Summary(following), "2001:db8::1 > 2001:db8::2 fragment 1000");
  const auto atomic = Decode(Frame().Ethernet().Ipv6().Ipv6Fragment(0, false).Tcp().Payload(5));
  EXPECT_EQ(Summary(atomic), kSegment6);
  EXPECT_FALSE(atomic.is_fragment);
}

TEST(Ip, CountsFollowingFragmentsOfOtherProtocolsAsThese) {
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Ipv4().Set8(9, 17).Ipv4Fragment(48, false).Payload(13))), "udp");
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Ipv4().Set8(9, 1).Ipv4Fragment(48, false).Payload(13))), "icmp");
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Ipv4().Set8(9, 47).Ipv4Fragment(48, false).Payload(13))), "other");
}

TEST(Ip, CountsTheInnerLengthInsideAFragmentOfAnOuterDatagram) {
  const auto packet =
      Decode(Frame().Ethernet().Ipv4().Ipv4Fragment(0, true).GtpU(1).Ipv4("1.1.1.1", "2.2.2.2").Set16(2, 1500).Tcp());
  EXPECT_EQ(Summary(packet), "1.1.1.1:40000 > 2.2.2.2:80 1460");
  EXPECT_FALSE(packet.is_fragment) << "the segment's own datagram is whole";
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Ipv4().Ipv4Fragment(0, true).Mpls().Ipv4().Set16(2, 1500).Tcp())),
            "10.0.0.1:40000 > 10.0.0.2:80 1460");
}

TEST(Ip, ReadsIpInIpInAllFourCombinations) {
  const Frame outer4 = Frame().Ethernet().Ipv4("1.1.1.1", "2.2.2.2");
  const Frame outer6 = Frame().Ethernet().Ipv6("2001:db8::a", "2001:db8::b");
  for (const Frame& outer : {outer4, outer6}) {
    const auto inner4 = Decode(Frame(outer).Ipv4().Tcp().Payload(5));
    EXPECT_EQ(Summary(inner4), kSegment);
    EXPECT_EQ(Around(inner4), "ipip");
    const auto inner6 = Decode(Frame(outer).Ipv6().Tcp().Payload(5));
    EXPECT_EQ(Summary(inner6), kSegment6);
    EXPECT_EQ(Around(inner6), "ipip");
  }
}

TEST(Ip, TakesHeadersQuotedByIcmpForNoTraffic) {
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Ipv4().Icmp().Ipv4().Tcp())), "icmp");
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Ipv6().Icmp().Set8(0, 1).Ipv6().Tcp())), "icmp");
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Ipv6().Set8(6, 58).Payload(48))), "icmp");
}

TEST(Ip, LeavesOtherProtocolsAlone) {
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Ipv4().Set8(9, 132).Payload(40))), "other") << "SCTP";
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Ipv6().Set8(6, 59))), "other") << "no next header";
}

}  // namespace
}  // namespace tcpgauge
