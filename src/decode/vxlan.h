// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_VXLAN_H_
#define TCPGAUGE_SRC_DECODE_VXLAN_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// VXLAN (RFC 7348 section 5), whatever its reserved bits are. Where the bit of the generic protocol extension is set
// and IP follows at once, that is what is inside. Of frames inside that have reserved bits the type must be known.
Layer DecodeVxlan(Decoding& decoding);

// The generic protocol extension on a port of its own (draft-ietf-nvo3-vxlan-gpe section 3).
Layer DecodeVxlanGpe(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_VXLAN_H_
