// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_IP_H_
#define TCPGAUGE_SRC_DECODE_IP_H_

#include <cstdint>

#include "src/base/wire_integers.h"
#include "src/decode/decoding.h"

namespace tcpgauge {

// An IPv4 header without options (RFC 791 section 3.1).
struct Ipv4Header {
  uint8_t version_and_header_length;
  uint8_t service;
  Be16 total_length;
  Be16 identification;
  Be16 flags_and_fragment_offset;
  uint8_t time_to_live;
  uint8_t protocol;
  Be16 checksum;
  uint8_t source[4];
  uint8_t destination[4];
};
static_assert(sizeof(Ipv4Header) == 20, "wire layout");

// An IPv6 header without extension headers (RFC 8200 section 3).
struct Ipv6Header {
  Be32 version_class_flow;
  Be16 payload_length;
  uint8_t next_header;
  uint8_t hop_limit;
  uint8_t source[16];
  uint8_t destination[16];
};
static_assert(sizeof(Ipv6Header) == 40, "wire layout");

constexpr uint8_t kIpProtocolTcp = 6;
constexpr uint8_t kIpProtocolUdp = 17;

// The part of LayerOfIpProtocol() for all protocols but TCP. Not inline, because fewer packets need it.
Layer LayerOfRareIpProtocol(Decoding& decoding, uint8_t protocol);

// Returns the kind of header that an IP header or extension header announces by `protocol`, for a whole datagram or a
// first fragment. IP inside IP is entered as a tunnel. An unknown protocol ends the decoding: the packet is not TCP.
inline Layer LayerOfIpProtocol(Decoding& decoding, uint8_t protocol) {
  return protocol == kIpProtocolTcp ? Layer::kTcp : LayerOfRareIpProtocol(decoding, protocol);
}

// Decodes a fragment, whose IP headers have been read. Its bytes begin `offset_bytes` into the fragmented data.
// `protocol` is the protocol of the header at the start of the fragmented data. Only the first fragment carries this
// header. `identification` becomes the packet's `fragment_id`.
//
// A first fragment (`offset_bytes` is 0) is decoded further. A following fragment ends the decoding: DecodeTcpPiece()
// (tcp.h) decodes a fragment of TCP, and a fragment of any other protocol is not TCP.
// Errors: kIpFragment if the fragment ends beyond 65,535 bytes.
Layer DecodeFragment(Decoding& decoding, uint8_t protocol, uint32_t identification, uint32_t offset_bytes);

// Returns the length in bytes of a datagram whose IP header states `stated_bytes`: the stated length, or what remains
// on the wire if that is less. Inside the first fragment of an outer datagram, always returns the stated length,
// because later fragments carry the rest.
inline uint32_t DatagramLength(const Decoding& decoding, uint32_t stated_bytes) {
  return decoding.inside_fragment ? stated_bytes : std::min(stated_bytes, decoding.wire_remaining_bytes);
}

// Decodes an IPv4 header with its options, and sets the packet's addresses and IP length. If the version is 6, returns
// Layer::kIpv6, because some senders announce IPv6 by IPv4's EtherType.
// Errors: kIpVersion for any other version, kIpHeaderLength, kIpTotalLength, and those of DecodeFragment().
inline Layer DecodeIpv4(Decoding& decoding) {
  const auto* header = decoding.captured.Peek<Ipv4Header>();
  if (header == nullptr) return decoding.Fail(DecodeError::kTruncatedIp);
  if (header->version_and_header_length >> 4 != 4) {
    return header->version_and_header_length >> 4 == 6 ? Layer::kIpv6 : decoding.Fail(DecodeError::kIpVersion);
  }
  const uint32_t header_length_bytes = (header->version_and_header_length & 0x0fu) * 4;
  if (header_length_bytes < sizeof(Ipv4Header)) return decoding.Fail(DecodeError::kIpHeaderLength);
  uint32_t length_bytes = header->total_length.ToHost();
  // A length of 0 means that the network card will split the datagram and set the lengths, or that the length does not
  // fit into 16 bits.
  if (length_bytes == 0) length_bytes = decoding.wire_remaining_bytes;
  if (length_bytes < header_length_bytes) return decoding.Fail(DecodeError::kIpTotalLength);
  length_bytes = DatagramLength(decoding, length_bytes);
  decoding.captured.Truncate(length_bytes);
  decoding.wire_remaining_bytes = length_bytes;
  if (!decoding.Skip(header_length_bytes)) return decoding.Fail(DecodeError::kTruncatedIp);

  DecodedPacket& packet = *decoding.packet;
  packet.source.address = IpAddress::FromV4(header->source);
  packet.destination.address = IpAddress::FromV4(header->destination);
  packet.ip_length_bytes = length_bytes;
  packet.is_fragment = false;
  const uint32_t fragment = header->flags_and_fragment_offset.ToHost() & 0x3fffu;  // "more fragments" and the offset
  if (__builtin_expect(fragment != 0, 0)) {
    return DecodeFragment(decoding, header->protocol, header->identification.ToHost(), (fragment & 0x1fffu) * 8);
  }
  return LayerOfIpProtocol(decoding, header->protocol);
}

// Decodes an IPv6 header, and sets the packet's addresses and IP length.
// Errors: kIpVersion for any other version.
inline Layer DecodeIpv6(Decoding& decoding) {
  const auto* header = decoding.captured.Peek<Ipv6Header>();
  if (header == nullptr) return decoding.Fail(DecodeError::kTruncatedIp);
  if (header->version_class_flow.ToHost() >> 28 != 6) return decoding.Fail(DecodeError::kIpVersion);
  uint32_t length_bytes = header->payload_length.ToHost() + uint32_t{sizeof(Ipv6Header)};
  // A payload length of 0 means a jumbogram (RFC 2675), or a segment of Linux's BIG TCP that the network card will
  // split. The kernel shows such segments with or without the jumbo option, so the length on the wire is taken here.
  if (length_bytes == sizeof(Ipv6Header)) length_bytes = decoding.wire_remaining_bytes;
  length_bytes = DatagramLength(decoding, length_bytes);
  decoding.captured.Truncate(length_bytes);
  decoding.wire_remaining_bytes = length_bytes;
  if (!decoding.Skip(sizeof(Ipv6Header))) return decoding.Fail(DecodeError::kTruncatedIp);

  DecodedPacket& packet = *decoding.packet;
  packet.source.address = IpAddress::FromV6(header->source);
  packet.destination.address = IpAddress::FromV6(header->destination);
  packet.ip_length_bytes = length_bytes;
  packet.is_fragment = false;
  return LayerOfIpProtocol(decoding, header->next_header);
}

// Returns kIpv4 or kIpv6 by the first four bits, the version field. Leaves the header to be decoded.
// Errors: kIpVersion for any other version.
Layer DecodeRawIp(Decoding& decoding);

// Decodes one IPv6 extension header, or an authentication header after IPv4 or IPv6. `decoding.ip_protocol` is its IP
// protocol number. A fragment header goes to DecodeFragment(). A Jumbo Payload option (RFC 2675) that comes first in a
// hop-by-hop header bounds the datagram.
// Errors: those of DecodeFragment().
Layer DecodeIpExtension(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_IP_H_
