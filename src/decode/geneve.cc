// SPDX-License-Identifier: Apache-2.0
#include "src/decode/geneve.h"

#include "src/base/wire_integers.h"
#include "src/decode/ethernet.h"
#include "src/decode/udp_tunnel.h"

namespace tcpgauge {
namespace {

struct GeneveHeader {
  uint8_t version_and_options_length;
  uint8_t flags;
  Be16 protocol;
  Be24 network;
  uint8_t reserved;
};
static_assert(sizeof(GeneveHeader) == 8, "wire layout");

}  // namespace

Layer DecodeGeneve(Decoding& decoding) {
  const auto* header = decoding.Read<GeneveHeader>();
  if (header == nullptr || header->version_and_options_length >> 6 != 0) return decoding.UnknownUdpTunnel();
  if (!decoding.Skip((header->version_and_options_length & 0x3fu) * 4)) return decoding.UnknownUdpTunnel();
  const Layer inner = LayerOfEtherType(decoding, header->protocol.ToHost());
  if (inner == Layer::kDone) return decoding.UnknownUdpTunnel();
  return EnterByPort(decoding, {TunnelType::kGeneve, true, header->network.ToHost()}, inner);
}

}  // namespace tcpgauge
