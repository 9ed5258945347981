// SPDX-License-Identifier: Apache-2.0
#include "src/decode/inner_header.h"

#include "src/base/wire_integers.h"
#include "src/decode/ethernet.h"
#include "src/decode/ip.h"

namespace tcpgauge {
namespace {

// Ethernet pads short frames to 60 bytes, and a frame check sequence may follow.
constexpr uint32_t kMaxEthernetPaddingBytes = 50;

bool LengthFits(const Decoding& decoding, uint32_t offset, uint32_t stated_bytes, uint32_t padding_bytes) {
  if (offset > decoding.wire_remaining_bytes) return false;
  const uint32_t remaining_bytes = decoding.wire_remaining_bytes - offset;
  if (stated_bytes > remaining_bytes) return decoding.inside_fragment || decoding.packet->is_fragment;
  return remaining_bytes - stated_bytes <= padding_bytes;
}

bool ChecksumHolds(const Decoding& decoding, uint32_t offset, uint32_t header_length_bytes) {
  uint32_t sum = 0;
  for (uint32_t i = 0; i < header_length_bytes; i += sizeof(Be16)) {
    const auto* word = decoding.captured.PeekAt<Be16>(offset + i);
    if (word == nullptr) return false;
    sum += word->ToHost();
  }
  return (sum >> 16) + (sum & 0xffff) == 0xffff;
}

bool Ipv4At(const Decoding& decoding, uint32_t offset, const Ipv4Header& header, uint32_t padding_bytes) {
  const uint32_t header_length_bytes = (header.version_and_header_length & 0x0fu) * 4;
  const uint32_t length_bytes = header.total_length.ToHost();
  return header_length_bytes >= sizeof(Ipv4Header) && length_bytes >= header_length_bytes &&
         LengthFits(decoding, offset, length_bytes, padding_bytes) &&
         (header.checksum.ToHost() == 0 || ChecksumHolds(decoding, offset, header_length_bytes));
}

bool Ipv6At(const Decoding& decoding, uint32_t offset, const Ipv6Header& header, uint32_t padding_bytes) {
  constexpr uint8_t kMulticast = 0xff;  // never a source (RFC 4291 section 2.7)
  return header.hop_limit != 0 && header.source[0] != kMulticast &&
         LengthFits(decoding, offset, header.payload_length.ToHost() + uint32_t{sizeof(Ipv6Header)}, padding_bytes);
}

constexpr uint16_t kTypeArp = 0x0806;
constexpr uint16_t kTypeVlan = 0x8100;
constexpr uint16_t kTypeServiceVlan = 0x88a8;
constexpr uint16_t kTypeMpls = 0x8847;
constexpr uint16_t kTypePppoeDiscovery = 0x8863;
constexpr uint16_t kTypePppoe = 0x8864;

struct VlanTag {
  Be16 control;
  Be16 type;
};

struct ArpStart {
  Be16 hardware_type;
  Be16 protocol_type;
};

}  // namespace

std::optional<Layer> NextIp(const Decoding& decoding) {
  const auto* first = decoding.captured.Peek<uint8_t>();
  if (first == nullptr) return std::nullopt;
  if (*first >> 4 == 4) return Layer::kIpv4;
  if (*first >> 4 == 6) return Layer::kIpv6;
  return std::nullopt;
}

bool IpAt(const Decoding& decoding, uint32_t offset, uint32_t padding_bytes) {
  const auto* first = decoding.captured.PeekAt<uint8_t>(offset);
  if (first == nullptr) return false;
  if (*first >> 4 == 4) {
    const auto* header = decoding.captured.PeekAt<Ipv4Header>(offset);
    return header != nullptr && Ipv4At(decoding, offset, *header, padding_bytes);
  }
  if (*first >> 4 == 6) {
    const auto* header = decoding.captured.PeekAt<Ipv6Header>(offset);
    return header != nullptr && Ipv6At(decoding, offset, *header, padding_bytes);
  }
  return false;
}

bool EthernetTypeAt(const Decoding& decoding, uint32_t offset) {
  const auto* header = decoding.captured.PeekAt<EthernetHeader>(offset);
  if (header == nullptr) return false;
  switch (header->type_or_length.ToHost()) {
    case kEtherTypeIpv4:
    case kEtherTypeIpv6:
    case kTypeArp:
    case kTypeVlan:
    case kTypeServiceVlan:
    case kTypeMpls:
    case kTypePppoeDiscovery:
    case kTypePppoe:
      return true;
    default:
      return false;
  }
}

bool EthernetAt(const Decoding& decoding, uint32_t offset) {
  constexpr int kMaxTags = 2;
  const auto* header = decoding.captured.PeekAt<EthernetHeader>(offset);
  if (header == nullptr) return false;
  uint16_t type = header->type_or_length.ToHost();
  offset += sizeof(EthernetHeader);
  for (int i = 0; i < kMaxTags && (type == kTypeVlan || type == kTypeServiceVlan); ++i) {
    const auto* tag = decoding.captured.PeekAt<VlanTag>(offset);
    if (tag == nullptr) return false;
    type = tag->type.ToHost();
    offset += sizeof(VlanTag);
  }
  switch (type) {
    case kEtherTypeIpv4:
    case kEtherTypeIpv6:
      return IpAt(decoding, offset, kMaxEthernetPaddingBytes);
    case kTypeArp: {
      const auto* arp = decoding.captured.PeekAt<ArpStart>(offset);
      return arp != nullptr && arp->hardware_type.ToHost() == 1 && arp->protocol_type.ToHost() == kEtherTypeIpv4;
    }
    default:
      return false;
  }
}

}  // namespace tcpgauge
