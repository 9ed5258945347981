// SPDX-License-Identifier: Apache-2.0
#include "src/decode/nsh.h"

#include "gtest/gtest.h"
#include "tests/decode/decode_frame.h"

namespace tcpgauge {
namespace {

constexpr char kSegment[] = "10.0.0.1:40000 > 10.0.0.2:80 5";
constexpr char kSegment6[] = "[2001:db8::1]:40000 > [2001:db8::2]:80 5";

Frame Outer() { return Frame().Ethernet().Ipv4("1.1.1.1", "2.2.2.2"); }

TEST(Nsh, CarriesEverythingItHasANumberFor) {
  const Frame ethernet = Frame().Ethernet();
  for (size_t metadata : {0, 4, 16, 60}) {
    const auto packet = Decode(Frame(ethernet).Nsh(metadata).Ipv4().Tcp().Payload(5));
    EXPECT_EQ(Summary(packet), kSegment) << metadata;
    EXPECT_EQ(Around(packet), "nsh");
  }
  EXPECT_EQ(Summary(Decode(Frame(ethernet).Nsh().Ipv6().Tcp().Payload(5))), kSegment6);
  EXPECT_EQ(Around(Decode(Frame(ethernet).Nsh().Ethernet().Vlan(7).Ipv4().Tcp())), "vlan 7 / nsh");
  EXPECT_EQ(Around(Decode(Frame(ethernet).Nsh().Nsh(0).Ipv4().Tcp())), "nsh / nsh");
  EXPECT_EQ(Summary(Decode(Frame(ethernet).Nsh().Mpls().Ipv4().Tcp().Payload(5))), kSegment);
  EXPECT_EQ(Around(Decode(Outer().Gre().Nsh().Ipv4().Tcp())), "gre / nsh");
}

TEST(Nsh, OfAnotherKindIsUnknown) {
  const Frame nsh = Frame().Ethernet().Nsh();
  EXPECT_EQ(Summary(Decode(Frame(nsh).Set8(0, 0x4f).Ipv4().Tcp())), "other error unknown_nsh") << "version 1";
  EXPECT_EQ(Summary(Decode(Frame(nsh).Set8(1, 0xc1).Ipv4().Tcp())), "other error unknown_nsh")
      << "states less than the header's own length";
  EXPECT_EQ(Summary(Decode(Frame(nsh).Set8(3, 77).Ipv4().Tcp())), "other error unknown_nsh") << "unknown inside";
  EXPECT_EQ(Summary(Decode(Frame(nsh).Set8(0, 0x2f).Ipv4().Tcp())), "other") << "operations";
}

TEST(Nsh, IsBounded) {
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Nsh().CutInLayer(7))), "other error truncated_tunnel");
  EXPECT_EQ(Summary(Decode(Frame().Ethernet().Nsh().CutInLayer(23))), "other error truncated_tunnel");
  Frame frame = Frame().Ethernet();
  for (int i = 0; i < 5; ++i) frame.Nsh();
  EXPECT_EQ(Summary(Decode(frame.Ipv4().Tcp())), "other error too_many_tunnels");
}

}  // namespace
}  // namespace tcpgauge
