// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_GTP_U_H_
#define TCPGAUGE_SRC_DECODE_GTP_U_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// Decodes the header of GTP-U version 1 (3GPP TS 29.281 section 5), a tunnel over UDP in mobile networks. If the
// message carries user data, IP follows. All other messages are plain UDP.
// Bounds: eight extension headers.
// Errors: kUnknownGtpU for another version, the charging protocol GTP', an empty or a ninth extension header, user data
// other than IP, or a header that was not captured whole. See udp.h for when the error is replaced by plain UDP.
Layer DecodeGtpU(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_GTP_U_H_
