// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_UDP_H_
#define TCPGAUGE_SRC_DECODE_UDP_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// UDP (RFC 768) and the tunnels that run over it, recognised by their ports. A port proves nothing, so what does not
// look like the tunnel inside is plain UDP. It is counted as an unknown tunnel of that kind when it was sent to the
// port: a source port may be anybody's.
Layer DecodeUdp(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_UDP_H_
