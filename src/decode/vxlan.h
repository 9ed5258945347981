// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_VXLAN_H_
#define TCPGAUGE_SRC_DECODE_VXLAN_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// VXLAN, a tunnel over UDP. The network identifier (VNI) becomes the tunnel's id. A packet that these functions do not
// understand may still count as plain UDP; udp.h says when.

// Decodes a VXLAN header (RFC 7348 section 5). An Ethernet frame follows.
//
// Reserved flags are ignored, as the RFC demands. But if reserved flags other than that of VXLAN group policy are set,
// the header may also be that of another protocol. So the frame after such a header must have an EtherType that
// EthernetTypeAt() knows (inner_header.h). In VXLAN's generic protocol extension, one of the reserved flags announces a
// protocol field. If this flag is set, plausible IP (IpAt()) may follow instead of the frame.
// Errors: kUnknownVxlan if the header was not captured whole, if the flag for a valid VNI is not set, or if a frame
// with such an EtherType must follow and does not.
Layer DecodeVxlan(Decoding& decoding);

// Decodes a header of VXLAN's generic protocol extension (draft-ietf-nvo3-vxlan-gpe section 3), which has its own UDP
// port. Its protocol field tells what follows: IP, Ethernet or NSH. Without that field Ethernet follows. Packets for
// operations and maintenance (OAM) are plain UDP.
// Errors: kUnknownVxlan if the header was not captured whole, if its version is not 0, if the flag for a valid VNI is
// not set, or if the field names another protocol.
Layer DecodeVxlanGpe(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_VXLAN_H_
