// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_GENEVE_H_
#define TCPGAUGE_SRC_DECODE_GENEVE_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// Geneve (RFC 8926 section 3). Options are skipped. Another version or an unknown EtherType inside is kUnknownGeneve.
Layer DecodeGeneve(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_GENEVE_H_
