// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_DECODE_ERROR_H_
#define TCPGAUGE_SRC_DECODE_DECODE_ERROR_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tcpgauge {

// Why a packet could not be decoded: a closed list, each value with a name and a counter. "Truncated" means that a
// header ends early, because of the snapshot length or because the packet itself is too short. A TCP segment with a
// broken header is counted here, and in its connection too if its first 16 bytes were captured.
enum class DecodeError : uint8_t {
  kNone,
  kTruncatedLink,    // the link layer, including VLAN tags, LLC and PPP
  kTruncatedTunnel,  // MPLS, PPPoE, GRE, ERSPAN, NSH, EtherIP, L2TP over IP, MACsec and the other Ethernet tags
  kTruncatedIp,      // including options and extension headers
  kTruncatedTcp,
  kTunnelHeader,    // a version or flag that no sender of the protocol sets
  kIpVersion,       // another version than the layer before announced
  kIpHeaderLength,  // IPv4 header below 20 bytes
  kIpTotalLength,   // IPv4 total length below the header's
  kIpFragment,      // a fragment beyond 64 kB, or a first fragment whose TCP header was never completed
  kTcpDataOffset,   // TCP header below 20 bytes or beyond the segment
  kTooManyVlans,
  kTooManyTunnels,
  kTooManyLayers,
  // A packet that looks like a tunnel and is not understood, by the tunnel's kind: it has another version, unknown
  // contents, or another protocol uses the tunnel's port. Control messages of the tunnel's protocol are no errors.
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
  kDamaged80211,     // the receiver noted that the frame check failed
  kAggregated80211,  // several packets in one frame (A-MSDU)
};
constexpr size_t kDecodeErrorCount = 30;

// "none", "truncated_link" …: the values of the metric's label.
std::string_view DecodeErrorName(DecodeError error);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_DECODE_ERROR_H_
