// SPDX-License-Identifier: Apache-2.0
#include "src/decode/decoder.h"

#include <set>

#include "gtest/gtest.h"
#include "tests/decode/decode_frame.h"

namespace tcpgauge {
namespace {

TEST(Decoder, FindsEverySegmentField) {
  const DecodedPacket packet = Decode(Frame()
                                          .Ethernet()
                                          .Ipv4("192.0.2.1", "198.51.100.2")
                                          .Tcp(40001, 443)
                                          .Sequence(0x01020304)
                                          .Acknowledgment(0xfffefdfc)
                                          .Flags(kTcpAck | kTcpPsh | kTcpCwr)
                                          .Window(501)
                                          .Timestamps(7, 8)
                                          .Payload(100));
  EXPECT_EQ(packet.kind, Kind::kTcpSegment);
  EXPECT_EQ(packet.protocol, Protocol::kTcp);
  EXPECT_EQ(packet.error, DecodeError::kNone);
  EXPECT_EQ(packet.source.ToString(), "192.0.2.1:40001");
  EXPECT_EQ(packet.destination.ToString(), "198.51.100.2:443");
  EXPECT_EQ(packet.sequence_number, 0x01020304u);
  EXPECT_EQ(packet.acknowledgment_number, 0xfffefdfcu);
  EXPECT_EQ(packet.tcp_flags, kTcpAck | kTcpPsh | kTcpCwr);
  EXPECT_EQ(packet.window, 501);
  EXPECT_TRUE(packet.has_timestamps);
  EXPECT_EQ(packet.timestamp_value, 7u);
  EXPECT_EQ(packet.timestamp_echo_reply, 8u);
  EXPECT_EQ(packet.payload_length_bytes, 100u);
  EXPECT_EQ(packet.ip_length_bytes, 20u + 32u + 100u);
  EXPECT_EQ(packet.wire_length_bytes, 14u + 20u + 32u + 100u);
  EXPECT_EQ(packet.interface, 0u);
  EXPECT_FALSE(packet.is_fragment);
  EXPECT_TRUE(packet.encapsulation.empty());
}

TEST(Decoder, NamesEveryMalformedHeader) {
  const auto vlans = [](int count) {
    Frame frame = Frame().Ethernet();
    for (int i = 1; i <= count; ++i) frame.Vlan(static_cast<uint16_t>(i));
    return frame.Ipv4().Tcp();
  };
  const auto tunnels = [](int count) {
    Frame frame = Frame().Ethernet().Ipv4();
    for (int i = 0; i < count; ++i) frame.Ipv4();
    return frame.Tcp();
  };
  const auto labels = [](int count) {
    Frame frame = Frame().Ethernet();
    for (int i = 0; i < count; ++i) frame.Mpls();
    return frame.Ipv4().Tcp();
  };
  const struct {
    const char* what;
    Frame frame;
    const char* want;
    LinkType link_type = LinkType::kEthernet;
  } kCases[] = {
      {"nothing captured", Frame().Ethernet().Ipv4().Tcp().CutTo(0), "other error truncated_link"},
      {"Ethernet cut", Frame().Ethernet().CutInLayer(13), "other error truncated_link"},
      {"VLAN tag cut", Frame().Ethernet().Vlan(7).CutInLayer(3), "other error truncated_link"},
      {"LLC cut", Frame().Ethernet8023().Llc(6).CutInLayer(2), "other error truncated_link"},
      {"SNAP cut", Frame().Ethernet8023().Snap().CutInLayer(7), "other error truncated_link"},
      {"MPLS cut", Frame().Ethernet().Mpls().CutInLayer(3), "other error truncated_tunnel"},
      {"nothing after MPLS", Frame().Ethernet().Mpls().Ipv4().CutInLayer(0), "other error truncated_tunnel"},
      {"control word cut", Frame().Ethernet().Mpls().ControlWord().CutInLayer(3), "other error truncated_tunnel"},
      {"PPPoE cut", Frame().Ethernet().Pppoe(1).CutInLayer(5), "other error truncated_tunnel"},
      {"PPP cut", Frame().Ethernet().Pppoe(1).Ppp().CutInLayer(1), "other error truncated_link"},
      {"nothing after PPPoE", Frame().Ethernet().Pppoe(1).Ppp().CutInLayer(0), "other error truncated_link"},
      {"PPPoE version 2", Frame().Ethernet().Pppoe(1).Set8(0, 0x21).Ppp(), "other error tunnel_header"},
      {"PPPoE not a session", Frame().Ethernet().Pppoe(1).Set8(1, 9).Ppp(), "other error tunnel_header"},
      {"IPv4 cut", Frame().Ethernet().Ipv4().Tcp().CutTo(14 + 19), "other error truncated_ip"},
      {"IPv4 options cut", Frame().Ethernet().Ipv4("10.0.0.1", "10.0.0.2", 8).Tcp().CutTo(14 + 27),
       "other error truncated_ip"},
      {"IPv6 cut", Frame().Ethernet().Ipv6().Tcp().CutTo(14 + 39), "other error truncated_ip"},
      {"extension header cut", Frame().Ethernet().Ipv6().Ipv6Extension(60, 16).CutInLayer(15),
       "other error truncated_ip"},
      {"no extension header", Frame().Ethernet().Ipv6().Ipv6Extension(60).CutInLayer(1), "other error truncated_ip"},
      {"fragment header cut", Frame().Ethernet().Ipv6().Ipv6Fragment(0, true).CutInLayer(7),
       "other error truncated_ip"},
      {"IPv4 of version 5", Frame().Ethernet().Ipv4().Set8(0, 0x55).Tcp(), "other error ip_version"},
      {"IPv6 of version 4", Frame().Ethernet().Ipv6().Set8(0, 0x40).Tcp(), "other error ip_version"},
      {"IPv4 header of 16 bytes", Frame().Ethernet().Ipv4().Set8(0, 0x44).Tcp(), "other error ip_header_length"},
      {"IPv4 shorter than its header", Frame().Ethernet().Ipv4().Set16(2, 19).Tcp(), "other error ip_total_length"},
      {"fragment beyond 64 kB", Frame().Ethernet().Ipv4().Ipv4Fragment(65528, false).Tcp(), "tcp error ip_fragment"},
      {"tiny first fragment", Frame().Ethernet().Ipv4().Ipv4Fragment(0, true).Tcp().EndInLayer(8),
       "tcp error ip_fragment"},
      {"first fragment without the options",
       Frame().Ethernet().Ipv4().Ipv4Fragment(0, true).Tcp().Timestamps(1, 2).EndInLayer(24), "tcp error ip_fragment"},
      {"tiny first IPv6 fragment", Frame().Ethernet().Ipv6().Ipv6Fragment(0, true).Tcp().EndInLayer(16),
       "tcp error ip_fragment"},
      {"TCP cut before the window", Frame().Ethernet().Ipv4().Tcp().CutInLayer(15), "tcp error truncated_tcp"},
      {"first fragment cut", Frame().Ethernet().Ipv4().Ipv4Fragment(0, true).Tcp().Payload(4).CutInLayer(15),
       "tcp error truncated_tcp"},
      {"TCP header of 15 bytes", Frame().Ethernet().Ipv4().Tcp().EndInLayer(15), "tcp error truncated_tcp"},
      {"TCP header of 16 bytes", Frame().Ethernet().Ipv4().Tcp().EndInLayer(16),
       "10.0.0.1:40000 > 10.0.0.2:80 0 error truncated_tcp"},
      {"TCP header of 19 bytes", Frame().Ethernet().Ipv4().Tcp().EndInLayer(19),
       "10.0.0.1:40000 > 10.0.0.2:80 0 error truncated_tcp"},
      {"data offset 0", Frame().Ethernet().Ipv4().Tcp().Set8(12, 0).Payload(9),
       "10.0.0.1:40000 > 10.0.0.2:80 29 error tcp_data_offset"},
      {"data offset 4", Frame().Ethernet().Ipv4().Tcp().Set8(12, 0x40).Payload(9),
       "10.0.0.1:40000 > 10.0.0.2:80 13 error tcp_data_offset"},
      {"data offset 4 in 16 bytes", Frame().Ethernet().Ipv4().Tcp().Set8(12, 0x40).EndInLayer(16),
       "10.0.0.1:40000 > 10.0.0.2:80 0 error tcp_data_offset"},
      {"data offset 4, cut after the window",
       Frame().Ethernet().Ipv4().Tcp().Set8(12, 0x40).Payload(9).CutTo(14 + 20 + 16),
       "10.0.0.1:40000 > 10.0.0.2:80 13 error tcp_data_offset"},
      {"first fragment with data offset 4",
       Frame().Ethernet().Ipv4().Ipv4Fragment(0, true).Tcp().Set8(12, 0x40).Payload(4),
       "10.0.0.1:40000 > 10.0.0.2:80 8 error tcp_data_offset"},
      {"data offset beyond the segment", Frame().Ethernet().Ipv4().Tcp().Set8(12, 0x60).Payload(3),
       "10.0.0.1:40000 > 10.0.0.2:80 0 error tcp_data_offset"},
      {"GRE cut", Frame().Ethernet().Ipv4().Gre().CutInLayer(3), "other error truncated_tunnel"},
      {"GRE checksum cut", Frame().Ethernet().Ipv4().Gre({true, false, false, 0}).CutInLayer(7),
       "other error truncated_tunnel"},
      {"GRE key cut", Frame().Ethernet().Ipv4().Gre({false, true, false, 0}).CutInLayer(7),
       "other error truncated_tunnel"},
      {"GRE sequence number cut", Frame().Ethernet().Ipv4().Gre({false, false, true, 0}).CutInLayer(7),
       "other error truncated_tunnel"},
      {"GRE with source routing", Frame().Ethernet().Ipv4().Gre().Set8(0, 0x40), "other error tunnel_header"},
      {"GRE version 2", Frame().Ethernet().Ipv4().Gre().Set8(1, 2).Ipv4(), "other error tunnel_header"},
      {"PPTP cut", Frame().Ethernet().Ipv4().Pptp().Ppp().CutTo(14 + 20 + 15), "other error truncated_tunnel"},
      {"enhanced GRE without PPP", Frame().Ethernet().Ipv4().Pptp().Ipv4(), "other error tunnel_header"},
      {"ERSPAN II cut", Frame().Ethernet().Ipv4().Erspan2(1).CutInLayer(7), "other error truncated_tunnel"},
      {"ERSPAN III cut", Frame().Ethernet().Ipv4().Erspan3(1).CutInLayer(11), "other error truncated_tunnel"},
      {"ERSPAN III's platform header cut", Frame().Ethernet().Ipv4().Erspan3(1, true).CutInLayer(19),
       "other error truncated_tunnel"},
      {"segment in VXLAN with data offset 4", Frame().Ethernet().Ipv4().Vxlan(1).Ethernet().Ipv4().Tcp().Set8(12, 0x40),
       "10.0.0.1:40000 > 10.0.0.2:80 4 error tcp_data_offset"},
      {"VXLAN without a network", Frame().Ethernet().Ipv4().Vxlan(1).Set8(0, 0).Ethernet(), "udp error unknown_vxlan"},
      {"Geneve version 1", Frame().Ethernet().Ipv4().Geneve(1).Set8(0, 0x40).Ethernet(), "udp error unknown_geneve"},
      {"GTP without IP", Frame().Ethernet().Ipv4().GtpU(1).Payload(60), "udp error unknown_gtp_u"},
      {"Teredo without IP", Frame().Ethernet().Ipv4().Teredo().Payload(60), "udp error unknown_teredo"},
      {"GRE in UDP without IP", Frame().Ethernet().Ipv4().Udp(1, 4754).Gre().Payload(60),
       "udp error unknown_gre_in_udp"},
      {"MPLS in UDP without IP", Frame().Ethernet().Ipv4().Udp(1, 6635).Mpls().Payload(60),
       "udp error unknown_mpls_in_udp"},
      {"GUE without IP", Frame().Ethernet().Ipv4().Udp(1, 5555).Gue(4).Payload(60), "udp error unknown_gue"},
      {"L2TP without anything", Frame().Ethernet().Ipv4().L2tp3OverIp().Payload(60), "other error unknown_l2tp"},
      {"EtherIP version 2", Frame().Ethernet().Ipv4().EtherIp().Set8(0, 0x20).Ethernet(),
       "other error unknown_etherip"},
      {"NSH version 1", Frame().Ethernet().Nsh().Set8(0, 0x40).Ipv4(), "other error unknown_nsh"},
      {"CAPWAP encrypted", Frame().Ethernet().Ipv4().Udp(1, 5247).Capwap(false).Set8(0, 1).Payload(60),
       "udp error unknown_capwap"},
      {"AYIYA without IP", Frame().Ethernet().Ipv4().Ayiya(59).Payload(60), "udp error unknown_ayiya"},
      {"MACsec encrypted", Frame().Ethernet().Macsec(0x0c).Payload(60), "other error encrypted_macsec"},
      {"IEEE 802.11 encrypted", Frame().Wifi({0x08, 0x41}).Payload(60), "other error encrypted_80211",
       LinkType::k80211},
      {"IEEE 802.11 damaged", Frame().Radiotap(0x40).Wifi().Snap().Ipv4().Tcp(), "other error damaged_80211",
       LinkType::kRadiotap},
      {"IEEE 802.11 with two packets", Frame().Wifi({0x88, 0x01, 0x80}).WifiSubframe().Snap().Ipv4().Tcp().Padding(60),
       "other error aggregated_80211", LinkType::k80211},
      {"five VLANs", vlans(5), "other error too_many_vlans"},
      {"five tunnels", tunnels(5), "other error too_many_tunnels"},
      {"a label beyond the cap", labels(kMaxLayers - 2), "other error too_many_layers"},
  };
  std::set<DecodeError> seen;
  for (const auto& c : kCases) {
    const DecodedPacket packet = Decode(c.frame, c.link_type);
    EXPECT_EQ(Summary(packet), c.want) << c.what;
    seen.insert(packet.error);
  }
  seen.insert(DecodeError::kNone);
  seen.insert(DecodeError::kUnknownLinkType);  // the file reader sets it, because no link type leads to the decoder
  EXPECT_EQ(seen.size(), kDecodeErrorCount) << "an error has no case";

  EXPECT_EQ(Decode(vlans(4)).kind, Kind::kTcpSegment);
  EXPECT_EQ(Decode(tunnels(4)).kind, Kind::kTcpSegment);
  EXPECT_EQ(Decode(labels(kMaxLayers - 3)).kind, Kind::kTcpSegment);
}

// Cuts frames at every byte, and overwrites every byte. Decoding must end, and a segment's payload must fit its packet.
TEST(Decoder, SurvivesEveryCutAndEveryByte) {
  const Frame kFrames[] = {
      Frame().Ethernet().Vlan(7).Mpls().Ipv4().Gre({true, true, true, 5}).Ethernet().Ipv6().Tcp().Timestamps(1, 2),
      Frame().Ethernet().Pppoe(7).Ppp().Ipv6().AuthenticationHeader().Ipv6Fragment(0, true).Tcp().Options({2, 4, 5, 6}),
      Frame().Ethernet().Ipv4("10.0.0.1", "10.0.0.2", 8).GtpU(1, 2, true).Ipv4().Vxlan(2).Ethernet8023().Snap().Ipv4(),
      Frame().Ethernet().Ipv6().JumboOption(70000).Geneve(1, 8).Ipv4().Erspan3(2, true).Ethernet().Ipv4().Tcp(),
  };
  for (const Frame& frame : kFrames) {
    const std::vector<uint8_t> whole = frame.Bytes();
    for (size_t i = 0; i < whole.size(); ++i) {
      DecodedPacket packet;
      const std::vector<uint8_t> cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(i));
      DecodePacket(LinkType::kEthernet, cut, static_cast<uint32_t>(whole.size()), &packet);
      std::vector<uint8_t> spoiled = whole;
      for (int value = 0; value < 256; ++value) {
        spoiled[i] = static_cast<uint8_t>(value);
        DecodePacket(LinkType::kEthernet, spoiled, static_cast<uint32_t>(whole.size()), &packet);
        if (packet.kind == Kind::kTcpSegment) {
          EXPECT_LE(packet.payload_length_bytes, packet.ip_length_bytes);
        }
      }
    }
  }
}

}  // namespace
}  // namespace tcpgauge
