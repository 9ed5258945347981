// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_GENEVE_H_
#define TCPGAUGE_SRC_DECODE_GENEVE_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// Decodes a Geneve header (RFC 8926 section 3), a tunnel over UDP. Skips the options. The network identifier (VNI)
// becomes the tunnel's id.
// Errors: kUnknownGeneve for another version, an unknown EtherType inside, or a header that was not captured whole.
// udp.h says when the packet becomes plain UDP instead.
Layer DecodeGeneve(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_GENEVE_H_
