// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_IPV6_BROKER_H_
#define TCPGAUGE_SRC_DECODE_IPV6_BROKER_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// Tunnels over UDP that bring IPv6 to hosts behind IPv4 address translators (NAT). See udp.h for when the errors are
// replaced by plain UDP.

// Decodes the two headers of Teredo, the authentication and the origin indication (RFC 4380 section 5.1). Both may be
// absent. IPv6 follows.
// Errors: kUnknownTeredo if IPv6 does not follow, or an indication was not captured whole.
Layer DecodeTeredo(Decoding& decoding);

// Decodes an AYIYA header (draft-massar-v6ops-ayiya-02 section 3). IP of either version follows. Messages that forward
// no packet are plain UDP.
// Errors: kUnknownAyiya if the announced version of IP does not follow, for an unknown operation, or if the header was
// not captured whole.
Layer DecodeAyiya(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_IPV6_BROKER_H_
