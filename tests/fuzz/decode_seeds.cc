// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/decode_seeds.h"

#include <iterator>

#include "src/decode/link_type.h"
#include "tests/support/frame.h"

namespace tcpgauge {
namespace {

std::vector<uint8_t> Seed(LinkType link_type, const Frame& frame) {
  std::vector<uint8_t> bytes = frame.Bytes();
  const uint32_t beyond = frame.wire_length_bytes() - static_cast<uint32_t>(bytes.size());
  const uint8_t prefix[] = {static_cast<uint8_t>(link_type), static_cast<uint8_t>(beyond >> 8),
                            static_cast<uint8_t>(beyond)};
  bytes.insert(bytes.begin(), std::begin(prefix), std::end(prefix));
  return bytes;
}

}  // namespace

std::vector<std::vector<uint8_t>> DecodeSeeds() {
  const Frame ethernet = Frame().Ethernet();
  const Frame tunnel = Frame().Ethernet().Ipv4("192.0.2.1", "192.0.2.2");
  const Frame kOnEthernet[] = {
      Frame(ethernet).Ipv4().Tcp().Timestamps(1, 2).Payload(20),
      Frame(ethernet).Ipv4("10.0.0.1", "10.0.0.2", 8).Tcp().Options({2, 4, 5, 6, 4, 2, 1, 1}).Payload(500).CutTo(80),
      Frame(ethernet).Vlan(7).Vlan(8, 0x88a8).Ipv6().Tcp().Padding(6),
      Frame(ethernet).Ipv4().Ipv4Fragment(0, true).Tcp().Payload(20),
      Frame(ethernet).Ipv4().Set8(9, 6).Ipv4Fragment(64, false).Payload(20),
      Frame(ethernet).Ipv6().Ipv6Extension(0).Ipv6Extension(60).Ipv6Fragment(0, true).Tcp(),
      Frame(ethernet).Ipv6().Ipv6Extension(43).AuthenticationHeader().Ipv6Fragment(8, false).Set8(0, 6).Payload(9),
      Frame(ethernet).Ipv6().Set16(4, 0).JumboOption(66000).Tcp().Payload(65972).CutTo(90),
      Frame(ethernet).Ipv4().Icmp().Ipv4().Tcp(),
      Frame(ethernet).Mpls().Mpls().Ipv4().Tcp(),
      Frame(ethernet).Mpls().ControlWord().Ethernet().Ipv4().Tcp(),
      Frame(ethernet).Pppoe(5).Ppp().Ipv4().Tcp(),
      Frame().Ethernet8023().Snap().Ipv4().Tcp().Padding(4),
      Frame().Ethernet8023().Llc(6).Ipv4().Tcp(),
      Frame(tunnel).Ipv4().Ipv6().Tcp(),
      Frame(tunnel).Gre({true, true, true, 1}).Ipv6().Tcp(),
      Frame(tunnel).Gre().Ethernet().Vlan(3).Ipv4().Tcp(),
      Frame(tunnel).Pptp().Ppp(Frame::PppForm::kFramed).Ipv4().Tcp(),
      Frame(tunnel).Erspan1().Ethernet().Ipv4().Tcp(),
      Frame(tunnel).Erspan2(5).Ethernet().Ipv4().Tcp(),
      Frame(tunnel).Erspan3(5, true).Ethernet().Ipv4().Tcp(),
      Frame(tunnel).Wccp(true).Ipv4().Tcp(),
      Frame(tunnel).Vxlan(5).Ethernet().Ipv4().Tcp(),
      Frame(tunnel).VxlanGpe(5).Ipv6().Tcp(),
      Frame(tunnel).Geneve(5, 8).Ethernet().Ipv4().Tcp(),
      Frame(tunnel).GtpU(5, 2, true).Ipv4().Tcp(),
      Frame(tunnel).Teredo(true, true).Ipv6().Tcp(),
      Frame(tunnel).Ipv4Fragment(0, true).GtpU(5).Ipv4().Set16(2, 1400).Tcp(),
      Frame(tunnel).Udp(53, 53).Payload(20),
      Frame(tunnel).Vxlan(5).Set8(0, 0x4c).Ipv4().Ipv4Checksum().Tcp(),
      Frame(tunnel).VxlanGpe(5).Nsh().Ipv4().Tcp(),
      Frame(tunnel).Udp(50000, 4754).Gre({true, true, true, 1}).Ipv4().Ipv4Checksum().Tcp(),
      Frame(tunnel).Udp(50000, 4754).Gre().Ethernet().Ipv6().Tcp(),
      Frame(tunnel).Udp(50000, 6635).Mpls().Mpls().Ipv4().Ipv4Checksum().Tcp(),
      Frame(tunnel).Udp(50000, 6635).Mpls().ControlWord().Ethernet().Ipv4().Tcp(),
      Frame(tunnel).Udp(50000, 5555).Ipv4().Ipv4Checksum().Tcp(),
      Frame(tunnel).Udp(50000, 5555).Gre({false, true, false, 1}).Ipv6().Tcp(),
      Frame(tunnel).Udp(50000, 5555).Gue(4, 8).Ipv4().Ipv4Checksum().Tcp(),
      Frame(tunnel).Udp(50000, 5555).Gue(47).Gre().Ethernet().Vlan(3).Ipv4().Tcp(),
      Frame(tunnel).Udp(1701, 1701).L2tp2(0x4a00).Ppp(Frame::PppForm::kFramed).Ipv4().Tcp(),
      Frame(tunnel).Udp(50000, 1701).L2tp3(8).Ethernet().Ipv4().Ipv4Checksum().Tcp(),
      Frame(tunnel).L2tp3OverIp(4).Ethernet().Ipv4().Ipv4Checksum().Tcp().Padding(4),
      Frame(tunnel).L2tp3OverIp().Ppp(Frame::PppForm::kFramed).Ipv6().Tcp(),
      Frame(tunnel).L2tp3OverIp(12).Ipv4().Tcp(),
      Frame(tunnel).EtherIp().Ethernet().Ipv4().Tcp(),
      Frame(tunnel).Udp(50000, 5247).Capwap(true, 8).Wifi({0x88, 0x01, 0, 0, true}).Snap().Ipv4().Tcp(),
      Frame(tunnel).Udp(5247, 50000).Capwap(false, 0, 0x80).Ethernet().Ipv4().Set16(2, 1400).Tcp(),
      Frame(tunnel).Ayiya().Ipv6().Tcp(),
      Frame(ethernet).Nsh(4).Ethernet().Ipv4().Tcp(),
      Frame(ethernet).Vlan(9, 0x88a8).ServiceTag(5).Ethernet().Vlan(3).Ipv4().Tcp(),
      Frame(ethernet).VnTag().Vlan(3).Ipv4().Tcp(),
      Frame(ethernet).ETag().Ipv6().Tcp(),
      Frame(ethernet).FabricPath().Ethernet().Ipv4().Tcp(),
      Frame(ethernet).Macsec(0x20).Ipv4().Tcp().Padding(16),
      Frame(ethernet).Macsec(0x0c).Payload(60),
  };
  std::vector<std::vector<uint8_t>> seeds;
  for (const Frame& frame : kOnEthernet) seeds.push_back(Seed(LinkType::kEthernet, frame));
  const struct {
    LinkType link_type;
    Frame frame;
  } kOnOthers[] = {
      {LinkType::kRawIp, Frame().Ipv6().Tcp()},
      {LinkType::kNull, Frame().Null(Frame::Order::kLittle, 28).Ipv6().Tcp()},
      {LinkType::kLoop, Frame().Null(Frame::Order::kBig).Ipv4().Tcp()},
      {LinkType::kLinuxSll, Frame().LinuxSll().Vlan(5).Ipv4().Tcp()},
      {LinkType::kLinuxSll2, Frame().LinuxSll2(3).Ipv4().Tcp()},
      {LinkType::kPpp, Frame().Ppp(Frame::PppForm::kFramed).Ipv4().Tcp()},
      {LinkType::kPpp, Frame().Ppp(Frame::PppForm::kCompressed).Ipv6().Tcp()},
      {LinkType::kPppoe, Frame().Pppoe(5).Ppp().Ipv4().Tcp()},
      {LinkType::kCiscoHdlc, Frame().CiscoHdlc().Mpls().Ipv4().Tcp()},
      {LinkType::kMpls, Frame().Mpls().Ipv6().Tcp()},
      {LinkType::kNflog, Frame().Nflog().Ipv4().Tcp()},
      {LinkType::k80211, Frame().Wifi({0x88, 0x83}).Snap().Ipv4().Tcp().Padding(4)},
      {LinkType::k80211, Frame().Wifi({0x88, 0x02, 0x80}).WifiSubframe().Snap().Ipv6().Tcp()},
      {LinkType::kRadiotap, Frame().Radiotap(0x20, true, 2).Wifi({0x88, 0x01, 0, 2}).Snap().Ipv4().Tcp()},
      {LinkType::kIpOverInfiniband, Frame().IpOverInfiniband(40).Ipv4().Tcp()},
      {LinkType::kIpOverInfiniband, Frame().IpOverInfiniband().Ipv6().Tcp()},
  };
  for (const auto& other : kOnOthers) seeds.push_back(Seed(other.link_type, other.frame));
  return seeds;
}

}  // namespace tcpgauge
