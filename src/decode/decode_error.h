// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_DECODE_ERROR_H_
#define TCPGAUGE_SRC_DECODE_DECODE_ERROR_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tcpgauge {

// Why a packet could not be decoded: a closed list, each with a name and a counter. "Truncated" is a header that ends
// early, be it for the snapshot length or because the packet itself is too short. A TCP segment whose header is broken
// is counted here and in its connection.
enum class DecodeError : uint8_t {
  kNone,
  kTruncatedLink,    // up to and with VLAN tags, LLC and PPP
  kTruncatedTunnel,  // MPLS, PPPoE, GRE, ERSPAN, NSH, EtherIP, L2TP, MACsec and what else stands before a tunnel
  kTruncatedIp,      // with its options and extension headers
  kTruncatedTcp,
  kTunnelHeader,    // a version or flag that no sender of the protocol sets
  kIpVersion,       // not the version that the layer before announced
  kIpHeaderLength,  // IPv4 header below 20 bytes
  kIpTotalLength,   // IPv4 total length below the header's
  kIpFragment,      // beyond 64 kB, or a first one without the whole TCP header of which the rest never came
  kTcpDataOffset,   // TCP header below 20 bytes or beyond the segment
  kTooManyVlans,
  kTooManyTunnels,
  kTooManyLayers,
  // What looks like a tunnel and is not understood, by its kind: another version, something unknown inside, or another
  // protocol on the tunnel's port. Control messages of a tunnel's protocol are understood.
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
  kDamaged80211,     // the receiver says that its frame check failed
  kAggregated80211,  // several packets in one frame (A-MSDU)
};
constexpr size_t kDecodeErrorCount = 30;

// "none", "truncated_link" …: the values of the metric's label.
std::string_view DecodeErrorName(DecodeError error);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_DECODE_ERROR_H_
