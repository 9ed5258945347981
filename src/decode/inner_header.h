// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_INNER_HEADER_H_
#define TCPGAUGE_SRC_DECODE_INNER_HEADER_H_

#include <cstdint>
#include <optional>

#include "src/decode/decoding.h"

namespace tcpgauge {

// Checks of the headers inside a tunnel. Some tunnels are recognised by a port or by a guess, and the header inside has
// to confirm them. These functions only look ahead: they do not change `decoding`. An `offset` is in bytes from the
// front of `decoding.captured`. A header that was not captured whole does not pass a check.

// Returns kIpv4 or kIpv6 if the next four bits are that version, otherwise nullopt.
std::optional<Layer> NextIp(const Decoding& decoding);

// Whether a plausible IP header begins at `offset`. In an IPv4 header, the header length, the total length and the
// checksum (RFC 1071) must be valid; a checksum of zero is accepted. In an IPv6 header, the hop limit must not be zero,
// and the source must not be a multicast address. The length in the header must fit: the datagram ends where the packet
// ends, or at most `padding_bytes` earlier. Inside a first fragment, the datagram may also end later. A length of 0 has
// no special meaning here, unlike in DecodeIpv4() and DecodeIpv6().
bool IpAt(const Decoding& decoding, uint32_t offset, uint32_t padding_bytes = 0);

// Whether the bytes from `offset` on, read as an Ethernet header, have one of these EtherTypes: IP, ARP, VLAN, MPLS or
// PPPoE.
bool EthernetTypeAt(const Decoding& decoding, uint32_t offset);

// Whether an Ethernet header with plausible contents begins at `offset`: ARP for IPv4 (RFC 826), or IP that IpAt()
// accepts with up to 50 bytes of Ethernet padding. Up to two VLAN tags may stand between header and contents.
bool EthernetAt(const Decoding& decoding, uint32_t offset);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_INNER_HEADER_H_
