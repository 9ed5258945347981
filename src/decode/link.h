// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_LINK_H_
#define TCPGAUGE_SRC_DECODE_LINK_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// The pseudo headers that operating systems put before packets; formats: https://www.tcpdump.org/linktypes.html.

// BSD loopback: an address family in the byte order of whichever machine captured.
Layer DecodeNull(Decoding& decoding);

// Linux cooked, versions 1 and 2; the second one names the interface.
Layer DecodeLinuxSll(Decoding& decoding);
Layer DecodeLinuxSll2(Decoding& decoding);

// IP over InfiniBand (RFC 4391 section 6): an EtherType and 16 reserved bits. Before them may stand the global routing
// header (40 bytes) or the receiver's link address (20 bytes).
Layer DecodeIpOverInfiniband(Decoding& decoding);

// Linux netfilter log: attributes, one of which is the packet from its IP header on.
Layer DecodeNflog(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_LINK_H_
