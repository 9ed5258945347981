// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_IN_UDP_H_
#define TCPGAUGE_SRC_DECODE_IN_UDP_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// Tunnels that put other protocols into UDP. They use UDP because routers spread UDP datagrams over several paths. The
// functions here enter a tunnel only if its contents are plausible (inner_header.h). See udp.h for when the errors are
// replaced by plain UDP.

// Decides whether the datagram holds GRE in UDP (RFC 8086 section 3), and returns Layer::kGre if it does. Only the GRE
// flags for checksum, key and sequence number may be set. Plausible IP, or Ethernet with IP or ARP inside, must follow.
// Errors: kUnknownGreInUdp for anything else.
Layer DecodeGreInUdp(Decoding& decoding);

// Decides whether the datagram holds MPLS in UDP (RFC 7510 section 3), and enters the tunnel if it does. Plausible IP
// or Ethernet must follow the labels. A control word may stand before the Ethernet header.
// Bounds: eight labels.
// Errors: kUnknownMplsInUdp for anything else.
Layer DecodeMplsInUdp(Decoding& decoding);

// Decodes Foo over UDP (FOU) and generic UDP encapsulation (GUE, draft-ietf-intarea-gue section 3) as Linux sends them.
// In FOU, the UDP header is directly followed by IP or GRE. In GUE, a GUE header stands in between.
//
// Both are looked for on port 5555, which is only customary: other protocols use it too. So the datagram must hold
// plausible IP, or GRE with the contents that DecodeGreInUdp() demands. Any other datagram is plain UDP. Exception: a
// datagram that looks much like GUE is an error.
// Errors: kUnknownGue if the datagram begins with a GUE data header that has no flags and announces IP, but plausible
// IP does not follow.
Layer DecodeFooOverUdp(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_IN_UDP_H_
