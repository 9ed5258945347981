// SPDX-License-Identifier: Apache-2.0
#include "src/decode/ip.h"

#include "src/decode/tcp.h"

namespace tcpgauge {
namespace {

// IANA's Assigned Internet Protocol Numbers.
constexpr uint8_t kHopByHop = 0;
constexpr uint8_t kIcmp = 1;
constexpr uint8_t kIpv4 = 4;
constexpr uint8_t kIpv6 = 41;
constexpr uint8_t kRouting = 43;
constexpr uint8_t kFragment = 44;
constexpr uint8_t kGre = 47;
constexpr uint8_t kAuthentication = 51;
constexpr uint8_t kIcmpV6 = 58;
constexpr uint8_t kDestinationOptions = 60;
constexpr uint8_t kEtherIp = 97;
constexpr uint8_t kL2tp = 115;
constexpr uint8_t kMobility = 135;
constexpr uint8_t kMplsInIp = 137;
constexpr uint8_t kHostIdentity = 139;
constexpr uint8_t kShim6 = 140;

constexpr uint32_t kMaxDatagramBytes = 65535;

// The first two bytes of every extension header (RFC 8200 section 4, RFC 6564).
struct ExtensionHeader {
  uint8_t next_header;
  uint8_t length;
};

// RFC 8200 section 4.5.
struct FragmentHeader {
  uint8_t next_header;
  uint8_t reserved;
  Be16 offset_and_more;
  Be32 identification;
};

// A hop-by-hop header whose first option is Jumbo Payload; its alignment (RFC 2675 section 2) allows that place.
struct JumboHeader {
  ExtensionHeader extension;
  uint8_t option_type;
  uint8_t option_length;
  Be32 payload_length;
};
static_assert(sizeof(FragmentHeader) == 8 && sizeof(JumboHeader) == 8, "wire layout");

Protocol ProtocolOf(uint8_t ip_protocol) {
  switch (ip_protocol) {
    case kIpProtocolTcp:
      return Protocol::kTcp;
    case kIpProtocolUdp:
      return Protocol::kUdp;
    case kIcmp:
    case kIcmpV6:
      return Protocol::kIcmp;
    default:
      return Protocol::kOther;
  }
}

// Bounds a jumbogram by the length in its Jumbo Payload option.
void ApplyJumboLength(Decoding& decoding, const JumboHeader& header) {
  constexpr uint8_t kJumboPayload = 0xc2;
  if (header.option_type != kJumboPayload || header.option_length != 4) return;
  const uint32_t payload_bytes = header.payload_length.ToHost();
  if (payload_bytes <= kMaxDatagramBytes || payload_bytes >= decoding.wire_remaining_bytes) return;
  decoding.packet->ip_length_bytes -= decoding.wire_remaining_bytes - payload_bytes;
  decoding.Bound(payload_bytes);
}

}  // namespace

Layer LayerOfRareIpProtocol(Decoding& decoding, uint8_t protocol) {
  decoding.packet->protocol = ProtocolOf(protocol);
  switch (protocol) {
    case kIpProtocolUdp:
      return Layer::kUdp;
    case kIpv4:
      return decoding.Enter({TunnelType::kIpInIp, false, 0}, Layer::kIpv4);
    case kIpv6:
      return decoding.Enter({TunnelType::kIpInIp, false, 0}, Layer::kIpv6);
    case kGre:
      return Layer::kGre;
    case kEtherIp:
      return Layer::kEtherIp;
    case kL2tp:
      return Layer::kL2tpOverIp;
    case kMplsInIp:
      decoding.NoteOuterFragment();
      return Layer::kMpls;
    case kHopByHop:
    case kRouting:
    case kFragment:
    case kAuthentication:
    case kDestinationOptions:
    case kMobility:
    case kHostIdentity:
    case kShim6:
      decoding.ip_protocol = protocol;
      return Layer::kIpExtension;
    default:
      return decoding.NotTcp(ProtocolOf(protocol));
  }
}

Layer DecodeFragment(Decoding& decoding, uint8_t protocol, uint32_t identification, uint32_t offset_bytes) {
  DecodedPacket& packet = *decoding.packet;
  packet.is_fragment = true;
  packet.fragment_id = identification;
  packet.protocol = ProtocolOf(protocol);
  if (offset_bytes + decoding.wire_remaining_bytes > kMaxDatagramBytes) return decoding.Fail(DecodeError::kIpFragment);
  decoding.begins_with_tcp = protocol == kIpProtocolTcp;
  if (offset_bytes == 0) return LayerOfIpProtocol(decoding, protocol);
  return decoding.begins_with_tcp ? DecodeTcpPiece(decoding, offset_bytes) : decoding.NotTcp(ProtocolOf(protocol));
}

Layer DecodeRawIp(Decoding& decoding) {
  const auto* first = decoding.captured.Peek<uint8_t>();
  if (first == nullptr) return decoding.Fail(DecodeError::kTruncatedIp);
  switch (*first >> 4) {
    case 4:
      return Layer::kIpv4;
    case 6:
      return Layer::kIpv6;
    default:
      return decoding.Fail(DecodeError::kIpVersion);
  }
}

Layer DecodeIpExtension(Decoding& decoding) {
  if (decoding.ip_protocol == kFragment) {
    const auto* header = decoding.Read<FragmentHeader>();
    if (header == nullptr) return decoding.Fail(DecodeError::kTruncatedIp);
    const uint16_t offset_and_more = header->offset_and_more.ToHost();
    // Offset 0 and no more fragments: an atomic fragment (RFC 6946), which is a whole datagram.
    if ((offset_and_more & 0xfff9) == 0) return LayerOfIpProtocol(decoding, header->next_header);
    return DecodeFragment(decoding, header->next_header, header->identification.ToHost(), offset_and_more & 0xfff8);
  }
  const auto* header = decoding.captured.Peek<ExtensionHeader>();
  if (header == nullptr) return decoding.Fail(DecodeError::kTruncatedIp);
  if (decoding.ip_protocol == kHopByHop) {
    const auto* jumbo = decoding.captured.Peek<JumboHeader>();
    if (jumbo != nullptr) ApplyJumboLength(decoding, *jumbo);
  }
  // RFC 4302 section 2.2 counts the authentication header in words of four bytes, less two.
  const uint32_t length_bytes =
      decoding.ip_protocol == kAuthentication ? (header->length + 2u) * 4 : (header->length + 1u) * 8;
  if (!decoding.Skip(length_bytes)) return decoding.Fail(DecodeError::kTruncatedIp);
  return LayerOfIpProtocol(decoding, header->next_header);
}

}  // namespace tcpgauge
