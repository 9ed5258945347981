// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_PPP_H_
#define TCPGAUGE_SRC_DECODE_PPP_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// PPP and its relatives. Layer (decoding.h) says what every decoding function does.

// Decodes a PPP header (RFC 1661): a protocol field of one or two bytes. The address and control bytes of HDLC framing
// (RFC 1662) may stand before it. If these two bytes are those of Cisco HDLC, returns Layer::kCiscoHdlc. IP and MPLS
// inside are decoded. Other protocols, such as PPP's own control protocols, are not TCP.
Layer DecodePpp(Decoding& decoding);

// Decodes the header of a PPPoE session packet (RFC 2516 section 4). The session becomes the tunnel's id. PPP follows.
// Errors: kTunnelHeader for a version or a type other than 1, or a code other than 0.
Layer DecodePppoe(Decoding& decoding);

// Decodes a header of Cisco's HDLC framing (RFC 1547 section 4.3.1): address, control and an EtherType.
Layer DecodeCiscoHdlc(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_PPP_H_
