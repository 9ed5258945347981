// SPDX-License-Identifier: Apache-2.0
#include "src/decode/ipv6_broker.h"

#include <algorithm>
#include <vector>

#include "gtest/gtest.h"
#include "tests/decode/decode_frame.h"

namespace tcpgauge {
namespace {

constexpr char kSegment[] = "10.0.0.1:40000 > 10.0.0.2:80 5";
constexpr char kSegment6[] = "[2001:db8::1]:40000 > [2001:db8::2]:80 5";

Frame Outer() { return Frame().Ethernet().Ipv4("1.1.1.1", "2.2.2.2"); }

TEST(Ipv6Broker, CarriesTeredo) {
  for (bool authentication : {false, true}) {
    for (bool origin : {false, true}) {
      const auto packet = Decode(Outer().Teredo(authentication, origin).Ipv6().Tcp().Payload(5));
      EXPECT_EQ(Summary(packet), kSegment6);
      EXPECT_EQ(Around(packet), "teredo");
    }
  }
  EXPECT_EQ(Summary(Decode(Outer().Teredo().Ipv4().Tcp())), "udp error unknown_teredo");
  EXPECT_EQ(Summary(Decode(Outer().Teredo(true).CutInLayer(17))), "udp error unknown_teredo");
  EXPECT_EQ(Summary(Decode(Outer().Teredo(false, true).CutInLayer(7))), "udp error unknown_teredo");
}

TEST(Ipv6Broker, CarriesAyiya) {
  const auto packet = Decode(Outer().Ayiya().Ipv6().Tcp().Payload(5));
  EXPECT_EQ(Summary(packet), kSegment6);
  EXPECT_EQ(Around(packet), "ayiya");
  EXPECT_EQ(Summary(Decode(Outer().Ayiya(4).Ipv4().Tcp().Payload(5))), kSegment);
  EXPECT_EQ(Summary(Decode(Outer().Ayiya(41, 3).Ipv6().Tcp().Payload(5))), kSegment6) << "echo request and forward";
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Ipv6().Ayiya().Ipv6().Tcp().Payload(5))), kSegment6);
}

TEST(Ipv6Broker, FindsAyiyaByItsSourcePort) {
  const Frame ayiya = Outer().Ayiya().Ipv6().Tcp().Payload(5);
  std::vector<uint8_t> bytes = ayiya.Bytes();
  std::swap_ranges(bytes.begin() + 34, bytes.begin() + 36, bytes.begin() + 36);
  DecodedPacket packet;
  DecodePacket(LinkType::kEthernet, bytes, ayiya.wire_length_bytes(), &packet);
  EXPECT_EQ(Summary(packet), kSegment6);
}

TEST(Ipv6Broker, TakesOnlyForwardedPacketsOfAyiyaForTunnels) {
  for (uint8_t operation : {0, 2, 4, 5, 6, 7}) {
    EXPECT_EQ(Summary(Decode(Outer().Ayiya(41, operation).Ipv6().Tcp())), "udp");
  }
  EXPECT_EQ(Summary(Decode(Outer().Ayiya(41, 8).Ipv6().Tcp())), "udp error unknown_ayiya");
  EXPECT_EQ(Summary(Decode(Outer().Ayiya(59).Ipv6().Tcp())), "udp error unknown_ayiya");
  EXPECT_EQ(Summary(Decode(Outer().Ayiya(41).Ipv4().Tcp())), "udp error unknown_ayiya");
  EXPECT_EQ(Summary(Decode(Outer().Ayiya(4).Ipv6().Tcp())), "udp error unknown_ayiya");
  EXPECT_EQ(Summary(Decode(Outer().Ayiya().Set8(0, 0xf1).Ipv6().Tcp())), "udp error unknown_ayiya")
      << "identity too long";
  for (size_t cut : {0, 7, 8, 43, 44}) {
    EXPECT_EQ(Summary(Decode(Outer().Ayiya().CutInLayer(cut))), "udp error unknown_ayiya") << cut;
  }
}

}  // namespace
}  // namespace tcpgauge
