// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_MPLS_H_
#define TCPGAUGE_SRC_DECODE_MPLS_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// One entry of an MPLS label stack (RFC 3032 section 2.1). What follows the last one is not written in the packet: it
// is taken for IP when its first four bits are a version of IP (RFC 4928), else for an Ethernet pseudowire with or
// without a control word (RFC 4448 section 4.6).
Layer DecodeMpls(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_MPLS_H_
