// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_IPV6_BROKER_H_
#define TCPGAUGE_SRC_DECODE_IPV6_BROKER_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// Tunnels that bring IPv6 over UDP to hosts behind address translators of IPv4.

// Teredo (RFC 4380 section 5.1). Without IPv6 inside it is kUnknownTeredo.
Layer DecodeTeredo(Decoding& decoding);

// AYIYA (draft-massar-v6ops-ayiya-02 section 3), with either version of IP inside. Messages that forward no packet are
// plain UDP. Without IP inside it is kUnknownAyiya.
Layer DecodeAyiya(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_IPV6_BROKER_H_
