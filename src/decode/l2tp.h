// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_L2TP_H_
#define TCPGAUGE_SRC_DECODE_L2TP_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// L2TP over UDP: version 2 with PPP inside (RFC 2661 section 3.1), and version 3 (RFC 3931 section 4.1.2). Control
// messages are plain UDP. Another version or unknown contents are kUnknownL2tp.
Layer DecodeL2tp(Decoding& decoding);

// L2TP version 3 over IP (RFC 3931 section 4.1.1). Control messages are not TCP. Unknown contents are kUnknownL2tp.
//
// A data packet of version 3 does not say what it carries, nor how long its cookie (section 4.1) and sublayer (section
// 4.6) are: the two ends agreed on that when the session began. So the decoder tries each place where the payload can
// begin, and takes the first one with a plausible header of Ethernet, IP or PPP (inner_header.h).
Layer DecodeL2tpOverIp(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_L2TP_H_
