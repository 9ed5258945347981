// SPDX-License-Identifier: Apache-2.0
#include "src/decode/ethernet_tags.h"

#include "src/base/wire_integers.h"
#include "src/decode/ethernet.h"

namespace tcpgauge {
namespace {

struct ServiceTag {
  uint8_t priority_and_flags;
  Be24 service;
};

struct VnTag {
  Be32 ports;
  Be16 type_or_length;
};

struct ETag {
  Be16 priority_and_ingress;
  Be16 channel;
  Be16 extensions;
  Be16 type_or_length;
};

struct SecurityTag {
  uint8_t control;
  uint8_t short_length;
  Be32 packet_number;
};
static_assert(sizeof(ServiceTag) == 4 && sizeof(VnTag) == 6 && sizeof(ETag) == 8 && sizeof(SecurityTag) == 6,
              "wire layout");

// Enters a tunnel of `type`. `type_or_length` is the tag's last field and tells the layer inside.
Layer EnterTagged(Decoding& decoding, TunnelType type, Be16 type_or_length) {
  const Layer inner = LayerOfTypeOrLength(decoding, type_or_length.ToHost());
  return inner == Layer::kDone ? inner : decoding.Enter({type, false, 0}, inner);
}

}  // namespace

Layer DecodeServiceTag(Decoding& decoding) {
  constexpr uint8_t kMustBeZero = 0x03;  // Res2: a frame in which it is set has another layout
  const auto* tag = decoding.Read<ServiceTag>();
  if (tag == nullptr) return decoding.Fail(DecodeError::kTruncatedTunnel);
  if ((tag->priority_and_flags & kMustBeZero) != 0) return decoding.Fail(DecodeError::kTunnelHeader);
  return decoding.Enter({TunnelType::kPbb, true, tag->service.ToHost()}, Layer::kEthernet);
}

Layer DecodeVnTag(Decoding& decoding) {
  const auto* tag = decoding.Read<VnTag>();
  if (tag == nullptr) return decoding.Fail(DecodeError::kTruncatedTunnel);
  return EnterTagged(decoding, TunnelType::kVnTag, tag->type_or_length);
}

Layer DecodeETag(Decoding& decoding) {
  const auto* tag = decoding.Read<ETag>();
  if (tag == nullptr) return decoding.Fail(DecodeError::kTruncatedTunnel);
  return EnterTagged(decoding, TunnelType::kETag, tag->type_or_length);
}

Layer DecodeFabricPath(Decoding& decoding) {
  if (!decoding.Skip(sizeof(Be16))) return decoding.Fail(DecodeError::kTruncatedTunnel);
  return decoding.Enter({TunnelType::kFabricPath, false, 0}, Layer::kEthernet);
}

Layer DecodeMacsec(Decoding& decoding) {
  constexpr uint8_t kVersion = 0x80;
  constexpr uint8_t kChannelPresent = 0x20;
  constexpr uint8_t kEncrypted = 0x08;
  constexpr uint8_t kChanged = 0x04;
  constexpr uint32_t kChannelBytes = 8;
  constexpr uint8_t kShortLengthMask = 0x3f;
  const auto* tag = decoding.Read<SecurityTag>();
  if (tag == nullptr) return decoding.Fail(DecodeError::kTruncatedTunnel);
  if ((tag->control & kVersion) != 0) return decoding.Fail(DecodeError::kTunnelHeader);
  if ((tag->control & (kEncrypted | kChanged)) != 0) return decoding.Fail(DecodeError::kEncryptedMacsec);
  if ((tag->control & kChannelPresent) != 0 && !decoding.Skip(kChannelBytes)) {
    return decoding.Fail(DecodeError::kTruncatedTunnel);
  }
  // The length in the IP header cuts off the check value after the payload. The tag of a short frame states its length.
  const uint8_t short_length_bytes = tag->short_length & kShortLengthMask;
  if (short_length_bytes != 0) decoding.Bound(short_length_bytes);
  const auto* type_or_length = decoding.Read<Be16>();
  if (type_or_length == nullptr) return decoding.Fail(DecodeError::kTruncatedTunnel);
  return EnterTagged(decoding, TunnelType::kMacsec, *type_or_length);
}

}  // namespace tcpgauge
