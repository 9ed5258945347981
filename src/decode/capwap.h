// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_CAPWAP_H_
#define TCPGAUGE_SRC_DECODE_CAPWAP_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// A data packet of CAPWAP (RFC 5415 section 4.3) with an Ethernet or an IEEE 802.11 frame inside, or the first fragment
// of one: what IP says of its length counts for all. Encrypted ones (DTLS) are not understood; following fragments and
// keep-alives are plain UDP.
Layer DecodeCapwap(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_CAPWAP_H_
