// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_ETHERNET_TAGS_H_
#define TCPGAUGE_SRC_DECODE_ETHERNET_TAGS_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// Tags between an Ethernet header and its payload, other than VLAN tags. The EtherType that announces the tag has been
// read before the call. Each tag counts as a tunnel. Layer (decoding.h) says what every decoding function does.

// Decodes the service instance tag of provider backbone bridges (IEEE 802.1ah, now IEEE 802.1Q section 9.7). It holds
// the number of a service (I-SID), which becomes the tunnel's id. The customer's whole Ethernet frame follows.
// Errors: kTunnelHeader if a reserved bit says that the tag has another layout.
Layer DecodeServiceTag(Decoding& decoding);

// Decodes Cisco's VN-tag, the predecessor of the E-tag. A VN-tag names ports of a bridge that consists of several
// devices.
Layer DecodeVnTag(Decoding& decoding);

// Decodes an E-tag (IEEE 802.1BR section 7.5).
Layer DecodeETag(Decoding& decoding);

// Decodes the tag of Cisco FabricPath: 16 bits for forwarding. The whole Ethernet frame that entered the fabric
// follows.
Layer DecodeFabricPath(Decoding& decoding);

// Decodes the security tag of MACsec (IEEE 802.1AE section 9.3). What follows is decoded if the frame is only
// authenticated.
// Errors: kEncryptedMacsec for a frame that is encrypted or changed in another way, kTunnelHeader for an unknown
// version.
Layer DecodeMacsec(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_ETHERNET_TAGS_H_
