// SPDX-License-Identifier: Apache-2.0
#include "src/decode/l2tp.h"

#include "src/base/wire_integers.h"
#include "src/decode/inner_header.h"
#include "src/decode/udp_tunnel.h"

namespace tcpgauge {
namespace {

constexpr uint16_t kControlMessage = 0x8000;
constexpr uint16_t kLengthPresent = 0x4000;
constexpr uint16_t kSequencePresent = 0x0800;
constexpr uint16_t kOffsetPresent = 0x0200;
constexpr uint16_t kReservedInVersion2 = 0x34f0;
constexpr uint16_t kVersionMask = 0x000f;

constexpr Tunnel kL2tp{TunnelType::kL2tp, false, 0};

// Whether a PPP frame with IP inside begins `offset` bytes from here, with or without address and control bytes.
bool PppAt(const Decoding& decoding, uint32_t offset) {
  constexpr uint16_t kAddressAndControl = 0xff03;
  constexpr uint16_t kPppIpv4 = 0x0021;
  constexpr uint16_t kPppIpv6 = 0x0057;
  const auto* word = decoding.captured.PeekAt<Be16>(offset);
  if (word != nullptr && word->ToHost() == kAddressAndControl) {
    offset += sizeof(Be16);
    word = decoding.captured.PeekAt<Be16>(offset);
  }
  return word != nullptr && (word->ToHost() == kPppIpv4 || word->ToHost() == kPppIpv6) &&
         IpAt(decoding, offset + uint32_t{sizeof(Be16)});
}

// Finds the payload of a session of version 3, and moves to it. kDone: no place has a plausible header.
Layer FindPayload(Decoding& decoding) {
  constexpr uint32_t kMaxCookieAndSublayerBytes = 8 + 4;
  for (uint32_t offset = 0; offset <= kMaxCookieAndSublayerBytes; offset += 4) {
    Layer inner = Layer::kDone;
    if (EthernetAt(decoding, offset)) {
      inner = Layer::kEthernet;
    } else if (IpAt(decoding, offset)) {
      inner = Layer::kRawIp;
    } else if (PppAt(decoding, offset)) {
      inner = Layer::kPpp;
    }
    if (inner == Layer::kDone) continue;
    decoding.Skip(offset);
    return inner;
  }
  return Layer::kDone;
}

// A data message of version 2, after its flags.
Layer DecodeVersion2(Decoding& decoding, uint16_t flags) {
  constexpr uint32_t kTunnelAndSessionBytes = 4;
  if ((flags & kReservedInVersion2) != 0) return decoding.UnknownUdpTunnel();
  if ((flags & kLengthPresent) != 0) {
    const auto* length = decoding.Read<Be16>();
    constexpr uint32_t kReadBytes = 4;
    if (length == nullptr || length->ToHost() < kReadBytes + kTunnelAndSessionBytes) {
      return decoding.UnknownUdpTunnel();
    }
    decoding.Bound(length->ToHost() - kReadBytes);
  }
  if (!decoding.Skip(kTunnelAndSessionBytes)) return decoding.UnknownUdpTunnel();
  if ((flags & kSequencePresent) != 0 && !decoding.Skip(4)) return decoding.UnknownUdpTunnel();
  if ((flags & kOffsetPresent) != 0) {
    const auto* offset_bytes = decoding.Read<Be16>();
    if (offset_bytes == nullptr || !decoding.Skip(offset_bytes->ToHost())) return decoding.UnknownUdpTunnel();
  }
  return EnterByPort(decoding, kL2tp, Layer::kPpp);
}

}  // namespace

Layer DecodeL2tp(Decoding& decoding) {
  const auto* header = decoding.Read<Be16>();
  if (header == nullptr) return decoding.UnknownUdpTunnel();
  const uint16_t flags = header->ToHost();
  const uint16_t version = flags & kVersionMask;
  if (version != 2 && version != 3) return decoding.UnknownUdpTunnel();
  if ((flags & kControlMessage) != 0) return PlainUdp(decoding);
  if (version == 2) return DecodeVersion2(decoding, flags);
  const auto* reserved = decoding.Read<Be16>();
  const auto* session = decoding.Read<Be32>();
  if (reserved == nullptr || session == nullptr || session->ToHost() == 0) return decoding.UnknownUdpTunnel();
  const Layer inner = FindPayload(decoding);
  return inner == Layer::kDone ? decoding.UnknownUdpTunnel() : EnterByPort(decoding, kL2tp, inner);
}

Layer DecodeL2tpOverIp(Decoding& decoding) {
  const auto* session = decoding.Read<Be32>();
  if (session == nullptr) return decoding.Fail(DecodeError::kTruncatedTunnel);
  if (session->ToHost() == 0) return decoding.NotTcp(Protocol::kOther);  // a control message
  const Layer inner = FindPayload(decoding);
  return inner == Layer::kDone ? decoding.Fail(DecodeError::kUnknownL2tp) : decoding.Enter(kL2tp, inner);
}

}  // namespace tcpgauge
