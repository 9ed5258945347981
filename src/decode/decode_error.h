// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_DECODE_ERROR_H_
#define TCPGAUGE_SRC_DECODE_DECODE_ERROR_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tcpgauge {

// Why a packet could not be decoded. A packet has one value, and each value except kNone has a counter.
//
// A TCP segment with a broken header is counted under its error. If the first 16 bytes of the header were captured, the
// segment is counted in its connection too.
enum class DecodeError : uint8_t {
  kNone,
  // Truncated: a header ends early, because the capture cut it off (snapshot length) or the packet itself is too short.
  kTruncatedLink,    // a header of the link layer, including VLAN tags, LLC, PPP and IEEE 802.11
  kTruncatedTunnel,  // MPLS, PPPoE, GRE, ERSPAN, NSH, EtherIP, L2TP over IP, and Ethernet tags other than VLANs
  kTruncatedIp,      // an IP header, including options and extension headers
  kTruncatedTcp,     // a TCP header
  kTunnelHeader,     // PPPoE, GRE, I-SID tag or MACsec: a version, code, flag or protocol that is not decoded
  kIpVersion,        // the version field is neither 4 nor 6, or is 4 where IPv6 was announced
  kIpHeaderLength,   // an IPv4 header states a header length below 20 bytes
  kIpTotalLength,    // an IPv4 total length is below the header length; 0 means all bytes that remain on the wire
  kIpFragment,       // a fragment ends beyond 65,535 bytes, or a TCP header in fragments cannot be completed
  kTcpDataOffset,    // a TCP header states a length below 20 bytes, or one above 20 that ends beyond the segment
  kTooManyVlans,     // more than Encapsulation::kMaxVlans
  kTooManyTunnels,   // more than Encapsulation::kMaxTunnels
  kTooManyLayers,    // more than kMaxLayers (decoder.h)
  kUnknownLinkType,  // a file's packet whose link layer the decoder does not know, such as Bluetooth or USB
  // Unknown: a packet looks like this kind of tunnel, but the decoder does not understand it. The packet has an unknown
  // version or unknown contents, is too short, or belongs to another protocol that uses the tunnel's UDP port. Control
  // messages of the tunnel's protocol are not errors.
  kUnknownVxlan,
  kUnknownGeneve,
  kUnknownGtpU,
  kUnknownTeredo,
  kUnknownGreInUdp,
  kUnknownMplsInUdp,
  kUnknownGue,
  kUnknownL2tp,
  kUnknownEtherIp,
  kUnknownNsh,
  kUnknownCapwap,
  kUnknownAyiya,
  kEncryptedMacsec,
  kEncrypted80211,
  kDamaged80211,     // the capturing machine noted that the frame check failed
  kAggregated80211,  // one frame holds several packets (A-MSDU)
};
constexpr size_t kDecodeErrorCount = 31;  // includes kNone

// Returns the value of the label `reason` of the metric that counts decode errors, for example "truncated_link".
// Returns "none" for kNone.
std::string_view DecodeErrorName(DecodeError error);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_DECODE_ERROR_H_
