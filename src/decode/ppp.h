// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_PPP_H_
#define TCPGAUGE_SRC_DECODE_PPP_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// PPP (RFC 1661), with or without the address and control bytes of HDLC framing (RFC 1662), and with a protocol field
// of one or two bytes. If address and control are those of Cisco HDLC, the packet is decoded as Cisco HDLC.
Layer DecodePpp(Decoding& decoding);

// A PPPoE session packet (RFC 2516 section 4). Another version, type or code is kTunnelHeader.
Layer DecodePppoe(Decoding& decoding);

// Cisco's HDLC framing (RFC 1547 section 4.3.1): address, control, EtherType.
Layer DecodeCiscoHdlc(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_PPP_H_
