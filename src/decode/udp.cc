// SPDX-License-Identifier: Apache-2.0
#include "src/decode/udp.h"

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

struct UdpTunnel {
  Layer (*decode)(Decoding&);
  // Counts datagrams to the port that do not hold the tunnel. kNone: other protocols use the port too often to count.
  DecodeError unknown;
  // An end sends from the port too. Otherwise both ends only send to it, and a source port gives no evidence.
  bool sends_from_port = true;
};

constexpr UdpTunnel kL2tp = {DecodeL2tp, DecodeError::kUnknownL2tp};
constexpr UdpTunnel kGtpU = {DecodeGtpU, DecodeError::kUnknownGtpU};
constexpr UdpTunnel kTeredo = {DecodeTeredo, DecodeError::kUnknownTeredo};
constexpr UdpTunnel kGreInUdp = {DecodeGreInUdp, DecodeError::kUnknownGreInUdp, /*sends_from_port=*/false};
constexpr UdpTunnel kVxlan = {DecodeVxlan, DecodeError::kUnknownVxlan};
constexpr UdpTunnel kVxlanGpe = {DecodeVxlanGpe, DecodeError::kUnknownVxlan};
constexpr UdpTunnel kAyiya = {DecodeAyiya, DecodeError::kUnknownAyiya};
constexpr UdpTunnel kCapwap = {DecodeCapwap, DecodeError::kUnknownCapwap};
constexpr UdpTunnel kFooOverUdp = {DecodeFooOverUdp, DecodeError::kNone, /*sends_from_port=*/false};
constexpr UdpTunnel kGeneve = {DecodeGeneve, DecodeError::kUnknownGeneve};
constexpr UdpTunnel kMplsInUdp = {DecodeMplsInUdp, DecodeError::kUnknownMplsInUdp, /*sends_from_port=*/false};

// The tunnel of this port, or null.
const UdpTunnel* FindTunnel(uint16_t port) {
  switch (port) {
    case 1701:
      return &kL2tp;
    case 2152:
      return &kGtpU;
    case 3544:
      return &kTeredo;
    case 4754:
      return &kGreInUdp;
    case 4789:
    case 8472:  // the Linux kernel's default, older than the assigned one
      return &kVxlan;
    case 4790:
      return &kVxlanGpe;
    case 5072:
      return &kAyiya;
    case 5247:
      return &kCapwap;
    case 5555:
      return &kFooOverUdp;
    case 6081:
      return &kGeneve;
    case 6635:
      return &kMplsInUdp;
    default:
      return nullptr;
  }
}

}  // namespace

Layer DecodeUdp(Decoding& decoding) {
  const auto* header = decoding.Read<UdpHeader>();
  if (header == nullptr) return PlainUdp(decoding);
  // A length of 0 means a jumbogram (RFC 2675 section 4) or a datagram that the network card has yet to split.
  const uint32_t length_bytes = header->length.ToHost();
  if (length_bytes >= sizeof(UdpHeader)) decoding.Bound(length_bytes - uint32_t{sizeof(UdpHeader)});
  if (const UdpTunnel* tunnel = FindTunnel(header->destination_port.ToHost())) {
    decoding.unknown_udp_tunnel = tunnel->unknown;
    return tunnel->decode(decoding);
  }
  decoding.unknown_udp_tunnel = DecodeError::kNone;
  const UdpTunnel* tunnel = FindTunnel(header->source_port.ToHost());
  return tunnel != nullptr && tunnel->sends_from_port ? tunnel->decode(decoding) : PlainUdp(decoding);
}

}  // namespace tcpgauge
