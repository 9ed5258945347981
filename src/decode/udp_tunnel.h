// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_UDP_TUNNEL_H_
#define TCPGAUGE_SRC_DECODE_UDP_TUNNEL_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// Helpers for the functions that decode tunnels over UDP. DecodeUdp() chooses such a function by the datagram's port.
// The port does not prove the tunnel, so a function that does not find its tunnel returns Decoding::UnknownUdpTunnel().

// Ends the decoding: the packet is plain UDP. Used for control messages and keep-alives of a tunnel's protocol, which
// carry no packet.
inline Layer PlainUdp(Decoding& decoding) { return decoding.NotTcp(Protocol::kUdp); }

// Enters a tunnel that was recognised by its UDP port, and returns `inner`, the kind of the header inside. If an IP
// header inside proves impossible, Decoding::Fail() concludes that the datagram holds no tunnel.
// Errors: kTooManyTunnels.
inline Layer EnterByPort(Decoding& decoding, const Tunnel& tunnel, Layer inner) {
  decoding.inside_udp_tunnel = true;
  return decoding.Enter(tunnel, inner);
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_UDP_TUNNEL_H_
