// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_DECODING_H_
#define TCPGAUGE_SRC_DECODE_DECODING_H_

#include <algorithm>
#include <cstdint>

#include "src/base/cursor.h"
#include "src/decode/decoded_packet.h"

namespace tcpgauge {

class TcpHeaderPieces;

// The header that comes next. Every layer's function reads one and returns what follows it.
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

// How far the decoding of one packet has come. Lives on the stack of DecodePacket().
//
// The next header begins at `captured`; from there on the packet has `wire_remaining_bytes`, captured or not (never
// fewer than were captured). Both shrink to what an outer header says its payload is.
struct Decoding {
  Cursor captured;
  uint32_t wire_remaining_bytes;
  // Inside the first fragment of an outer datagram: what an inner IP header says of its length goes beyond what is
  // here.
  bool inside_fragment = false;
  // Inside a tunnel that was recognised by no more than a UDP port.
  bool inside_udp_tunnel = false;
  // What it is counted as when it turns out not to be that tunnel; kNone when it is but UDP.
  DecodeError unknown_udp_tunnel = DecodeError::kNone;
  bool begins_with_tcp = false;    // the fragmented datagram, behind its IP header
  uint8_t ip_protocol = 0;         // of the extension header that comes next
  TcpHeaderPieces* header_pieces;  // null: headers in pieces are errors
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

  // What lies beyond `length_bytes` from here is padding or a trailer.
  void Bound(uint32_t length_bytes) {
    captured.Truncate(length_bytes);
    wire_remaining_bytes = std::min(wire_remaining_bytes, length_bytes);
  }

  Layer Fail(DecodeError error) {
    const bool guessed =
        inside_udp_tunnel && (error == DecodeError::kIpVersion || error == DecodeError::kIpHeaderLength ||
                              error == DecodeError::kIpTotalLength);
    if (guessed) return UnknownUdpTunnel();  // some other protocol on a tunnel's port
    packet->kind = DecodedPacket::Kind::kError;
    packet->error = error;
    return Layer::kDone;
  }

  Layer NotTcp(Protocol protocol) {
    packet->kind = DecodedPacket::Kind::kNotTcp;
    packet->protocol = protocol;
    return Layer::kDone;
  }

  // What follows is the payload of the datagram so far, in which another one begins.
  void GoInside() { inside_fragment |= packet->is_fragment; }

  Layer UnknownUdpTunnel() {
    NotTcp(Protocol::kUdp);
    if (unknown_udp_tunnel == DecodeError::kNone) return Layer::kDone;
    packet->kind = DecodedPacket::Kind::kError;
    packet->error = unknown_udp_tunnel;
    return Layer::kDone;
  }

  Layer Enter(const Tunnel& tunnel, Layer inner) {
    GoInside();
    return packet->encapsulation.AddTunnel(tunnel) ? inner : Fail(DecodeError::kTooManyTunnels);
  }
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_DECODING_H_
