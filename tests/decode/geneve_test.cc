// SPDX-License-Identifier: Apache-2.0
#include "src/decode/geneve.h"

#include "gtest/gtest.h"
#include "tests/decode/decode_frame.h"

namespace tcpgauge {
namespace {

constexpr char kSegment[] = "10.0.0.1:40000 > 10.0.0.2:80 5";
constexpr char kSegment6[] = "[2001:db8::1]:40000 > [2001:db8::2]:80 5";

Frame Outer() { return Frame().Ethernet().Ipv4("1.1.1.1", "2.2.2.2"); }

TEST(Geneve, HasOptionsAndAnyEtherTypeInside) {
  const auto packet = Decode(Outer().Geneve(9).Ethernet().Ipv4().Tcp().Payload(5));
  EXPECT_EQ(Summary(packet), kSegment);
  EXPECT_EQ(Around(packet), "geneve 9");
  EXPECT_EQ(Summary(Decode(Outer().Geneve(9, 12).Ipv6().Tcp().Payload(5))), kSegment6);
  EXPECT_EQ(Summary(Decode(Outer().Geneve(9, 12).CutInLayer(16))), "udp error unknown_geneve");
  EXPECT_EQ(Summary(Decode(Outer().Geneve(9).Set8(0, 0x40).Ethernet().Ipv4().Tcp())), "udp error unknown_geneve")
      << "version 1";
  EXPECT_EQ(Summary(Decode(Outer().Geneve(9).Set16(2, 0x1234).Ipv4().Tcp())), "udp error unknown_geneve")
      << "unknown EtherType inside";
}

}  // namespace
}  // namespace tcpgauge
