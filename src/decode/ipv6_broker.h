// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_IPV6_BROKER_H_
#define TCPGAUGE_SRC_DECODE_IPV6_BROKER_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// Tunnels over UDP that bring IPv6 to hosts behind IPv4 address translators (NAT). udp.h says when a packet is
// plain UDP instead of an error.

// Decodes the two headers of Teredo: first the authentication, then the origin indication (RFC 4380 section 5.1). Each
// may be absent. IPv6 follows.
// Errors: kUnknownTeredo if IPv6 does not follow, or if one of the two headers was not captured whole.
Layer DecodeTeredo(Decoding& decoding);

// Decodes an AYIYA header (draft-massar-v6ops-ayiya-02 section 3). IP of either version follows. Messages that forward
// no packet are plain UDP.
// Errors: kUnknownAyiya if the header was not captured whole, if its operation is unknown, or if the announced version
// of IP does not follow.
Layer DecodeAyiya(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_IPV6_BROKER_H_
