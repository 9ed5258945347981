// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_GRE_H_
#define TCPGAUGE_SRC_DECODE_GRE_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// GRE (RFC 2784, RFC 2890) with IP, Ethernet, MPLS, WCCP redirects or ERSPAN inside, and the enhanced GRE of PPTP
// (RFC 2637 section 4.1). Source routing (RFC 1701, long withdrawn) is kTunnelHeader.
Layer DecodeGre(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_GRE_H_
