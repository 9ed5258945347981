// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_GRE_H_
#define TCPGAUGE_SRC_DECODE_GRE_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// Decodes a GRE header (RFC 2784, RFC 2890), and the ERSPAN or WCCP redirect header that may follow it. IP, Ethernet,
// MPLS and all else that LayerOfEtherType() knows may be inside. The tunnel's id is the key of GRE or the session of
// ERSPAN. Layer (decoding.h) says what every decoding function does.
//
// The enhanced GRE of PPTP (version 1, RFC 2637 section 4.1) is decoded too, with PPP inside. A PPTP acknowledgment
// without payload is not TCP.
// Errors: kTunnelHeader for a version above 1, for enhanced GRE without PPP, and for source routing (RFC 1701), which
// was withdrawn long ago.
Layer DecodeGre(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_GRE_H_
