// SPDX-License-Identifier: Apache-2.0
#include "src/decode/capwap.h"

#include "gtest/gtest.h"
#include "tests/decode/decode_frame.h"

namespace tcpgauge {
namespace {

constexpr char kSegment[] = "10.0.0.1:40000 > 10.0.0.2:80 5";
constexpr char kSegment6[] = "[2001:db8::1]:40000 > [2001:db8::2]:80 5";

Frame Outer() { return Frame().Ethernet().Ipv4("1.1.1.1", "2.2.2.2"); }

Frame Capwap() { return Outer().Udp(50000, 5247); }

TEST(Capwap, CarriesEthernet) {
  for (size_t options : {0, 8, 116}) {
    const auto packet = Decode(Capwap().Capwap(false, options).Ethernet().Vlan(7).Ipv4().Tcp().Payload(5));
    EXPECT_EQ(Summary(packet), kSegment) << options;
    EXPECT_EQ(Around(packet), "vlan 7 / capwap");
  }
  EXPECT_EQ(Summary(Decode(Outer().Udp(5247, 50000).Capwap(false).Ethernet().Ipv6().Tcp().Payload(5))), kSegment6);
}

TEST(Capwap, CarriesWifiOfEitherByteOrder) {
  for (bool swapped : {false, true}) {
    for (uint8_t type : {0x08, 0x88}) {
      for (uint8_t flags : {0x01, 0x02, 0x03, 0x09}) {
        const auto packet =
            Decode(Capwap().Capwap(true, 8).Wifi({type, flags, 0, 0, swapped}).Snap().Ipv4().Tcp().Payload(5));
        EXPECT_EQ(Summary(packet), kSegment) << swapped << static_cast<int>(type) << static_cast<int>(flags);
        EXPECT_EQ(Around(packet), "capwap");
      }
    }
  }
}

TEST(Capwap, CountsAFirstFragmentByTheLengthInside) {
  constexpr uint32_t kFragment = 0x80;
  const auto first = Decode(Capwap().Capwap(false, 0, kFragment).Ethernet().Ipv4().Set16(2, 1400).Tcp().Payload(5));
  EXPECT_EQ(Summary(first), "10.0.0.1:40000 > 10.0.0.2:80 1360");
  EXPECT_EQ(Summary(Decode(Capwap().Capwap(false, 0, kFragment).Set16(6, 1400).Payload(60))), "udp");
}

TEST(Capwap, OfAnotherKindIsUnknown) {
  EXPECT_EQ(Summary(Decode(Capwap().Capwap(false, 0, 0x08).Payload(60))), "udp") << "keep-alive";
  EXPECT_EQ(Summary(Decode(Capwap().Capwap(false).Set8(0, 1).Payload(60))), "udp error unknown_capwap") << "encrypted";
  EXPECT_EQ(Summary(Decode(Capwap().Capwap(false).Set8(0, 0x10).Payload(60))), "udp error unknown_capwap") << "version";
  EXPECT_EQ(Summary(Decode(Capwap().Capwap(true).Set8(2, 0x07).Wifi().Snap().Ipv4().Tcp())), "udp error unknown_capwap")
      << "radio identification";
  EXPECT_EQ(Summary(Decode(Capwap().Capwap(false).Set8(1, 0x08).Payload(60))), "udp error unknown_capwap")
      << "too short";
  EXPECT_EQ(Summary(Decode(Capwap().Capwap(false).Set8(1, 0xf8).Payload(60))), "udp error unknown_capwap")
      << "too long";
  EXPECT_EQ(Summary(Decode(Capwap().Capwap(false).CutInLayer(7))), "udp error unknown_capwap");
  EXPECT_EQ(Summary(Decode(Capwap().Capwap(false).Ethernet().Ipv4().Set8(0, 0x35).Tcp())), "udp error unknown_capwap");
  EXPECT_EQ(Summary(Decode(Capwap().Capwap(true).Wifi({0x08, 0x41}).Payload(60))), "udp error encrypted_80211");
}

}  // namespace
}  // namespace tcpgauge
