// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_ETHERNET_TAGS_H_
#define TCPGAUGE_SRC_DECODE_ETHERNET_TAGS_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// Tags between an Ethernet header and its payload, other than VLANs. The EtherType that announces a tag has been read.

// The service instance tag of provider backbone bridges (IEEE 802.1ah, now IEEE 802.1Q section 9.7): the number of a
// service (I-SID), then the customer's whole Ethernet frame.
Layer DecodeServiceTag(Decoding& decoding);

// Cisco's VN-tag, the predecessor of the E-tag. It names ports of a bridge that consists of several devices.
Layer DecodeVnTag(Decoding& decoding);

// The E-tag (IEEE 802.1BR section 7.5).
Layer DecodeETag(Decoding& decoding);

// Cisco FabricPath: a forwarding tag of 16 bits, then the whole Ethernet frame that entered the fabric.
Layer DecodeFabricPath(Decoding& decoding);

// The security tag of MACsec (IEEE 802.1AE section 9.3). A frame that is authenticated but not encrypted is decoded. An
// encrypted frame is kEncryptedMacsec.
Layer DecodeMacsec(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_ETHERNET_TAGS_H_
