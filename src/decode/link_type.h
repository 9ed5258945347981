// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_LINK_TYPE_H_
#define TCPGAUGE_SRC_DECODE_LINK_TYPE_H_

#include <cstdint>
#include <optional>

namespace tcpgauge {

// The link layers that can be decoded. LinkTypeOf() translates libpcap's numbers.
enum class LinkType : uint8_t {
  kEthernet,
  kRawIp,      // IPv4 or IPv6, by the version field
  kNull,       // BSD loopback: the address family in the byte order of the machine that captured
  kLoop,       // OpenBSD loopback: the address family in network order
  kLinuxSll,   // Linux cooked v1
  kLinuxSll2,  // Linux cooked v2
  kPpp,        // PPP, with or without HDLC framing
  kPppoe,      // PPPoE session without an Ethernet header
  kCiscoHdlc,
  kMpls,
  kNflog,
  k80211,     // IEEE 802.11 frames
  kRadiotap,  // IEEE 802.11 frames after a radiotap header
  kIpOverInfiniband,
};

// Translates a data link type as libpcap's pcap_datalink() reports it. nullopt: it cannot be decoded.
std::optional<LinkType> LinkTypeOf(int pcap_datalink);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_LINK_TYPE_H_
