// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_CAPWAP_H_
#define TCPGAUGE_SRC_DECODE_CAPWAP_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// A data packet of CAPWAP (RFC 5415 section 4.3) with an Ethernet or an IEEE 802.11 frame inside. Of a fragmented
// packet only the first fragment is decoded, so the inner IP header gives the length of the whole. Following fragments
// and keep-alives are plain UDP. Errors: kUnknownCapwap, also for an encrypted packet (DTLS).
Layer DecodeCapwap(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_CAPWAP_H_
