// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_MPLS_H_
#define TCPGAUGE_SRC_DECODE_MPLS_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// One entry of an MPLS label stack (RFC 3032 section 2.1).
//
// The packet does not say what follows the last entry, so the next four bits decide. 4 and 6 mean IP (RFC 4928). 1
// means an associated channel (RFC 4385 section 5), which is not TCP. Otherwise an Ethernet pseudowire follows, with or
// without a control word (RFC 4448 section 4.6).
Layer DecodeMpls(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_MPLS_H_
