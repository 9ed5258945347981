// SPDX-License-Identifier: Apache-2.0
#include "src/decode/vxlan.h"

#include "src/base/wire_integers.h"
#include "src/decode/inner_header.h"
#include "src/decode/udp_tunnel.h"

namespace tcpgauge {
namespace {

struct VxlanHeader {
  uint8_t flags;
  uint8_t reserved[2];
  uint8_t next_protocol;
  Be24 network;
  uint8_t reserved_at_end;
};
static_assert(sizeof(VxlanHeader) == 8, "wire layout");

constexpr uint8_t kNetworkValid = 0x08;
constexpr uint8_t kGroupPolicy = 0x80;  // draft-smith-vxlan-group-policy

// Bits of the generic protocol extension.
constexpr uint8_t kProtocolValid = 0x04;
constexpr uint8_t kVersionMask = 0x30;
constexpr uint8_t kOperations = 0x01;  // operations, administration and maintenance

}  // namespace

Layer DecodeVxlan(Decoding& decoding) {
  const auto* header = decoding.Read<VxlanHeader>();
  if (header == nullptr || (header->flags & kNetworkValid) == 0) return decoding.UnknownUdpTunnel();
  const Tunnel tunnel{TunnelType::kVxlan, true, header->network.ToHost()};
  if ((header->flags & kProtocolValid) != 0 && IpAt(decoding, 0)) return EnterByPort(decoding, tunnel, Layer::kRawIp);
  // With reserved bits set it may be another protocol, so the EtherType inside must be known.
  const bool is_plain = (header->flags & ~kGroupPolicy) == kNetworkValid;
  if (!is_plain && !EthernetTypeAt(decoding, 0)) return decoding.UnknownUdpTunnel();
  return EnterByPort(decoding, tunnel, Layer::kEthernet);
}

Layer DecodeVxlanGpe(Decoding& decoding) {
  const auto* header = decoding.Read<VxlanHeader>();
  if (header == nullptr || (header->flags & (kNetworkValid | kVersionMask)) != kNetworkValid) {
    return decoding.UnknownUdpTunnel();
  }
  const Tunnel tunnel{TunnelType::kVxlan, true, header->network.ToHost()};
  if ((header->flags & kProtocolValid) == 0) return EnterByPort(decoding, tunnel, Layer::kEthernet);
  if ((header->flags & kOperations) != 0) return PlainUdp(decoding);
  switch (header->next_protocol) {
    case 1:
      return EnterByPort(decoding, tunnel, Layer::kIpv4);
    case 2:
      return EnterByPort(decoding, tunnel, Layer::kIpv6);
    case 3:
      return EnterByPort(decoding, tunnel, Layer::kEthernet);
    case 4:
      return EnterByPort(decoding, tunnel, Layer::kNsh);
    default:
      return decoding.UnknownUdpTunnel();
  }
}

}  // namespace tcpgauge
