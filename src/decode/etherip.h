// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_ETHERIP_H_
#define TCPGAUGE_SRC_DECODE_ETHERIP_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// EtherIP (RFC 3378 section 3): a header of 16 bits, which begins with the version (3) in four bits, then an Ethernet
// frame. Another version is kUnknownEtherIp.
Layer DecodeEtherIp(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_ETHERIP_H_
