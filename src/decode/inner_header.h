// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_INNER_HEADER_H_
#define TCPGAUGE_SRC_DECODE_INNER_HEADER_H_

#include <cstdint>
#include <optional>

#include "src/decode/decoding.h"

namespace tcpgauge {

// Checks of the headers inside a tunnel. Some tunnels are found by a port or a guess alone, so what is inside has to
// confirm them. These functions only look ahead: they do not change the decoding.

// IPv4 or IPv6 by the next four bits; nullopt if they are neither version.
std::optional<Layer> NextIp(const Decoding& decoding);

// Whether a whole and plausible IP header begins `offset` bytes from here. Checks version, header length, IPv4's
// checksum (RFC 1071) unless it is zero, and the stated length: the datagram must end with the packet, or at most
// `padding_bytes` before the packet's end. Inside a first fragment it may also end later. False if `offset` is beyond
// the packet.
bool IpAt(const Decoding& decoding, uint32_t offset, uint32_t padding_bytes = 0);

// Whether the bytes `offset` from here, read as an Ethernet header, have a known EtherType.
bool EthernetTypeAt(const Decoding& decoding, uint32_t offset);

// Whether an Ethernet header begins `offset` bytes from here that is followed by ARP (RFC 826) or by IP that IpAt()
// accepts. Up to two VLAN tags may stand between.
bool EthernetAt(const Decoding& decoding, uint32_t offset);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_INNER_HEADER_H_
