// SPDX-License-Identifier: Apache-2.0
#include "src/decode/gre.h"

#include "src/base/wire_integers.h"
#include "src/decode/ethernet.h"

namespace tcpgauge {
namespace {

struct GreHeader {
  Be16 flags_and_version;
  Be16 protocol;
};
static_assert(sizeof(GreHeader) == 4, "wire layout");

constexpr uint16_t kChecksumPresent = 0x8000;
constexpr uint16_t kRoutingPresent = 0x4000;
constexpr uint16_t kKeyPresent = 0x2000;
constexpr uint16_t kSequencePresent = 0x1000;
constexpr uint16_t kAcknowledgmentPresent = 0x0080;  // version 1 only
constexpr uint16_t kVersionMask = 0x0007;

constexpr uint16_t kProtocolPpp = 0x880b;
constexpr uint16_t kProtocolWccp = 0x883e;
constexpr uint16_t kProtocolErspan = 0x88be;
constexpr uint16_t kProtocolErspan3 = 0x22eb;

// draft-foschiano-erspan: the first eight bytes of a type II or III header.
struct ErspanHeader {
  Be16 version_and_vlan;
  Be16 flags_and_session;
  Be32 index_or_time;
};

// The next four bytes of a type III header.
struct Erspan3Header {
  Be16 security_group;
  Be16 flags;
};
static_assert(sizeof(ErspanHeader) == 8 && sizeof(Erspan3Header) == 4, "wire layout");

Layer DecodeErspan(Decoding& decoding, bool is_type3) {
  const auto* header = decoding.Read<ErspanHeader>();
  if (header == nullptr) return decoding.Fail(DecodeError::kTruncatedTunnel);
  if (is_type3) {
    const auto* type3_header = decoding.Read<Erspan3Header>();
    if (type3_header == nullptr) return decoding.Fail(DecodeError::kTruncatedTunnel);
    constexpr uint16_t kPlatformHeaderPresent = 0x0001;
    constexpr uint32_t kPlatformHeaderBytes = 8;
    if ((type3_header->flags.ToHost() & kPlatformHeaderPresent) != 0 && !decoding.Skip(kPlatformHeaderBytes)) {
      return decoding.Fail(DecodeError::kTruncatedTunnel);
    }
  }
  const uint32_t session = header->flags_and_session.ToHost() & 0x03ffu;
  return decoding.Enter({TunnelType::kErspan, true, session}, Layer::kEthernet);
}

// Version 1, of PPTP. The key holds a length and the call number of one direction, so it does not identify the tunnel.
Layer DecodeEnhancedGre(Decoding& decoding, uint16_t flags, uint16_t protocol) {
  if (protocol != kProtocolPpp) return decoding.Fail(DecodeError::kTunnelHeader);
  uint32_t rest_bytes = sizeof(Be32);
  if ((flags & kSequencePresent) != 0) rest_bytes += sizeof(Be32);
  if ((flags & kAcknowledgmentPresent) != 0) rest_bytes += sizeof(Be32);
  if (!decoding.Skip(rest_bytes)) return decoding.Fail(DecodeError::kTruncatedTunnel);
  if ((flags & kSequencePresent) == 0) return decoding.NotTcp(Protocol::kOther);  // an acknowledgment without payload
  return decoding.Enter({TunnelType::kGre, false, 0}, Layer::kPpp);
}

}  // namespace

Layer DecodeGre(Decoding& decoding) {
  const auto* header = decoding.Read<GreHeader>();
  if (header == nullptr) return decoding.Fail(DecodeError::kTruncatedTunnel);
  const uint16_t flags = header->flags_and_version.ToHost();
  const uint16_t protocol = header->protocol.ToHost();
  if ((flags & kVersionMask) == 1) return DecodeEnhancedGre(decoding, flags, protocol);
  if ((flags & kVersionMask) != 0 || (flags & kRoutingPresent) != 0) return decoding.Fail(DecodeError::kTunnelHeader);
  if ((flags & kChecksumPresent) != 0 && !decoding.Skip(4)) return decoding.Fail(DecodeError::kTruncatedTunnel);
  Tunnel tunnel{TunnelType::kGre, false, 0};
  if ((flags & kKeyPresent) != 0) {
    const auto* key = decoding.Read<Be32>();
    if (key == nullptr) return decoding.Fail(DecodeError::kTruncatedTunnel);
    tunnel.has_id = true;
    tunnel.id = key->ToHost();
  }
  if ((flags & kSequencePresent) != 0 && !decoding.Skip(4)) return decoding.Fail(DecodeError::kTruncatedTunnel);

  switch (protocol) {
    case kProtocolErspan:
      // Type I has neither sequence number nor header.
      if ((flags & kSequencePresent) == 0) return decoding.Enter({TunnelType::kErspan, false, 0}, Layer::kEthernet);
      return DecodeErspan(decoding, /*is_type3=*/false);
    case kProtocolErspan3:
      return DecodeErspan(decoding, /*is_type3=*/true);
    case kProtocolWccp: {
      // WCCP version 2 puts a redirect header of four bytes before the packet. Version 1 does not.
      const auto* first = decoding.captured.Peek<uint8_t>();
      if (first != nullptr && *first >> 4 != 4) decoding.Skip(4);
      return decoding.Enter(tunnel, Layer::kIpv4);
    }
    default: {
      const Layer inner = LayerOfEtherType(decoding, protocol);
      return inner == Layer::kDone ? inner : decoding.Enter(tunnel, inner);
    }
  }
}

}  // namespace tcpgauge
