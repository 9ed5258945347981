// SPDX-License-Identifier: Apache-2.0
#include "src/decode/mpls.h"

#include "src/base/wire_integers.h"
#include "src/decode/inner_header.h"

namespace tcpgauge {
namespace {

constexpr uint32_t kControlWordBytes = 4;

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
      // A control word begins with 0, but so do the addresses of many network cards. So the EtherType decides.
      if (EthernetTypeAt(decoding, 0) && !EthernetTypeAt(decoding, kControlWordBytes)) return Layer::kEthernet;
      if (!decoding.Skip(kControlWordBytes)) return decoding.Fail(DecodeError::kTruncatedTunnel);
      return Layer::kEthernet;
    default:
      return Layer::kEthernet;
  }
}

}  // namespace tcpgauge
