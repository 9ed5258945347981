// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_NSH_H_
#define TCPGAUGE_SRC_DECODE_NSH_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// Decodes a network service header (NSH, RFC 8300 section 2), which is announced by an EtherType or by VXLAN's generic
// protocol extension. Skips the metadata. Packets for operations and maintenance (OAM) carry no user's traffic and are
// not TCP. Layer (decoding.h) says what every decoding function does.
// Errors: kUnknownNsh for another version, an impossible length, or an unknown protocol inside.
Layer DecodeNsh(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_NSH_H_
