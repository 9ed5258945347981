// SPDX-License-Identifier: Apache-2.0
#include "src/decode/ppp.h"

#include "gtest/gtest.h"
#include "tests/decode/decode_frame.h"

namespace tcpgauge {
namespace {

constexpr char kSegment[] = "10.0.0.1:40000 > 10.0.0.2:80 5";

TEST(Ppp, ReadsEveryFraming) {
  for (auto form :
       {Frame::PppForm::kFramed, Frame::PppForm::kPlain, Frame::PppForm::kCompressed, Frame::PppForm::kPppd}) {
    EXPECT_EQ(Summary(Decode(Frame().Ppp(form).Ipv4().Tcp().Payload(5), LinkType::kPpp)), kSegment);
    EXPECT_EQ(Summary(Decode(Frame().Ppp(form).Ipv6().Tcp().Payload(5), LinkType::kPpp)),
              "[2001:db8::1]:40000 > [2001:db8::2]:80 5");
  }
  EXPECT_EQ(Summary(Decode(Frame().Ppp().Mpls().Ipv4().Tcp().Payload(5), LinkType::kPpp)), kSegment);
  EXPECT_EQ(Summary(Decode(Frame().Ppp().Set16(0, 0xc021).Payload(9), LinkType::kPpp)), "other") << "link control";
  EXPECT_EQ(Summary(Decode(Frame().Ppp(Frame::PppForm::kFramed).CutInLayer(2), LinkType::kPpp)),
            "other error truncated_link");
}

TEST(Ppp, ReadsCiscoHdlc) {
  EXPECT_EQ(Summary(Decode(Frame().CiscoHdlc().Ipv4().Tcp().Payload(5), LinkType::kCiscoHdlc)), kSegment);
  EXPECT_EQ(Summary(Decode(Frame().CiscoHdlc().Mpls().Ipv4().Tcp().Payload(5), LinkType::kCiscoHdlc)), kSegment);
  EXPECT_EQ(Summary(Decode(Frame().CiscoHdlc().Ipv4().Tcp().Payload(5), LinkType::kPpp)), kSegment) << "serial line";
  EXPECT_EQ(Summary(Decode(Frame().CiscoHdlc().CutInLayer(3), LinkType::kCiscoHdlc)), "other error truncated_link");
}

TEST(Ppp, HoldsThePppoeSession) {
  const auto packet = Decode(Frame().Ethernet().Vlan(5).Pppoe(0x1234).Ppp().Ipv4().Tcp().Payload(5).Padding(6));
  EXPECT_EQ(Summary(packet), kSegment);
  EXPECT_EQ(Around(packet), "vlan 5 / pppoe 4660");
  EXPECT_EQ(Summary(Decode(Frame().Pppoe(1).Ppp().Ipv4().Tcp().Payload(5), LinkType::kPppoe)), kSegment);
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Pppoe(1).Set16(4, 9000).Ppp().Ipv4().Tcp().Payload(5))), kSegment)
      << "PPPoE states more bytes than there are";
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Pppoe(1).Ppp().Ipv4().Set16(2, 0).Tcp().Payload(5).Padding(9))), kSegment)
      << "the length in PPPoE counts if the one in IP is 0";
}

}  // namespace
}  // namespace tcpgauge
