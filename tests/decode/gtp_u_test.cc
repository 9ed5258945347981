// SPDX-License-Identifier: Apache-2.0
#include "src/decode/gtp_u.h"

#include "gtest/gtest.h"
#include "tests/decode/decode_frame.h"

namespace tcpgauge {
namespace {

constexpr char kSegment[] = "10.0.0.1:40000 > 10.0.0.2:80 5";
constexpr char kSegment6[] = "[2001:db8::1]:40000 > [2001:db8::2]:80 5";

Frame Outer() { return Frame().Ethernet().Ipv4("1.1.1.1", "2.2.2.2"); }

TEST(GtpU, CarriesUserDataAndHoldsNoEndpointIdentifier) {
  for (bool sequence : {false, true}) {
    for (int extensions : {0, 1, 8}) {
      const auto packet = Decode(Outer().GtpU(0x12345678, extensions, sequence).Ipv4().Tcp().Payload(5));
      EXPECT_EQ(Summary(packet), kSegment);
      EXPECT_EQ(Around(packet), "gtp-u");
    }
  }
  EXPECT_EQ(Summary(Decode(Outer().GtpU(1).Ipv6().Tcp().Payload(5))), kSegment6);
  EXPECT_EQ(Summary(Decode(Outer().GtpU(1, 9).Ipv4().Tcp())), "udp error unknown_gtp_u") << "too many extensions";
  EXPECT_EQ(Summary(Decode(Outer().GtpU(1, 1).Set8(12, 0).Ipv4().Tcp())), "udp error unknown_gtp_u")
      << "an extension without length";
  EXPECT_EQ(Summary(Decode(Outer().GtpU(1, 1).CutInLayer(11))), "udp error unknown_gtp_u");
  EXPECT_EQ(Summary(Decode(Outer().GtpU(1, 1).CutInLayer(12))), "udp error unknown_gtp_u");
  EXPECT_EQ(Summary(Decode(Outer().GtpU(1, 1).CutInLayer(15))), "udp error unknown_gtp_u");
  EXPECT_EQ(Summary(Decode(Outer().GtpU(1).Set8(1, 26).Ipv4().Tcp())), "udp") << "an error indication";
  EXPECT_EQ(Summary(Decode(Outer().GtpU(1).Set8(0, 0x50).Ipv4().Tcp())), "udp error unknown_gtp_u") << "version 2";
  EXPECT_EQ(Summary(Decode(Outer().GtpU(1).Payload(60))), "udp error unknown_gtp_u") << "no IP inside";
  EXPECT_EQ(Summary(Decode(Outer().GtpU(1).CutInLayer(8))), "udp error unknown_gtp_u");
}

}  // namespace
}  // namespace tcpgauge
