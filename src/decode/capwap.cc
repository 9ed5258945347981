// SPDX-License-Identifier: Apache-2.0
#include "src/decode/capwap.h"

#include "src/base/wire_integers.h"
#include "src/decode/ieee80211.h"
#include "src/decode/udp_tunnel.h"

namespace tcpgauge {
namespace {

struct CapwapHeader {
  uint8_t preamble;
  Be24 length_and_flags;
  Be16 fragment_id;
  Be16 fragment_offset;
};
static_assert(sizeof(CapwapHeader) == 8, "wire layout");

constexpr uint32_t kLengthShift = 19;  // the bits from here on: length of the whole header in words of four bytes
constexpr uint32_t kBindingShift = 9;
constexpr uint32_t kBindingMask = 0x1f;
constexpr uint32_t kBinding80211 = 1;
constexpr uint32_t kNativeFrame = 0x100;  // a frame of the binding's kind; otherwise an Ethernet frame
constexpr uint32_t kFragment = 0x80;
constexpr uint32_t kKeepAlive = 0x08;

}  // namespace

Layer DecodeCapwap(Decoding& decoding) {
  const auto* header = decoding.Read<CapwapHeader>();
  // The preamble holds the version (0) and the type; type 0 is not encrypted.
  if (header == nullptr || header->preamble != 0) return decoding.UnknownUdpTunnel();
  const uint32_t flags = header->length_and_flags.ToHost();
  if ((flags & kKeepAlive) != 0) return PlainUdp(decoding);
  const uint32_t length_bytes = (flags >> kLengthShift) * 4;
  if (length_bytes < sizeof(CapwapHeader) || !decoding.Skip(length_bytes - uint32_t{sizeof(CapwapHeader)})) {
    return decoding.UnknownUdpTunnel();
  }
  const Tunnel tunnel{TunnelType::kCapwap, false, 0};
  if ((flags & kFragment) != 0) {
    if (header->fragment_offset.ToHost() >> 3 != 0) return PlainUdp(decoding);
    decoding.inside_fragment = true;
  }
  if ((flags & kNativeFrame) == 0) return EnterByPort(decoding, tunnel, Layer::kEthernet);
  if ((flags >> kBindingShift & kBindingMask) != kBinding80211) return decoding.UnknownUdpTunnel();
  return EnterByPort(decoding, tunnel, HasSwappedFrameControl(decoding) ? Layer::kSwapped80211 : Layer::k80211);
}

}  // namespace tcpgauge
