// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_DECODING_H_
#define TCPGAUGE_SRC_DECODE_DECODING_H_

#include <algorithm>
#include <cstdint>

#include "src/base/cursor.h"
#include "src/decode/decoded_packet.h"

namespace tcpgauge {

class TcpHeaderPieces;

// The kind of the next header. The function of each layer reads one header and returns the layer that follows it.
enum class Layer : uint8_t {
  kDone,  // the packet's kind is known
  kEthernet,
  kLlc,
  kVlan,
  kServiceTag,
  kVnTag,
  kETag,
  kFabricPath,
  kMacsec,
  kRadiotap,
  k80211,
  kSwapped80211,
  kIpOverInfiniband,
  kRawIp,
  kNull,
  kLinuxSll,
  kLinuxSll2,
  kNflog,
  kPpp,
  kPppoe,
  kCiscoHdlc,
  kMpls,
  kGre,
  kEtherIp,
  kL2tpOverIp,
  kNsh,
  kIpv4,
  kIpv6,
  kIpExtension,
  kUdp,
  kTcp,
};

// The state of decoding one packet. Lives on the stack of DecodePacket().
//
// `captured` begins at the next header. From there to its end the packet has `wire_remaining_bytes`, which is never
// less than what `captured` holds. An outer header that states the length of its payload bounds both.
struct Decoding {
  Cursor captured;
  uint32_t wire_remaining_bytes;
  // Inside the first fragment of an outer datagram. An inner IP header may state more bytes than this fragment has.
  bool inside_fragment = false;
  // Inside a tunnel of which only a UDP port gave evidence.
  bool inside_udp_tunnel = false;
  // The error of a datagram that does not hold the tunnel of its port. kNone: it is counted as plain UDP.
  DecodeError unknown_udp_tunnel = DecodeError::kNone;
  bool begins_with_tcp = false;    // In the fragmented datagram TCP comes directly after the IP headers.
  uint8_t ip_protocol = 0;         // the number of the extension header that comes next
  TcpHeaderPieces* header_pieces;  // borrowed; null if TCP headers in pieces are errors
  DecodedPacket* packet;

  template <typename Header>
  const Header* Read() {
    const Header* header = captured.Read<Header>();
    if (header != nullptr) wire_remaining_bytes -= sizeof(Header);
    return header;
  }

  bool Skip(uint32_t count) {
    if (!captured.Skip(count)) return false;
    wire_remaining_bytes -= count;
    return true;
  }

  // Cuts off padding or a trailer: the bytes after the next `length_bytes`.
  void Bound(uint32_t length_bytes) {
    captured.Truncate(length_bytes);
    wire_remaining_bytes = std::min(wire_remaining_bytes, length_bytes);
  }

  Layer Fail(DecodeError error) {
    const bool guessed =
        inside_udp_tunnel && (error == DecodeError::kIpVersion || error == DecodeError::kIpHeaderLength ||
                              error == DecodeError::kIpTotalLength);
    if (guessed) return UnknownUdpTunnel();  // Another protocol uses the tunnel's port.
    packet->kind = DecodedPacket::Kind::kError;
    packet->error = error;
    return Layer::kDone;
  }

  Layer NotTcp(Protocol protocol) {
    packet->kind = DecodedPacket::Kind::kNotTcp;
    packet->protocol = protocol;
    return Layer::kDone;
  }

  // Call before decoding an inner datagram: the outer one may be a fragment.
  void NoteOuterFragment() { inside_fragment |= packet->is_fragment; }

  // The datagram does not hold the tunnel of its port.
  Layer UnknownUdpTunnel() {
    NotTcp(Protocol::kUdp);
    if (unknown_udp_tunnel == DecodeError::kNone) return Layer::kDone;
    packet->kind = DecodedPacket::Kind::kError;
    packet->error = unknown_udp_tunnel;
    return Layer::kDone;
  }

  Layer Enter(const Tunnel& tunnel, Layer inner) {
    NoteOuterFragment();
    return packet->encapsulation.AddTunnel(tunnel) ? inner : Fail(DecodeError::kTooManyTunnels);
  }
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_DECODING_H_
