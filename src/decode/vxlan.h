// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_VXLAN_H_
#define TCPGAUGE_SRC_DECODE_VXLAN_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// VXLAN (RFC 7348 section 5). Its reserved bits are ignored, as the RFC demands. But a header with reserved bits may be
// another protocol, so it must be followed by an Ethernet frame with a known EtherType. If the bit of the generic
// protocol extension is set, it may also be followed by IP.
Layer DecodeVxlan(Decoding& decoding);

// VXLAN's generic protocol extension on its own port (draft-ietf-nvo3-vxlan-gpe section 3).
Layer DecodeVxlanGpe(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_VXLAN_H_
