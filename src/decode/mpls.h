// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_MPLS_H_
#define TCPGAUGE_SRC_DECODE_MPLS_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// Decodes one entry of an MPLS label stack (RFC 3032 section 2.1). The label is not stored, because the other direction
// has other labels. Layer (decoding.h) says what every decoding function does.
//
// No field tells the protocol after the last entry, so the next four bits decide:
// - 4 or 6: IP of that version (RFC 4928).
// - 1: an associated channel (RFC 4385 section 5), which is not TCP.
// - 0: an Ethernet frame (a pseudowire), usually after a control word of four bytes (RFC 4448 section 4.6). The decoder
//   tries both: with the control word and without it. If only the attempt without it finds an EtherType that
//   EthernetTypeAt() knows, there is no control word. Otherwise there is a control word.
// - Any other value: an Ethernet frame without a control word.
Layer DecodeMpls(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_MPLS_H_
