// SPDX-License-Identifier: Apache-2.0
#include "src/decode/etherip.h"

#include "src/base/wire_integers.h"

namespace tcpgauge {

Layer DecodeEtherIp(Decoding& decoding) {
  constexpr uint16_t kVersion = 3;
  const auto* header = decoding.Read<Be16>();
  if (header == nullptr) return decoding.Fail(DecodeError::kTruncatedTunnel);
  if (header->ToHost() >> 12 != kVersion) return decoding.Fail(DecodeError::kUnknownEtherIp);
  return decoding.Enter({TunnelType::kEtherIp, false, 0}, Layer::kEthernet);
}

}  // namespace tcpgauge
