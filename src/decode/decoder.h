// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_DECODER_H_
#define TCPGAUGE_SRC_DECODE_DECODER_H_

#include <cstdint>

#include "absl/types/span.h"
#include "src/decode/decoded_packet.h"
#include "src/decode/link_type.h"
#include "src/decode/tcp_header_pieces.h"

namespace tcpgauge {

// The most layers that are decoded in one packet. Each MPLS label, VLAN tag and IPv6 extension header is one layer. A
// UDP header and the header of a tunnel over UDP are one layer together.
constexpr int kMaxLayers = 32;

// Decodes one packet from its link layer to TCP, through the VLAN tags and tunnels around it.
//
// - `captured`: the packet's bytes from its link layer on, as far as they were captured. Borrowed for the call. If
//   `captured` is empty, the result is an error.
// - `wire_length_bytes`: the length of the whole packet. Stored in `*packet` as given. If it is less than the length of
//   `captured`, the headers are decoded as if the packet had the length of `captured`.
// - `*packet` (out): the result. Sets `kind` and the fields that have a meaning for it, except `time_ns`.
// - `header_pieces` (in and out): keeps pieces of TCP headers from one packet to the next. The caller owns one such
//   object for each source. If the pointer is null, the result for a first fragment without the whole TCP header is the
//   error kIpFragment.
//
// Thread: any; calls with the same `header_pieces` must not overlap. No heap, no clock.
// Bounds: decodes at most kMaxLayers layers. The result for a packet with more is the error kTooManyLayers.
// Errors: in `packet->error`. Any bytes are valid input.
void DecodePacket(LinkType link_type, absl::Span<const uint8_t> captured, uint32_t wire_length_bytes,
                  DecodedPacket* packet, TcpHeaderPieces* header_pieces = nullptr);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_DECODER_H_
