// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_ETHERNET_TAGS_H_
#define TCPGAUGE_SRC_DECODE_ETHERNET_TAGS_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// Tags between an Ethernet header and its payload, other than VLANs. The EtherType that announces each has been read.

// The service instance tag of provider backbone bridges (IEEE 802.1ah, now IEEE 802.1Q section 9.7): a service (I-SID),
// then the customer's whole frame.
Layer DecodeServiceTag(Decoding& decoding);

// Cisco's VN-tag, the forerunner of the E-tag: ports of a bridge that is spread over several boxes.
Layer DecodeVnTag(Decoding& decoding);

// IEEE 802.1BR section 7.5.
Layer DecodeETag(Decoding& decoding);

// Cisco FabricPath: a forwarding tag of 16 bits, then the whole frame of the edge.
Layer DecodeFabricPath(Decoding& decoding);

// The security tag of MACsec (IEEE 802.1AE section 9.3). Frames that are authenticated without being encrypted can be
// read; encrypted ones are an error.
Layer DecodeMacsec(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_ETHERNET_TAGS_H_
