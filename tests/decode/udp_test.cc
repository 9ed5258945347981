// SPDX-License-Identifier: Apache-2.0
#include "src/decode/udp.h"

#include "gtest/gtest.h"
#include "tests/decode/decode_frame.h"

namespace tcpgauge {
namespace {

constexpr char kSegment[] = "10.0.0.1:40000 > 10.0.0.2:80 5";

Frame Outer() { return Frame().Ethernet().Ipv4("1.1.1.1", "2.2.2.2"); }

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
  EXPECT_EQ(Summary(Decode(Outer().Udp(1, 2).CutInLayer(7))), "udp");
}

TEST(Udp, SentToATunnelsPortIsCountedWhenItIsNoTunnel) {
  EXPECT_EQ(Summary(Decode(Outer().Udp(50000, 4789).Payload(60))), "udp error unknown_vxlan");
  EXPECT_EQ(Summary(Decode(Outer().Udp(50000, 4789).Payload(3))), "udp error unknown_vxlan");
  EXPECT_EQ(Summary(Decode(Outer().Vxlan(1).Ethernet().Ipv4().Set8(0, 0x35).Tcp())), "udp error unknown_vxlan")
      << "no version of IP";
  EXPECT_EQ(Summary(Decode(Outer().Vxlan(1).Ethernet().Ipv4().Set8(0, 0x41).Tcp())), "udp error unknown_vxlan")
      << "header too short";
  EXPECT_EQ(Summary(Decode(Outer().GtpU(1).Ipv4().Set16(2, 3).Tcp())), "udp error unknown_gtp_u") << "length too short";
}

TEST(Udp, CountsWhatWasSentToEachPortByItsKind) {
  const struct {
    uint16_t port;
    const char* summary;
  } kPorts[] = {
      {1701, "udp error unknown_l2tp"},
      {2152, "udp error unknown_gtp_u"},
      {3544, "udp error unknown_teredo"},
      {4754, "udp error unknown_gre_in_udp"},
      {4789, "udp error unknown_vxlan"},
      {4790, "udp error unknown_vxlan"},
      {5072, "udp error unknown_ayiya"},
      {5247, "udp error unknown_capwap"},
      {5555, "udp"},
      {6081, "udp error unknown_geneve"},
      {6635, "udp error unknown_mpls_in_udp"},
      {8472, "udp error unknown_vxlan"},
  };
  for (const auto& [port, summary] : kPorts) {
    for (size_t length : {0, 1, 60}) {
      EXPECT_EQ(Summary(Decode(Outer().Udp(50000, port).Payload(length))), summary) << port << " " << length;
      EXPECT_EQ(Summary(Decode(Outer().Udp(port, 50000).Payload(length))), "udp") << port << " as source port";
    }
  }
}

}  // namespace
}  // namespace tcpgauge
