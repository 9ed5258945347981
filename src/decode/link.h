// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_LINK_H_
#define TCPGAUGE_SRC_DECODE_LINK_H_

#include "src/decode/decoding.h"

namespace tcpgauge {

// Headers that operating systems put before packets (formats: https://www.tcpdump.org/linktypes.html), and IP over
// InfiniBand. Layer (decoding.h) says what every decoding function does. A packet whose header announces another
// protocol than these functions know is not TCP.

// Decodes the loopback header of BSD and OpenBSD: an address family of four bytes, in either byte order. Linux, the
// BSDs and macOS have different numbers for IPv6; all of them are accepted. An EtherType instead of the family is
// accepted too.
Layer DecodeNull(Decoding& decoding);

// Decode the headers of Linux cooked captures, versions 1 and 2. Both set the packet's `direction`. Version 2 also sets
// `interface`.
Layer DecodeLinuxSll(Decoding& decoding);
Layer DecodeLinuxSll2(Decoding& decoding);

// Decodes the header of IP over InfiniBand (RFC 4391 section 6): an EtherType and 16 reserved bits. A global routing
// header (40 bytes) or the receiver's link address (20 bytes) may stand before this header. So the decoder looks for
// the header at offsets 40, 0 and 20.
Layer DecodeIpOverInfiniband(Decoding& decoding);

// Decodes the header of the Linux netfilter log (NFLOG): a list of attributes. One attribute holds the packet from its
// IP header on. Only the address families of IP and of bridges are decoded.
// Bounds: 64 attributes.
// Errors: kTruncatedLink also if no attribute holds the packet.
Layer DecodeNflog(Decoding& decoding);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_LINK_H_
