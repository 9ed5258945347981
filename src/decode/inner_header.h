// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_INNER_HEADER_H_
#define TCPGAUGE_SRC_DECODE_INNER_HEADER_H_

#include <cstdint>
#include <optional>

#include "src/decode/decoding.h"

namespace tcpgauge {

// Whether what lies inside a tunnel can be believed, where nothing but a port or a guess says that there is a tunnel.
// These look ahead and move nothing.

// The version of IP that comes next; nullopt when it is none.
std::optional<Layer> NextIp(const Decoding& decoding);

// Whether a whole IP header begins `offset` bytes from here: version and header length, a stated length that ends
// where the packet ends but for up to `padding_bytes`, and IPv4's checksum (RFC 1071) unless it is left zero. The
// length may go further in a first fragment.
bool IpAt(const Decoding& decoding, uint32_t offset, uint32_t padding_bytes = 0);

// Whether an Ethernet header would begin there whose type is known.
bool EthernetTypeAt(const Decoding& decoding, uint32_t offset);

// Whether an Ethernet header with IP as IpAt() wants it, or with ARP (RFC 826), begins there; behind up to two VLAN
// tags.
bool EthernetAt(const Decoding& decoding, uint32_t offset);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_INNER_HEADER_H_
