// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_CAPWAP_H_
#define TCPGAUGE_SRC_DECODE_CAPWAP_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// Decodes the header of a data packet of CAPWAP (RFC 5415 section 4.3), a tunnel over UDP between wireless access
// points and their controller. An Ethernet or IEEE 802.11 frame follows.
//
// CAPWAP may split a frame into fragments. Only the first fragment is decoded, with lengths from the inner IP header,
// which states the length of the whole datagram. Following fragments and keep-alives count as plain UDP.
// Errors: kUnknownCapwap for an encrypted packet (DTLS), another version, an impossible header length, another kind of
// frame, or a header that was not captured whole. See udp.h for when the error is replaced by plain UDP.
Layer DecodeCapwap(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_CAPWAP_H_
