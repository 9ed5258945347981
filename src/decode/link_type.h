// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_LINK_TYPE_H_
#define TCPGAUGE_SRC_DECODE_LINK_TYPE_H_

#include <cstdint>
#include <optional>

namespace tcpgauge {

// The link layers with which packets can begin (https://www.tcpdump.org/linktypes.html).
enum class LinkType : uint8_t {
  kEthernet,
  kRawIp,      // IPv4 or IPv6, by the version field
  kNull,       // BSD loopback: the address family in the byte order of the capturing machine
  kLoop,       // OpenBSD loopback: the address family in network order
  kLinuxSll,   // Linux cooked v1
  kLinuxSll2,  // Linux cooked v2
  kPpp,        // PPP, with or without HDLC framing
  kPppoe,      // PPPoE session without an Ethernet header
  kCiscoHdlc,
  kMpls,
  kNflog,     // Linux netfilter log
  k80211,     // IEEE 802.11 frames
  kRadiotap,  // IEEE 802.11 frames after a radiotap header
  kIpOverInfiniband,
};

// Translates a link type's number: a DLT_ value from libpcap's pcap_datalink(), or a LINKTYPE_ value from a capture
// file. Returns nullopt if packets of this type cannot be decoded.
std::optional<LinkType> LinkTypeOf(int pcap_datalink);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_LINK_TYPE_H_
