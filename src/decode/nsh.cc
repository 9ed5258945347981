// SPDX-License-Identifier: Apache-2.0
#include "src/decode/nsh.h"

#include "src/base/wire_integers.h"

namespace tcpgauge {
namespace {

struct NshHeader {
  Be16 flags_and_length;
  uint8_t metadata_type;
  uint8_t next_protocol;
  Be32 path_and_index;
};
static_assert(sizeof(NshHeader) == 8, "wire layout");

constexpr uint16_t kVersionMask = 0xc000;
constexpr uint16_t kOperations = 0x2000;  // operations, administration and maintenance: carries no user's traffic
constexpr uint16_t kLengthMask = 0x003f;  // of the whole header, in words of four bytes

}  // namespace

Layer DecodeNsh(Decoding& decoding) {
  const auto* header = decoding.Read<NshHeader>();
  if (header == nullptr) return decoding.Fail(DecodeError::kTruncatedTunnel);
  const uint16_t flags_and_length = header->flags_and_length.ToHost();
  const uint32_t length_bytes = (flags_and_length & kLengthMask) * 4u;
  if ((flags_and_length & kVersionMask) != 0 || length_bytes < sizeof(NshHeader)) {
    return decoding.Fail(DecodeError::kUnknownNsh);
  }
  if ((flags_and_length & kOperations) != 0) return decoding.NotTcp(Protocol::kOther);
  if (!decoding.Skip(length_bytes - uint32_t{sizeof(NshHeader)})) return decoding.Fail(DecodeError::kTruncatedTunnel);
  const Tunnel tunnel{TunnelType::kNsh, false, 0};
  switch (header->next_protocol) {
    case 1:
      return decoding.Enter(tunnel, Layer::kIpv4);
    case 2:
      return decoding.Enter(tunnel, Layer::kIpv6);
    case 3:
      return decoding.Enter(tunnel, Layer::kEthernet);
    case 4:
      return decoding.Enter(tunnel, Layer::kNsh);
    case 5:
      return decoding.Enter(tunnel, Layer::kMpls);
    default:
      return decoding.Fail(DecodeError::kUnknownNsh);
  }
}

}  // namespace tcpgauge
