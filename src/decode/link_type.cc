// SPDX-License-Identifier: Apache-2.0
#include "src/decode/link_type.h"

namespace tcpgauge {

// Numbers of https://www.tcpdump.org/linktypes.html (LINKTYPE_*), and also libpcap's DLT_* where these differ.
std::optional<LinkType> LinkTypeOf(int pcap_datalink) {
  switch (pcap_datalink) {
    case 0:
      return LinkType::kNull;
    case 1:
      return LinkType::kEthernet;
    case 9:    // DLT_PPP
    case 50:   // DLT_PPP_SERIAL
    case 166:  // DLT_PPP_PPPD
      return LinkType::kPpp;
    case 12:   // DLT_RAW
    case 14:   // DLT_RAW of OpenBSD
    case 101:  // LINKTYPE_RAW
    case 228:  // DLT_IPV4
    case 229:  // DLT_IPV6
      return LinkType::kRawIp;
    case 51:  // DLT_PPP_ETHER
      return LinkType::kPppoe;
    case 104:
      return LinkType::kCiscoHdlc;
    case 105:
      return LinkType::k80211;
    case 108:
      return LinkType::kLoop;
    case 113:
      return LinkType::kLinuxSll;
    case 127:
      return LinkType::kRadiotap;
    case 219:
      return LinkType::kMpls;
    case 239:
      return LinkType::kNflog;
    case 242:
      return LinkType::kIpOverInfiniband;
    case 276:
      return LinkType::kLinuxSll2;
    default:
      return std::nullopt;
  }
}

}  // namespace tcpgauge
