// SPDX-License-Identifier: Apache-2.0
#include "src/decode/mpls.h"

#include "src/base/wire_integers.h"
#include "src/decode/ethernet.h"

namespace tcpgauge {
namespace {

constexpr size_t kControlWordBytes = 4;

// Whether an Ethernet header `offset` bytes from here would carry something that is known.
bool LooksLikeEthernet(const Decoding& decoding, size_t offset) {
  const auto* header = decoding.captured.PeekAt<EthernetHeader>(offset);
  if (header == nullptr) return false;
  switch (header->type_or_length.ToHost()) {
    case kEtherTypeIpv4:
    case kEtherTypeIpv6:
    case 0x0806:  // ARP
    case 0x8100:
    case 0x88a8:
    case 0x8847:
    case 0x8863:
    case 0x8864:
      return true;
    default:
      return false;
  }
}

}  // namespace

Layer DecodeMpls(Decoding& decoding) {
  const auto* entry = decoding.Read<Be32>();
  if (entry == nullptr) return decoding.Fail(DecodeError::kTruncatedTunnel);
  constexpr uint32_t kBottomOfStack = 0x100;
  if ((entry->ToHost() & kBottomOfStack) == 0) return Layer::kMpls;
  const auto* first = decoding.captured.Peek<uint8_t>();
  if (first == nullptr) return decoding.Fail(DecodeError::kTruncatedTunnel);
  switch (*first >> 4) {
    case 4:
      return Layer::kIpv4;
    case 6:
      return Layer::kIpv6;
    case 1:  // an associated channel (RFC 4385 section 5)
      return decoding.NotTcp(Protocol::kOther);
    case 0:
      // A control word begins with 0, but so do the addresses of many network cards.
      if (LooksLikeEthernet(decoding, 0) && !LooksLikeEthernet(decoding, kControlWordBytes)) return Layer::kEthernet;
      if (!decoding.Skip(kControlWordBytes)) return decoding.Fail(DecodeError::kTruncatedTunnel);
      return Layer::kEthernet;
    default:
      return Layer::kEthernet;
  }
}

}  // namespace tcpgauge
