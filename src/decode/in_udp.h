// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_IN_UDP_H_
#define TCPGAUGE_SRC_DECODE_IN_UDP_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// Tunnels that are put into UDP so that routers spread them over several paths.

// GRE in UDP (RFC 8086 section 3): like GRE, with no bit set but those of checksum, key and sequence number.
Layer DecodeGreInUdp(Decoding& decoding);

// MPLS in UDP (RFC 7510 section 3).
Layer DecodeMplsInUdp(Decoding& decoding);

// Foo over UDP and generic UDP encapsulation (draft-ietf-intarea-gue section 3) as Linux has them: IP or GRE, with or
// without the header of GUE. The port is only customary, so they are taken for that when a whole IP header is inside.
Layer DecodeFooOverUdp(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_IN_UDP_H_
