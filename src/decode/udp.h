// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_UDP_H_
#define TCPGAUGE_SRC_DECODE_UDP_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// Decodes a UDP header (RFC 768) and, if one of its ports is that of a tunnel, the header of the tunnel. All other
// datagrams are plain UDP, including one whose UDP header was not captured whole. Layer (decoding.h) says what every
// decoding function does.
//
// A port does not prove a tunnel, because any program may use it. So the tunnel's function checks the datagram. If the
// function does not find its tunnel, the packet is:
// - an error, the kUnknown value of the tunnel, if the datagram was sent to the tunnel's port;
// - plain UDP if it was only sent from that port, because the system may give any program that port to send from;
// - plain UDP if the port is that of FOU and GUE; DecodeFooOverUdp() states one exception.
//
// If both ports are those of tunnels, the destination port decides. The source port is ignored if it is that of a
// tunnel whose ends do not send from the tunnel's port, for example GRE in UDP.
Layer DecodeUdp(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_UDP_H_
