// SPDX-License-Identifier: Apache-2.0
#include "src/decode/gtp_u.h"

#include <optional>

#include "src/base/wire_integers.h"
#include "src/decode/inner_header.h"
#include "src/decode/udp_tunnel.h"

namespace tcpgauge {
namespace {

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
static_assert(sizeof(GtpHeader) == 8 && sizeof(GtpOptionalFields) == 4, "wire layout");

}  // namespace

Layer DecodeGtpU(Decoding& decoding) {
  constexpr uint8_t kVersionAndTypeMask = 0xf0;
  constexpr uint8_t kVersion1 = 0x30;
  constexpr uint8_t kExtensionPresent = 0x04;
  constexpr uint8_t kOptionalFieldsPresent = 0x07;
  constexpr uint8_t kUserData = 255;  // a T-PDU
  constexpr int kMaxExtensions = 8;
  const auto* header = decoding.Read<GtpHeader>();
  if (header == nullptr || (header->flags & kVersionAndTypeMask) != kVersion1) return decoding.UnknownUdpTunnel();
  if (header->message_type != kUserData) return PlainUdp(decoding);
  decoding.Bound(header->length.ToHost());
  if ((header->flags & kOptionalFieldsPresent) != 0) {
    const auto* fields = decoding.Read<GtpOptionalFields>();
    if (fields == nullptr) return decoding.UnknownUdpTunnel();
    uint8_t next_extension = (header->flags & kExtensionPresent) != 0 ? fields->next_extension : 0;
    for (int i = 0; next_extension != 0; ++i) {
      // An extension header: its length in words of four bytes, contents, and in the last byte the next header's type.
      const auto* words = decoding.captured.Peek<uint8_t>();
      if (words == nullptr || *words == 0 || i == kMaxExtensions) return decoding.UnknownUdpTunnel();
      const auto* last = decoding.captured.PeekAt<uint8_t>(*words * 4u - 1);
      if (last == nullptr) return decoding.UnknownUdpTunnel();
      next_extension = *last;
      decoding.Skip(*words * 4u);
    }
  }
  const std::optional<Layer> inner = NextIp(decoding);
  return inner ? EnterByPort(decoding, {TunnelType::kGtpU, false, 0}, *inner) : decoding.UnknownUdpTunnel();
}

}  // namespace tcpgauge
