// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_ETHERNET_H_
#define TCPGAUGE_SRC_DECODE_ETHERNET_H_

#include <cstdint>

#include "src/base/wire_integers.h"
#include "src/decode/decoding.h"

namespace tcpgauge {

constexpr uint16_t kEtherTypeIpv4 = 0x0800;
constexpr uint16_t kEtherTypeIpv6 = 0x86dd;

// IEEE 802.3 clause 3.2.6: a type field up to this value is the length of an LLC frame.
constexpr uint16_t kMaxEthernetLength = 1500;

struct EthernetHeader {
  uint8_t destination[6];
  uint8_t source[6];
  Be16 type_or_length;
};
static_assert(sizeof(EthernetHeader) == 14, "wire layout");

// The layer of every EtherType except those of IP. An unknown EtherType ends the decoding: the packet is not TCP.
Layer LayerOfRareEtherType(Decoding& decoding, uint16_t ether_type);

// The layer after an EtherType. Ethernet, SNAP, GRE and Linux cooked headers use the same numbers.
inline Layer LayerOfEtherType(Decoding& decoding, uint16_t ether_type) {
  if (ether_type == kEtherTypeIpv4) return Layer::kIpv4;
  if (ether_type == kEtherTypeIpv6) return Layer::kIpv6;
  return LayerOfRareEtherType(decoding, ether_type);
}

// The layer after a field that holds an EtherType or, up to kMaxEthernetLength, the length of an LLC frame without its
// padding.
inline Layer LayerOfTypeOrLength(Decoding& decoding, uint16_t type_or_length) {
  if (type_or_length > kMaxEthernetLength) return LayerOfEtherType(decoding, type_or_length);
  decoding.Bound(type_or_length);
  return Layer::kLlc;
}

inline Layer DecodeEthernet(Decoding& decoding) {
  const auto* header = decoding.Read<EthernetHeader>();
  if (header == nullptr) return decoding.Fail(DecodeError::kTruncatedLink);
  return LayerOfTypeOrLength(decoding, header->type_or_length.ToHost());
}

// One IEEE 802.1Q tag. The EtherType that announces it (TPID) has been read.
Layer DecodeVlan(Decoding& decoding);

// IEEE 802.2 LLC, with or without SNAP.
Layer DecodeLlc(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_ETHERNET_H_
