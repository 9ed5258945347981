// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_ETHERNET_H_
#define TCPGAUGE_SRC_DECODE_ETHERNET_H_

#include <cstdint>

#include "src/base/wire_integers.h"
#include "src/decode/decoding.h"

namespace tcpgauge {

constexpr uint16_t kEtherTypeIpv4 = 0x0800;
constexpr uint16_t kEtherTypeIpv6 = 0x86dd;

// The Ethernet type field holds an EtherType or, up to this value, the length of an LLC frame (IEEE 802.3 clause
// 3.2.6).
constexpr uint16_t kMaxEthernetLength = 1500;

struct EthernetHeader {
  uint8_t destination[6];
  uint8_t source[6];
  Be16 type_or_length;
};
static_assert(sizeof(EthernetHeader) == 14, "wire layout");

// The part of LayerOfEtherType() for all EtherTypes but those of IP. Not inline, because few packets need it.
Layer LayerOfRareEtherType(Decoding& decoding, uint16_t ether_type);

// Returns the kind of header that `ether_type` announces. Ethernet, SNAP, GRE, Geneve, Linux cooked and other headers
// use the same numbers. An unknown EtherType ends the decoding: the packet is not TCP.
inline Layer LayerOfEtherType(Decoding& decoding, uint16_t ether_type) {
  if (ether_type == kEtherTypeIpv4) return Layer::kIpv4;
  if (ether_type == kEtherTypeIpv6) return Layer::kIpv6;
  return LayerOfRareEtherType(decoding, ether_type);
}

// Returns the kind of header that `type_or_length` announces. This field is an EtherType or a length (see
// kMaxEthernetLength). A length announces LLC, and the frame's padding after that length is cut off.
inline Layer LayerOfTypeOrLength(Decoding& decoding, uint16_t type_or_length) {
  if (type_or_length > kMaxEthernetLength) return LayerOfEtherType(decoding, type_or_length);
  decoding.Bound(type_or_length);
  return Layer::kLlc;
}

// Decodes an Ethernet header (IEEE 802.3), but not the tags after it.
inline Layer DecodeEthernet(Decoding& decoding) {
  const auto* header = decoding.Read<EthernetHeader>();
  if (header == nullptr) return decoding.Fail(DecodeError::kTruncatedLink);
  return LayerOfTypeOrLength(decoding, header->type_or_length.ToHost());
}

// Decodes one VLAN tag (IEEE 802.1Q), and adds its VLAN to the packet's encapsulation. The EtherType that announces the
// tag (TPID) has been read. VLAN 0 only carries a priority and is not added.
// Errors: kTooManyVlans for more than Encapsulation::kMaxVlans.
Layer DecodeVlan(Decoding& decoding);

// Decodes an LLC header (IEEE 802.2) and the SNAP header that may follow it. Without SNAP, only IPv4 is decoded. With
// SNAP, an EtherType announces the next header. All other LLC frames are not TCP.
Layer DecodeLlc(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_ETHERNET_H_
