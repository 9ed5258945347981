// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_UDP_TUNNEL_H_
#define TCPGAUGE_SRC_DECODE_UDP_TUNNEL_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// Common to the functions of the tunnels over UDP. A port proves nothing: a function that does not find its tunnel
// returns Decoding::UnknownUdpTunnel().

// For messages of a tunnel's protocol that carry no packet: control messages, keep-alives.
inline Layer PlainUdp(Decoding& decoding) { return decoding.NotTcp(Protocol::kUdp); }

// Enters a tunnel of which only the port gave evidence. An impossible IP header inside then means that the datagram
// holds no tunnel (see Decoding::Fail()).
inline Layer EnterByPort(Decoding& decoding, const Tunnel& tunnel, Layer inner) {
  decoding.inside_udp_tunnel = true;
  return decoding.Enter(tunnel, inner);
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_UDP_TUNNEL_H_
