// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_L2TP_H_
#define TCPGAUGE_SRC_DECODE_L2TP_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// L2TP over UDP: version 2 with PPP inside (RFC 2661 section 3.1), and version 3 (RFC 3931 section 4.1.2).
Layer DecodeL2tp(Decoding& decoding);

// L2TP version 3 over IP (RFC 3931 section 4.1.1).
//
// Of version 3 nothing in a packet says what is inside, nor how long cookie (section 4.1) and sublayer (section 4.6)
// are: both were agreed upon when the session began. So Ethernet, IP and PPP are looked for where they can begin, and
// taken when their headers can be believed.
Layer DecodeL2tpOverIp(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_L2TP_H_
