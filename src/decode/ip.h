// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_IP_H_
#define TCPGAUGE_SRC_DECODE_IP_H_

#include <cstdint>

#include "src/base/wire_integers.h"
#include "src/decode/decoding.h"

namespace tcpgauge {

// RFC 791 section 3.1.
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

// RFC 8200 section 3.
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

// All protocols but TCP. One that does not lead to IP or TCP ends the decoding.
Layer LayerOfRareIpProtocol(Decoding& decoding, uint8_t protocol);

// What follows in a datagram that is whole or is a first fragment.
inline Layer LayerOfIpProtocol(Decoding& decoding, uint8_t protocol) {
  return protocol == kIpProtocolTcp ? Layer::kTcp : LayerOfRareIpProtocol(decoding, protocol);
}

// Notes one fragment; `offset_bytes` into the datagram, of which IP's headers have been read. A following fragment ends
// the decoding: only the first one has the header of `protocol`.
Layer DecodeFragment(Decoding& decoding, uint8_t protocol, uint32_t identification, uint32_t offset_bytes);

// Between a header's own statement of its datagram's length and what was on the wire.
inline uint32_t DatagramLength(const Decoding& decoding, uint32_t stated_bytes) {
  return decoding.inside_fragment ? stated_bytes : std::min(stated_bytes, decoding.wire_remaining_bytes);
}

inline Layer DecodeIpv4(Decoding& decoding) {
  const auto* header = decoding.captured.Peek<Ipv4Header>();
  if (header == nullptr) return decoding.Fail(DecodeError::kTruncatedIp);
  if (header->version_and_header_length >> 4 != 4) {
    // Some senders announce IPv6 by the type of IPv4.
    return header->version_and_header_length >> 4 == 6 ? Layer::kIpv6 : decoding.Fail(DecodeError::kIpVersion);
  }
  const uint32_t header_length_bytes = (header->version_and_header_length & 0x0fu) * 4;
  if (header_length_bytes < sizeof(Ipv4Header)) return decoding.Fail(DecodeError::kIpHeaderLength);
  uint32_t length_bytes = header->total_length.ToHost();
  if (length_bytes == 0) length_bytes = decoding.wire_remaining_bytes;  // left to the hardware, or too long for 16 bits
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
  const uint32_t fragment = header->flags_and_fragment_offset.ToHost() & 0x3fffu;  // more fragments, and the offset
  if (__builtin_expect(fragment != 0, 0)) {
    return DecodeFragment(decoding, header->protocol, header->identification.ToHost(), (fragment & 0x1fffu) * 8);
  }
  return LayerOfIpProtocol(decoding, header->protocol);
}

inline Layer DecodeIpv6(Decoding& decoding) {
  const auto* header = decoding.captured.Peek<Ipv6Header>();
  if (header == nullptr) return decoding.Fail(DecodeError::kTruncatedIp);
  if (header->version_class_flow.ToHost() >> 28 != 6) return decoding.Fail(DecodeError::kIpVersion);
  uint32_t length_bytes = header->payload_length.ToHost() + uint32_t{sizeof(Ipv6Header)};
  // Jumbograms (RFC 2675) and segments of BIG TCP, which the kernel shows with or without the jumbo option.
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

// IP of either version, told apart by its first four bits.
Layer DecodeRawIp(Decoding& decoding);

// One IPv6 extension header or authentication header: number `decoding.ip_protocol`.
Layer DecodeIpExtension(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_IP_H_
