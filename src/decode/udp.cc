// SPDX-License-Identifier: Apache-2.0
#include "src/decode/udp.h"

#include <optional>

#include "src/base/wire_integers.h"
#include "src/decode/ethernet.h"

namespace tcpgauge {
namespace {

constexpr uint16_t kPortGtpU = 2152;
constexpr uint16_t kPortTeredo = 3544;
constexpr uint16_t kPortVxlan = 4789;
constexpr uint16_t kPortVxlanGpe = 4790;
constexpr uint16_t kPortGeneve = 6081;
constexpr uint16_t kPortVxlanLinux = 8472;  // the Linux kernel's default, older than the assigned one

struct UdpHeader {
  Be16 source_port;
  Be16 destination_port;
  Be16 length;
  Be16 checksum;
};

struct VxlanHeader {
  uint8_t flags;
  uint8_t reserved[2];
  uint8_t next_protocol;
  Be24 network;
  uint8_t reserved_too;
};

struct GeneveHeader {
  uint8_t version_and_options_length;
  uint8_t flags;
  Be16 protocol;
  Be24 network;
  uint8_t reserved;
};

struct GtpHeader {
  uint8_t flags;
  uint8_t message_type;
  Be16 length;
  Be32 tunnel_endpoint;
};

struct GtpOptionalFields {
  Be16 sequence_number;
  uint8_t n_pdu_number;
  uint8_t next_extension;
};

struct TeredoAuthentication {
  Be16 indicator;
  uint8_t identifier_length;
  uint8_t value_length;
};
static_assert(sizeof(UdpHeader) == 8 && sizeof(VxlanHeader) == 8 && sizeof(GeneveHeader) == 8 &&
                  sizeof(GtpHeader) == 8 && sizeof(GtpOptionalFields) == 4 && sizeof(TeredoAuthentication) == 4,
              "wire layout");

Layer PlainUdp(Decoding& decoding) { return decoding.NotTcp(Protocol::kUdp); }

Layer EnterByPort(Decoding& decoding, const Tunnel& tunnel, Layer inner) {
  decoding.inside_udp_tunnel = true;
  return decoding.Enter(tunnel, inner);
}

// The version of IP that comes next; nullopt when it is none.
std::optional<Layer> NextIp(const Decoding& decoding) {
  const auto* first = decoding.captured.Peek<uint8_t>();
  if (first == nullptr) return std::nullopt;
  if (*first >> 4 == 4) return Layer::kIpv4;
  if (*first >> 4 == 6) return Layer::kIpv6;
  return std::nullopt;
}

Layer DecodeVxlan(Decoding& decoding) {
  constexpr uint8_t kNetworkValid = 0x08;
  constexpr uint8_t kGroupPolicy = 0x80;  // draft-smith-vxlan-group-policy
  const auto* header = decoding.Read<VxlanHeader>();
  if (header == nullptr || (header->flags & ~kGroupPolicy) != kNetworkValid) return PlainUdp(decoding);
  return EnterByPort(decoding, {TunnelType::kVxlan, true, header->network.ToHost()}, Layer::kEthernet);
}

// draft-ietf-nvo3-vxlan-gpe section 3.
Layer DecodeVxlanGpe(Decoding& decoding) {
  constexpr uint8_t kNetworkValid = 0x08;
  constexpr uint8_t kProtocolValid = 0x04;
  const auto* header = decoding.Read<VxlanHeader>();
  if (header == nullptr || (header->flags & kNetworkValid) == 0) return PlainUdp(decoding);
  const Tunnel tunnel{TunnelType::kVxlan, true, header->network.ToHost()};
  if ((header->flags & kProtocolValid) == 0) return EnterByPort(decoding, tunnel, Layer::kEthernet);
  switch (header->next_protocol) {
    case 1:
      return EnterByPort(decoding, tunnel, Layer::kIpv4);
    case 2:
      return EnterByPort(decoding, tunnel, Layer::kIpv6);
    case 3:
      return EnterByPort(decoding, tunnel, Layer::kEthernet);
    default:
      return PlainUdp(decoding);
  }
}

Layer DecodeGeneve(Decoding& decoding) {
  const auto* header = decoding.Read<GeneveHeader>();
  if (header == nullptr || header->version_and_options_length >> 6 != 0) return PlainUdp(decoding);
  if (!decoding.Skip((header->version_and_options_length & 0x3fu) * 4)) return PlainUdp(decoding);
  const Layer inner = LayerOfEtherType(decoding, header->protocol.ToHost());
  if (inner == Layer::kDone) return PlainUdp(decoding);
  return EnterByPort(decoding, {TunnelType::kGeneve, true, header->network.ToHost()}, inner);
}

Layer DecodeGtpU(Decoding& decoding) {
  constexpr uint8_t kVersionAndTypeMask = 0xf0;
  constexpr uint8_t kVersion1 = 0x30;
  constexpr uint8_t kExtensionPresent = 0x04;
  constexpr uint8_t kOptionalFieldsPresent = 0x07;
  constexpr uint8_t kUserData = 255;  // a T-PDU
  constexpr int kMaxExtensions = 8;
  const auto* header = decoding.Read<GtpHeader>();
  if (header == nullptr || (header->flags & kVersionAndTypeMask) != kVersion1 || header->message_type != kUserData) {
    return PlainUdp(decoding);
  }
  decoding.Bound(header->length.ToHost());
  if ((header->flags & kOptionalFieldsPresent) != 0) {
    const auto* fields = decoding.Read<GtpOptionalFields>();
    if (fields == nullptr) return PlainUdp(decoding);
    uint8_t next_extension = (header->flags & kExtensionPresent) != 0 ? fields->next_extension : 0;
    for (int i = 0; next_extension != 0; ++i) {
      // An extension: its length in words of four bytes, contents, and in its last byte the next one's type.
      const auto* words = decoding.captured.Peek<uint8_t>();
      if (words == nullptr || *words == 0 || i == kMaxExtensions) return PlainUdp(decoding);
      const auto* last = decoding.captured.PeekAt<uint8_t>(*words * 4u - 1);
      if (last == nullptr) return PlainUdp(decoding);
      next_extension = *last;
      decoding.Skip(*words * 4u);
    }
  }
  const std::optional<Layer> inner = NextIp(decoding);
  return inner ? EnterByPort(decoding, {TunnelType::kGtpU, false, 0}, *inner) : PlainUdp(decoding);
}

Layer DecodeTeredo(Decoding& decoding) {
  constexpr uint16_t kAuthentication = 0x0001;
  constexpr uint16_t kOrigin = 0x0000;
  constexpr uint32_t kOriginBytes = 8;
  const auto* authentication = decoding.captured.Peek<TeredoAuthentication>();
  if (authentication != nullptr && authentication->indicator.ToHost() == kAuthentication) {
    constexpr uint32_t kNonceAndConfirmationBytes = 9;
    if (!decoding.Skip(uint32_t{sizeof(TeredoAuthentication)} + authentication->identifier_length +
                       authentication->value_length + kNonceAndConfirmationBytes)) {
      return PlainUdp(decoding);
    }
  }
  const auto* indicator = decoding.captured.Peek<Be16>();
  if (indicator != nullptr && indicator->ToHost() == kOrigin && !decoding.Skip(kOriginBytes)) return PlainUdp(decoding);
  if (NextIp(decoding) != Layer::kIpv6) return PlainUdp(decoding);
  return EnterByPort(decoding, {TunnelType::kTeredo, false, 0}, Layer::kIpv6);
}

// The decoder of the tunnel that has this port; null when there is none.
Layer (*TunnelDecoder(uint16_t port))(Decoding&) {
  switch (port) {
    case kPortGtpU:
      return DecodeGtpU;
    case kPortTeredo:
      return DecodeTeredo;
    case kPortVxlan:
    case kPortVxlanLinux:
      return DecodeVxlan;
    case kPortVxlanGpe:
      return DecodeVxlanGpe;
    case kPortGeneve:
      return DecodeGeneve;
    default:
      return nullptr;
  }
}

}  // namespace

Layer DecodeUdp(Decoding& decoding) {
  const auto* header = decoding.Read<UdpHeader>();
  if (header == nullptr) return PlainUdp(decoding);
  // A length of 0 is that of a jumbogram (RFC 2675 section 4) or of a segment that hardware has yet to cut.
  const uint32_t length_bytes = header->length.ToHost();
  if (length_bytes >= sizeof(UdpHeader)) decoding.Bound(length_bytes - uint32_t{sizeof(UdpHeader)});
  auto* decode_tunnel = TunnelDecoder(header->destination_port.ToHost());
  if (decode_tunnel == nullptr) decode_tunnel = TunnelDecoder(header->source_port.ToHost());
  return decode_tunnel == nullptr ? PlainUdp(decoding) : decode_tunnel(decoding);
}

}  // namespace tcpgauge
