// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_ETHERIP_H_
#define TCPGAUGE_SRC_DECODE_ETHERIP_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// EtherIP (RFC 3378 section 3): 16 bits, of which the first four are the version 3, then an Ethernet frame.
Layer DecodeEtherIp(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_ETHERIP_H_
