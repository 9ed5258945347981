// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_UDP_TUNNEL_H_
#define TCPGAUGE_SRC_DECODE_UDP_TUNNEL_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// What the tunnels over UDP have in common. A port proves nothing: one that does not find its tunnel returns
// Decoding::UnknownUdpTunnel().

// For what the tunnel's protocol sends beside its tunnels: control messages, keep-alives.
inline Layer PlainUdp(Decoding& decoding) { return decoding.NotTcp(Protocol::kUdp); }

// From here on a header that cannot be says that this was no tunnel.
inline Layer EnterByPort(Decoding& decoding, const Tunnel& tunnel, Layer inner) {
  decoding.inside_udp_tunnel = true;
  return decoding.Enter(tunnel, inner);
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_UDP_TUNNEL_H_
