// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_UDP_H_
#define TCPGAUGE_SRC_DECODE_UDP_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// UDP (RFC 768) and the tunnels that run over it, recognised by their ports: VXLAN (RFC 7348) with its generic protocol
// extension, Geneve (RFC 8926), GTP-U (3GPP TS 29.281 section 5) and Teredo (RFC 4380 section 5.1). A port proves
// nothing, so what does not look like the tunnel inside is plain UDP and no error.
Layer DecodeUdp(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_UDP_H_
