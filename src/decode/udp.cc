// SPDX-License-Identifier: Apache-2.0
#include "src/decode/udp.h"

#include <algorithm>
#include <iterator>

#include "src/base/wire_integers.h"
#include "src/decode/capwap.h"
#include "src/decode/geneve.h"
#include "src/decode/gtp_u.h"
#include "src/decode/in_udp.h"
#include "src/decode/ipv6_broker.h"
#include "src/decode/l2tp.h"
#include "src/decode/udp_tunnel.h"
#include "src/decode/vxlan.h"

namespace tcpgauge {
namespace {

struct UdpHeader {
  Be16 source_port;
  Be16 destination_port;
  Be16 length;
  Be16 checksum;
};
static_assert(sizeof(UdpHeader) == 8, "wire layout");

enum class FoundBy : uint8_t { kEitherPort, kDestinationPort };

struct UdpTunnel {
  uint16_t port;
  FoundBy found_by;
  DecodeError unknown;  // counts what was sent to the port and is not understood; kNone where the port is too common
  Layer (*decode)(Decoding&);
};

// Answers come from the tunnel's port where one end chooses a port of its own. Where both ends send to the port, and
// the source port spreads connections over paths, the source port tells nothing.
constexpr UdpTunnel kTunnels[] = {
    {1701, FoundBy::kEitherPort, DecodeError::kUnknownL2tp, DecodeL2tp},
    {2152, FoundBy::kEitherPort, DecodeError::kUnknownGtpU, DecodeGtpU},
    {3544, FoundBy::kEitherPort, DecodeError::kUnknownTeredo, DecodeTeredo},
    {4754, FoundBy::kDestinationPort, DecodeError::kUnknownGreInUdp, DecodeGreInUdp},
    {4789, FoundBy::kEitherPort, DecodeError::kUnknownVxlan, DecodeVxlan},
    {4790, FoundBy::kEitherPort, DecodeError::kUnknownVxlan, DecodeVxlanGpe},
    {5072, FoundBy::kEitherPort, DecodeError::kUnknownAyiya, DecodeAyiya},
    {5247, FoundBy::kEitherPort, DecodeError::kUnknownCapwap, DecodeCapwap},
    {5555, FoundBy::kDestinationPort, DecodeError::kNone, DecodeFooOverUdp},
    {6081, FoundBy::kEitherPort, DecodeError::kUnknownGeneve, DecodeGeneve},
    {6635, FoundBy::kDestinationPort, DecodeError::kUnknownMplsInUdp, DecodeMplsInUdp},
    {8472, FoundBy::kEitherPort, DecodeError::kUnknownVxlan, DecodeVxlan},  // Linux's, older than the assigned port
};

constexpr bool IsSorted() {
  for (size_t i = 1; i < std::size(kTunnels); ++i) {
    if (kTunnels[i - 1].port >= kTunnels[i].port) return false;
  }
  return true;
}
static_assert(IsSorted(), "for the binary search");

// The tunnel that has this port; null when there is none.
const UdpTunnel* FindTunnel(uint16_t port) {
  const auto* tunnel = std::lower_bound(std::begin(kTunnels), std::end(kTunnels), port,
                                        [](const UdpTunnel& row, uint16_t wanted) { return row.port < wanted; });
  return tunnel != std::end(kTunnels) && tunnel->port == port ? tunnel : nullptr;
}

}  // namespace

Layer DecodeUdp(Decoding& decoding) {
  const auto* header = decoding.Read<UdpHeader>();
  if (header == nullptr) return PlainUdp(decoding);
  // A length of 0 is that of a jumbogram (RFC 2675 section 4) or of a segment that hardware has yet to cut.
  const uint32_t length_bytes = header->length.ToHost();
  if (length_bytes >= sizeof(UdpHeader)) decoding.Bound(length_bytes - uint32_t{sizeof(UdpHeader)});
  if (const UdpTunnel* tunnel = FindTunnel(header->destination_port.ToHost())) {
    decoding.unknown_udp_tunnel = tunnel->unknown;
    return tunnel->decode(decoding);
  }
  decoding.unknown_udp_tunnel = DecodeError::kNone;
  const UdpTunnel* tunnel = FindTunnel(header->source_port.ToHost());
  const bool found = tunnel != nullptr && tunnel->found_by == FoundBy::kEitherPort;
  return found ? tunnel->decode(decoding) : PlainUdp(decoding);
}

}  // namespace tcpgauge
