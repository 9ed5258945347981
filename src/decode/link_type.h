// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_LINK_TYPE_H_
#define TCPGAUGE_SRC_DECODE_LINK_TYPE_H_

#include <cstdint>
#include <optional>

namespace tcpgauge {

// The link layers that can be decoded. The capture library's numbers are translated by LinkTypeOf().
enum class LinkType : uint8_t {
  kEthernet,
  kRawIp,      // IPv4 or IPv6, told apart by the version
  kNull,       // BSD loopback: address family in the byte order of the machine that captured
  kLoop,       // OpenBSD loopback: address family in network order
  kLinuxSll,   // Linux cooked v1
  kLinuxSll2,  // Linux cooked v2
  kPpp,        // PPP, with or without HDLC framing
  kPppoe,      // PPPoE session without an Ethernet header
  kCiscoHdlc,
  kMpls,
  kNflog,
  k80211,     // IEEE 802.11 frames
  kRadiotap,  // the same after a radiotap header
  kIpOverInfiniband,
};

// From a data link type as libpcap's pcap_datalink() reports it; nullopt when it cannot be decoded.
std::optional<LinkType> LinkTypeOf(int pcap_datalink);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_LINK_TYPE_H_
