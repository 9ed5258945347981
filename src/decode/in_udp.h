// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_IN_UDP_H_
#define TCPGAUGE_SRC_DECODE_IN_UDP_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// Tunnels that run over UDP so that routers spread their packets over several paths.

// GRE in UDP (RFC 8086 section 3). Of GRE's flags only checksum, key and sequence number may be set.
Layer DecodeGreInUdp(Decoding& decoding);

// MPLS in UDP (RFC 7510 section 3).
Layer DecodeMplsInUdp(Decoding& decoding);

// Foo over UDP (FOU) and generic UDP encapsulation (GUE, draft-ietf-intarea-gue section 3) as Linux sends them: IP or
// GRE, with or without the header of GUE. Their port is only a custom, so a datagram is a tunnel only if it holds a
// whole and plausible header of IP, or GRE with one inside. Otherwise it is plain UDP, or kUnknownGue if it looks like
// GUE.
Layer DecodeFooOverUdp(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_IN_UDP_H_
