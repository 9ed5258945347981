// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_UDP_H_
#define TCPGAUGE_SRC_DECODE_UDP_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// UDP (RFC 768) and the tunnels over it, which are recognised by their ports. A port proves nothing, so each tunnel's
// function checks the datagram. A datagram that fails the check is counted as an unknown tunnel if it was sent to the
// port. If it was sent from the port it is plain UDP, because any program may get that source port.
Layer DecodeUdp(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_UDP_H_
