// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_GTP_U_H_
#define TCPGAUGE_SRC_DECODE_GTP_U_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// GTP-U version 1 (3GPP TS 29.281 section 5): user data with IP inside. Its other messages are plain UDP. Bounds: user
// data with more than eight extension headers is kUnknownGtpU.
Layer DecodeGtpU(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_GTP_U_H_
