// SPDX-License-Identifier: Apache-2.0
#include "src/decode/ipv6_broker.h"

#include "src/base/wire_integers.h"
#include "src/decode/inner_header.h"
#include "src/decode/udp_tunnel.h"

namespace tcpgauge {
namespace {

struct TeredoAuthentication {
  Be16 indicator;
  uint8_t identifier_length;
  uint8_t value_length;
};

struct AyiyaHeader {
  uint8_t identity_length_and_type;
  uint8_t signature_length_and_hash;
  uint8_t authentication_and_operation;
  uint8_t next_header;
  Be32 time;
};
static_assert(sizeof(TeredoAuthentication) == 4 && sizeof(AyiyaHeader) == 8, "wire layout");

}  // namespace

Layer DecodeTeredo(Decoding& decoding) {
  constexpr uint16_t kAuthentication = 0x0001;
  constexpr uint16_t kOrigin = 0x0000;
  constexpr uint32_t kOriginBytes = 8;
  const auto* authentication = decoding.captured.Peek<TeredoAuthentication>();
  if (authentication != nullptr && authentication->indicator.ToHost() == kAuthentication) {
    constexpr uint32_t kNonceAndConfirmationBytes = 9;
    if (!decoding.Skip(uint32_t{sizeof(TeredoAuthentication)} + authentication->identifier_length +
                       authentication->value_length + kNonceAndConfirmationBytes)) {
      return decoding.UnknownUdpTunnel();
    }
  }
  const auto* indicator = decoding.captured.Peek<Be16>();
  if (indicator != nullptr && indicator->ToHost() == kOrigin && !decoding.Skip(kOriginBytes))
    return decoding.UnknownUdpTunnel();
  if (NextIp(decoding) != Layer::kIpv6) return decoding.UnknownUdpTunnel();
  return EnterByPort(decoding, {TunnelType::kTeredo, false, 0}, Layer::kIpv6);
}

Layer DecodeAyiya(Decoding& decoding) {
  constexpr uint8_t kForward = 1;
  constexpr uint8_t kEchoRequestAndForward = 3;
  constexpr uint8_t kLastOperation = 7;
  constexpr uint8_t kIpv4 = 4;
  constexpr uint8_t kIpv6 = 41;
  const auto* header = decoding.Read<AyiyaHeader>();
  if (header == nullptr) return decoding.UnknownUdpTunnel();
  const uint8_t operation = header->authentication_and_operation & 0x0f;
  if (operation > kLastOperation) return decoding.UnknownUdpTunnel();
  if (operation != kForward && operation != kEchoRequestAndForward) return PlainUdp(decoding);
  // The identity's length is a power of two; the signature's is in words of four bytes.
  const uint32_t identity_bytes = 1u << (header->identity_length_and_type >> 4);
  const uint32_t signature_bytes = (header->signature_length_and_hash >> 4) * 4u;
  if (!decoding.Skip(identity_bytes + signature_bytes)) return decoding.UnknownUdpTunnel();
  const Layer inner = header->next_header == kIpv4 ? Layer::kIpv4 : Layer::kIpv6;
  if ((header->next_header != kIpv4 && header->next_header != kIpv6) || NextIp(decoding) != inner) {
    return decoding.UnknownUdpTunnel();
  }
  return EnterByPort(decoding, {TunnelType::kAyiya, false, 0}, inner);
}

}  // namespace tcpgauge
