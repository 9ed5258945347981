// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_L2TP_H_
#define TCPGAUGE_SRC_DECODE_L2TP_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// L2TP. A data packet of version 3 has no field for the protocol inside, nor for the lengths of its cookie (RFC 3931
// section 4.1) and sublayer (section 4.6). The two ends agree on these when the session begins. So the decoder tries
// each place where the payload can begin, and takes the first one with a plausible header of Ethernet, IP or PPP
// (inner_header.h). The places are 0, 4, 8 and 12 bytes after the session's number.

// Decodes an L2TP header over UDP: version 2 (RFC 2661 section 3.1), after which PPP follows, or version 3 (RFC 3931
// section 4.1.2). Control messages are plain UDP.
// Errors: kUnknownL2tp for another version, or a header that was not captured whole. In version 2, also for reserved
// flags or an impossible length. In version 3, also for session 0, or without a plausible payload. See udp.h for when
// the error is replaced by plain UDP.
Layer DecodeL2tp(Decoding& decoding);

// Decodes an L2TP header of version 3 over IP (RFC 3931 section 4.1.1). Control messages are "not TCP" (see Layer in
// decoding.h).
// Errors: kUnknownL2tp if there is no plausible payload.
Layer DecodeL2tpOverIp(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_L2TP_H_
