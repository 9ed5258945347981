// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_NSH_H_
#define TCPGAUGE_SRC_DECODE_NSH_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// The network service header (RFC 8300 section 2), after an EtherType or in VXLAN with a protocol field. Metadata is
// skipped. Another version or an unknown protocol inside is kUnknownNsh.
Layer DecodeNsh(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_NSH_H_
