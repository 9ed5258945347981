// SPDX-License-Identifier: Apache-2.0
#include "src/decode/ieee80211.h"

#include "gtest/gtest.h"
#include "tests/decode/decode_frame.h"

namespace tcpgauge {
namespace {

constexpr char kSegment[] = "10.0.0.1:40000 > 10.0.0.2:80 5";
constexpr char kSegment6[] = "[2001:db8::1]:40000 > [2001:db8::2]:80 5";

DecodedPacket Wifi(const Frame& frame) { return Decode(frame, LinkType::k80211); }
DecodedPacket Radiotap(const Frame& frame) { return Decode(frame, LinkType::kRadiotap); }

TEST(Ieee80211, ReadsDataFramesOfEveryDirection) {
  for (uint8_t type : {0x08, 0x88, 0x18}) {  // data; with quality of service; with an acknowledgment
    for (uint8_t flags : {0x00, 0x01, 0x02, 0x03, 0x09, 0x11, 0x83}) {
      const auto packet = Wifi(Frame().Wifi({type, flags}).Snap().Ipv4().Tcp().Payload(5).Padding(4));
      EXPECT_EQ(Summary(packet), kSegment) << static_cast<int>(type) << " " << static_cast<int>(flags);
      EXPECT_EQ(Around(packet), "");
    }
  }
  EXPECT_EQ(Summary(Wifi(Frame().Wifi().Snap().Ipv6().Tcp().Payload(5))), kSegment6);
  EXPECT_EQ(Summary(Wifi(Frame().Wifi().Snap(0xf8).Vlan(7).Ipv4().Tcp().Payload(5))), kSegment);
}

TEST(Ieee80211, HasNoIpInOtherFrames) {
  for (uint8_t type : {0x80, 0xb4, 0xd4, 0x48, 0xc8, 0x0c, 0x09}) {  // beacon, RTS, ACK, no data, extension, version 1
    EXPECT_EQ(Summary(Wifi(Frame().Wifi({type}).Snap().Ipv4().Tcp())), "other") << static_cast<int>(type);
  }
  EXPECT_EQ(Summary(Wifi(Frame().Wifi().Llc(0x42).Payload(40))), "other") << "spanning tree";
}

TEST(Ieee80211, CountsProtectedFrames) {
  EXPECT_EQ(Summary(Wifi(Frame().Wifi({0x08, 0x41}).Payload(60))), "other error encrypted_80211");
  EXPECT_EQ(Summary(Wifi(Frame().Wifi({0x88, 0x42}).Payload(60))), "other error encrypted_80211");
  EXPECT_EQ(Summary(Radiotap(Frame().Radiotap().Wifi({0x88, 0x43}).Payload(60))), "other error encrypted_80211");
}

TEST(Ieee80211, ReadsAnAggregateOfOnePacket) {
  constexpr uint16_t kAggregate = 0x80;
  const Frame one = Frame().Wifi({0x88, 0x02, kAggregate}).WifiSubframe().Snap().Ipv4().Tcp().Payload(5);
  for (size_t rest : {0, 3, 4, 7}) EXPECT_EQ(Summary(Wifi(Frame(one).Padding(rest))), kSegment) << rest;
  EXPECT_EQ(Summary(Wifi(Frame(one).Padding(8))), "other error aggregated_80211");
  EXPECT_EQ(Summary(Wifi(Frame(one).Padding(80))), "other error aggregated_80211");
  EXPECT_EQ(Summary(Wifi(Frame().Wifi({0x88, 0x02, kAggregate}).WifiSubframe().CutInLayer(13))),
            "other error truncated_link");
}

TEST(Ieee80211, CountsAFirstFragmentByTheLengthInside) {
  constexpr uint8_t kMoreFragments = 0x04;
  const auto first = Wifi(Frame().Wifi({0x08, kMoreFragments | 1}).Snap().Ipv4().Set16(2, 1400).Tcp().Payload(5));
  EXPECT_EQ(Summary(first), "10.0.0.1:40000 > 10.0.0.2:80 1360");
  EXPECT_EQ(Summary(Wifi(Frame().Wifi().Set8(22, 1).Payload(60))), "other");
}

TEST(Ieee80211, MayBeCutAnywhere) {
  for (size_t cut : {0, 1, 23}) {
    EXPECT_EQ(Summary(Wifi(Frame().Wifi().CutInLayer(cut))), "other error truncated_link") << cut;
  }
  for (size_t cut : {24, 29, 31, 35}) {
    EXPECT_EQ(Summary(Wifi(Frame().Wifi({0x88, 0x83}).CutInLayer(cut))), "other error truncated_link") << cut;
  }
}

TEST(Ieee80211, MayHaveARadiotapHeader) {
  for (bool with_time : {false, true}) {
    for (int more : {0, 1, 2, 31}) {
      const Frame plain = Frame().Radiotap(0x10, with_time, more).Wifi({0x88, 0x01});
      EXPECT_EQ(Summary(Radiotap(Frame(plain).Snap().Ipv4().Tcp().Payload(5))), kSegment) << with_time << more;
      const Frame padded = Frame().Radiotap(0x20, with_time, more).Wifi({0x88, 0x01, 0, 2});
      EXPECT_EQ(Summary(Radiotap(Frame(padded).Snap().Ipv6().Tcp().Payload(5))), kSegment6) << with_time << more;
      const Frame damaged = Frame().Radiotap(0x50, with_time, more).Wifi();
      EXPECT_EQ(Summary(Radiotap(Frame(damaged).Snap().Ipv4().Tcp())), "other error damaged_80211")
          << with_time << more;
    }
  }
  const Frame four = Frame().Radiotap(0x20).Wifi({0x08, 0x03, 0, 2}).Snap().Ipv4().Tcp().Payload(5);
  EXPECT_EQ(Summary(Radiotap(four)), kSegment) << "four addresses end at 30 bytes";
}

TEST(Ieee80211, BelievesNoRadiotapHeaderBlindly) {
  const auto with = [](const Frame& radiotap) { return Summary(Radiotap(Frame(radiotap).Wifi().Snap().Ipv4().Tcp())); };
  EXPECT_EQ(with(Frame().Radiotap().Set8(0, 1)), "other") << "version 1";
  EXPECT_EQ(with(Frame().Radiotap().Set16(2, 0x0700)), "other error truncated_link")
      << "states less than the header's own length";
  EXPECT_EQ(with(Frame().Radiotap().Set16(2, 0xffff)), "other error truncated_link");
  EXPECT_EQ(with(Frame().Radiotap().Set8(7, 0x80)), "10.0.0.1:40000 > 10.0.0.2:80 0") << "flags beyond the header";
  EXPECT_EQ(Summary(Radiotap(Frame().Radiotap().CutInLayer(3))), "other error truncated_link");
  EXPECT_EQ(Summary(Radiotap(Frame().Radiotap().CutInLayer(8))), "other error truncated_link");
  EXPECT_EQ(Summary(Radiotap(Frame().Radiotap(0x20).Wifi({0x88, 1}).CutInLayer(27))), "other error truncated_link");
}

}  // namespace
}  // namespace tcpgauge
