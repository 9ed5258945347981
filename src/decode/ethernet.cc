// SPDX-License-Identifier: Apache-2.0
#include "src/decode/ethernet.h"

namespace tcpgauge {
namespace {

struct VlanTag {
  Be16 control;
  Be16 type_or_length;
};

struct LlcHeader {
  uint8_t destination_sap;
  uint8_t source_sap;
  uint8_t control;
};

struct SnapHeader {
  Be24 organization;
  Be16 protocol;
};
static_assert(sizeof(VlanTag) == 4 && sizeof(LlcHeader) == 3 && sizeof(SnapHeader) == 5, "wire layout");

constexpr uint8_t kSapSnap = 0xaa;
constexpr uint8_t kSapIp = 0x06;
constexpr uint8_t kUnnumberedInformation = 0x03;
constexpr uint32_t kOrganizationEthernet = 0x000000;
constexpr uint32_t kOrganizationBridgeTunnel = 0x0000f8;  // IEEE 802.1H

}  // namespace

Layer LayerOfRareEtherType(Decoding& decoding, uint16_t ether_type) {
  switch (ether_type) {
    case 0x8100:  // IEEE 802.1Q
    case 0x88a8:  // IEEE 802.1ad
    case 0x9100:  // used before IEEE 802.1ad
    case 0x9200:
      return Layer::kVlan;
    case 0x8847:
    case 0x8848:
      return Layer::kMpls;
    case 0x8864:
      return Layer::kPppoe;
    case 0x880b:
      return Layer::kPpp;
    case 0x88e7:  // IEEE 802.1ah
      return Layer::kServiceTag;
    case 0x8926:
      return Layer::kVnTag;
    case 0x893f:  // IEEE 802.1BR
      return Layer::kETag;
    case 0x8903:
      return Layer::kFabricPath;
    case 0x88e5:  // IEEE 802.1AE
      return Layer::kMacsec;
    case 0x894f:
      return Layer::kNsh;
    case 0x6558:  // transparent Ethernet bridging
      return Layer::kEthernet;
    default:
      return decoding.NotTcp(Protocol::kOther);
  }
}

Layer DecodeVlan(Decoding& decoding) {
  const auto* tag = decoding.Read<VlanTag>();
  if (tag == nullptr) return decoding.Fail(DecodeError::kTruncatedLink);
  const uint16_t vlan = tag->control.ToHost() & 0x0fff;
  if (vlan != 0 && !decoding.packet->encapsulation.AddVlan(vlan)) return decoding.Fail(DecodeError::kTooManyVlans);
  return LayerOfTypeOrLength(decoding, tag->type_or_length.ToHost());
}

Layer DecodeLlc(Decoding& decoding) {
  const auto* llc = decoding.Read<LlcHeader>();
  if (llc == nullptr) return decoding.Fail(DecodeError::kTruncatedLink);
  if (llc->control != kUnnumberedInformation) return decoding.NotTcp(Protocol::kOther);
  if (llc->destination_sap == kSapIp && llc->source_sap == kSapIp) return Layer::kIpv4;
  if (llc->destination_sap != kSapSnap || llc->source_sap != kSapSnap) return decoding.NotTcp(Protocol::kOther);
  const auto* snap = decoding.Read<SnapHeader>();
  if (snap == nullptr) return decoding.Fail(DecodeError::kTruncatedLink);
  const uint32_t organization = snap->organization.ToHost();
  if (organization != kOrganizationEthernet && organization != kOrganizationBridgeTunnel) {
    return decoding.NotTcp(Protocol::kOther);
  }
  return LayerOfEtherType(decoding, snap->protocol.ToHost());
}

}  // namespace tcpgauge
