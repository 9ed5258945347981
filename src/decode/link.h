// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_LINK_H_
#define TCPGAUGE_SRC_DECODE_LINK_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// Headers that operating systems put before packets. Formats: https://www.tcpdump.org/linktypes.html.

// BSD and OpenBSD loopback: an address family of four bytes, in either byte order.
Layer DecodeNull(Decoding& decoding);

// Linux cooked, versions 1 and 2. Version 2 names the interface.
Layer DecodeLinuxSll(Decoding& decoding);
Layer DecodeLinuxSll2(Decoding& decoding);

// IP over InfiniBand (RFC 4391 section 6): an EtherType and 16 reserved bits. A global routing header (40 bytes) or the
// receiver's link address (20 bytes) may stand before them.
Layer DecodeIpOverInfiniband(Decoding& decoding);

// Linux netfilter log (NFLOG): attributes, of which one holds the packet from its IP header on.
Layer DecodeNflog(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_LINK_H_
