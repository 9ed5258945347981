// SPDX-License-Identifier: Apache-2.0
#include "src/decode/in_udp.h"

#include "src/base/wire_integers.h"
#include "src/decode/ethernet.h"
#include "src/decode/inner_header.h"
#include "src/decode/udp_tunnel.h"

namespace tcpgauge {
namespace {

struct GreStart {
  Be16 flags_and_version;
  Be16 protocol;
};

struct GueHeader {
  uint8_t version_and_length;
  uint8_t protocol;
  Be16 flags;
};
static_assert(sizeof(GreStart) == 4 && sizeof(GueHeader) == 4, "wire layout");

constexpr uint16_t kGreChecksum = 0x8000;
constexpr uint16_t kGreKey = 0x2000;
constexpr uint16_t kGreSequence = 0x1000;
constexpr uint16_t kTypeEthernet = 0x6558;

// Whether a GRE header begins `offset` bytes from here that is followed by IP or by Ethernet with IP or ARP.
bool GreAt(const Decoding& decoding, uint32_t offset) {
  const auto* header = decoding.captured.PeekAt<GreStart>(offset);
  if (header == nullptr) return false;
  const uint16_t flags = header->flags_and_version.ToHost();
  if ((flags & ~(kGreChecksum | kGreKey | kGreSequence)) != 0) return false;
  offset += sizeof(GreStart);
  for (uint16_t flag : {kGreChecksum, kGreKey, kGreSequence}) {
    if ((flags & flag) != 0) offset += sizeof(Be32);
  }
  switch (header->protocol.ToHost()) {
    case kEtherTypeIpv4:
    case kEtherTypeIpv6:
      return IpAt(decoding, offset);
    case kTypeEthernet:
      return EthernetAt(decoding, offset);
    default:
      return false;
  }
}

// Enters the packet that `header` announces, if it is there.
Layer DecodeGue(Decoding& decoding, const GueHeader& header) {
  constexpr uint8_t kVersionAndControlMask = 0xe0;
  constexpr uint8_t kLengthMask = 0x1f;  // of the optional fields, in words of four bytes
  constexpr uint8_t kIpv4 = 4;
  constexpr uint8_t kIpv6 = 41;
  constexpr uint8_t kGre = 47;
  if ((header.version_and_length & kVersionAndControlMask) != 0) return PlainUdp(decoding);
  const uint32_t length_bytes = uint32_t{sizeof(GueHeader)} + (header.version_and_length & kLengthMask) * 4u;
  const Tunnel tunnel{TunnelType::kGue, false, 0};
  const bool is_ip = header.protocol == kIpv4 || header.protocol == kIpv6;
  if (is_ip && IpAt(decoding, length_bytes)) {
    decoding.Skip(length_bytes);
    return EnterByPort(decoding, tunnel, Layer::kRawIp);
  }
  if (header.protocol == kGre && GreAt(decoding, length_bytes)) {
    decoding.Skip(length_bytes);
    return EnterByPort(decoding, tunnel, Layer::kGre);
  }
  // Other protocols use the port too. Only a header without flags that announces IP is enough like GUE to be an error.
  return is_ip && header.flags.ToHost() == 0 ? decoding.Fail(DecodeError::kUnknownGue) : PlainUdp(decoding);
}

}  // namespace

Layer DecodeGreInUdp(Decoding& decoding) {
  if (!GreAt(decoding, 0)) return decoding.UnknownUdpTunnel();
  decoding.inside_udp_tunnel = true;
  return Layer::kGre;  // DecodeGre() enters the tunnel.
}

Layer DecodeMplsInUdp(Decoding& decoding) {
  constexpr uint32_t kMaxLabels = 8;
  constexpr uint32_t kBottomOfStack = 0x100;
  uint32_t offset = 0;
  for (uint32_t i = 0; i < kMaxLabels; ++i) {
    const auto* entry = decoding.captured.PeekAt<Be32>(offset);
    if (entry == nullptr) break;
    offset += sizeof(Be32);
    if ((entry->ToHost() & kBottomOfStack) == 0) continue;
    // After the labels: IP, or an Ethernet pseudowire with or without a control word.
    if (!IpAt(decoding, offset) && !EthernetAt(decoding, offset) && !EthernetAt(decoding, offset + 4)) break;
    return EnterByPort(decoding, {TunnelType::kMplsInUdp, false, 0}, Layer::kMpls);
  }
  return decoding.UnknownUdpTunnel();
}

Layer DecodeFooOverUdp(Decoding& decoding) {
  const Tunnel tunnel{TunnelType::kFou, false, 0};
  if (IpAt(decoding, 0)) return EnterByPort(decoding, tunnel, Layer::kRawIp);
  if (GreAt(decoding, 0)) return EnterByPort(decoding, tunnel, Layer::kGre);
  const auto* header = decoding.captured.Peek<GueHeader>();
  return header == nullptr ? PlainUdp(decoding) : DecodeGue(decoding, *header);
}

}  // namespace tcpgauge
