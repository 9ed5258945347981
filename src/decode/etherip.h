// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_ETHERIP_H_
#define TCPGAUGE_SRC_DECODE_ETHERIP_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// Decodes an EtherIP header (RFC 3378 section 3): four bits with the version, which is 3, and twelve reserved bits. An
// Ethernet frame follows. Layer (decoding.h) says what every decoding function does.
// Errors: kUnknownEtherIp for another version.
Layer DecodeEtherIp(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_ETHERIP_H_
