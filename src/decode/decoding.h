// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_DECODING_H_
#define TCPGAUGE_SRC_DECODE_DECODING_H_

#include <algorithm>
#include <cstdint>

#include "src/base/cursor.h"
#include "src/decode/decoded_packet.h"

namespace tcpgauge {

class TcpHeaderPieces;

// The kind of the next header of a packet.
//
// Each value except kDone has a function `Layer DecodeNAME(Decoding& decoding)`. The function decodes the header at the
// front of `decoding.captured`, moves past this header, and returns the kind of the header that follows. It returns
// kDone after it has set the kind of `*decoding.packet`. A function that finds a header of another kind may leave the
// header there and return that kind. The tunnels over UDP have functions but no values here, because DecodeUdp() calls
// their functions.
//
// In the comments of these functions, "Errors:" lists the DecodeErrors that the packet may get. The lists leave out the
// errors that any function may set: the kTruncated value of its layer (see DecodeError) for a header that was not
// captured whole, and kTooManyTunnels (see Enter()). "Not TCP" means Kind::kNotTcp, and "plain UDP" means Kind::kNotTcp
// with Protocol::kUdp.
enum class Layer : uint8_t {
  kDone,  // no header follows: the packet's kind is set
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

// The state of decoding one packet. Lives on the stack of DecodePacket(), and borrows what DecodePacket() was given.
struct Decoding {
  // The captured bytes from the next header on.
  Cursor captured;
  // How many bytes the packet had on the wire from the next header on. Never less than captured.remaining(). When a
  // header states the length of what follows it, `captured` and `wire_remaining_bytes` are cut to the stated length.
  uint32_t wire_remaining_bytes;
  // Whether the next header is inside the first fragment of an outer datagram or frame. An inner IP header may then
  // state more bytes than this fragment has, and `wire_remaining_bytes` becomes the stated number.
  bool inside_fragment = false;
  // Whether the next header is inside a tunnel that was recognised by its UDP port.
  bool inside_udp_tunnel = false;
  // The error of a UDP datagram that does not hold the tunnel of its port. With kNone, such a datagram is plain UDP.
  DecodeError unknown_udp_tunnel = DecodeError::kNone;
  // For an IP fragment: whether the fragmented data begin with the TCP header. False if an IPv6 extension header stands
  // before the TCP header.
  bool begins_with_tcp = false;
  // For Layer::kIpExtension: the IP protocol number of the extension header.
  uint8_t ip_protocol = 0;
  TcpHeaderPieces* header_pieces;  // null: a first fragment without the whole TCP header is an error
  DecodedPacket* packet;           // the result

  // Returns the next header and moves past it. Returns null, and does not move, if the header was not captured whole.
  // The pointer is valid as long as the captured bytes.
  template <typename Header>
  const Header* Read() {
    const Header* header = captured.Read<Header>();
    if (header != nullptr) wire_remaining_bytes -= sizeof(Header);
    return header;
  }

  // Moves past the next `count` bytes. Returns false, and does not move, if some of them were not captured.
  bool Skip(uint32_t count) {
    if (!captured.Skip(count)) return false;
    wire_remaining_bytes -= count;
    return true;
  }

  // Keeps the next `length_bytes` bytes and cuts off the padding or trailer after them. If fewer bytes remain, changes
  // nothing.
  void Bound(uint32_t length_bytes) {
    captured.Truncate(length_bytes);
    wire_remaining_bytes = std::min(wire_remaining_bytes, length_bytes);
  }

  // Ends the decoding: the packet is the error `error`. Exception: inside a tunnel that was recognised by its UDP port,
  // an impossible IP header shows that another protocol uses the port. Fail() then calls UnknownUdpTunnel() instead.
  Layer Fail(DecodeError error) {
    const bool guessed =
        inside_udp_tunnel && (error == DecodeError::kIpVersion || error == DecodeError::kIpHeaderLength ||
                              error == DecodeError::kIpTotalLength);
    if (guessed) return UnknownUdpTunnel();
    packet->kind = DecodedPacket::Kind::kError;
    packet->error = error;
    return Layer::kDone;
  }

  // Ends the decoding: the packet is counted under `protocol` alone.
  Layer NotTcp(Protocol protocol) {
    packet->kind = DecodedPacket::Kind::kNotTcp;
    packet->protocol = protocol;
    return Layer::kDone;
  }

  // Sets `inside_fragment` if the datagram that was decoded last is a fragment. Must be called before an inner datagram
  // is decoded, because the inner one overwrites DecodedPacket::is_fragment. Enter() calls this function.
  void NoteOuterFragment() { inside_fragment |= packet->is_fragment; }

  // Ends the decoding of a UDP datagram that does not hold the tunnel of its port: the packet is the error
  // `unknown_udp_tunnel`, or plain UDP if `unknown_udp_tunnel` is kNone.
  Layer UnknownUdpTunnel() {
    NotTcp(Protocol::kUdp);
    if (unknown_udp_tunnel == DecodeError::kNone) return Layer::kDone;
    packet->kind = DecodedPacket::Kind::kError;
    packet->error = unknown_udp_tunnel;
    return Layer::kDone;
  }

  // Adds `tunnel` to the packet's encapsulation and returns `inner`, the kind of the header inside.
  // Errors: kTooManyTunnels if the packet already has Encapsulation::kMaxTunnels.
  Layer Enter(const Tunnel& tunnel, Layer inner) {
    NoteOuterFragment();
    return packet->encapsulation.AddTunnel(tunnel) ? inner : Fail(DecodeError::kTooManyTunnels);
  }
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_DECODING_H_
