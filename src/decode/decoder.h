// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_DECODER_H_
#define TCPGAUGE_SRC_DECODE_DECODER_H_

#include <cstdint>

#include "absl/types/span.h"
#include "src/decode/decoded_packet.h"
#include "src/decode/link_type.h"
#include "src/decode/tcp_header_pieces.h"

namespace tcpgauge {

// The most headers that are read in one packet. Each MPLS label, VLAN tag and IPv6 extension header is one.
constexpr int kMaxLayers = 32;

// Decodes one packet from its link layer to TCP, through all VLAN tags and tunnels around it.
//
// `captured` holds the captured bytes of a packet that had `wire_length_bytes`; they are borrowed for the call. Sets
// all fields that the kind of `*packet` has, except `time_ns`.
// `header_pieces` keeps pieces of TCP headers from one packet to the next. The caller owns it, one for each source. If
// it is null, a first fragment without the whole TCP header is an error.
// Thread: any; calls with the same `header_pieces` must not overlap. No heap, no clock.
// Bounds: reads at most kMaxLayers headers, and no byte beyond `captured`. Errors: `packet->error`.
void DecodePacket(LinkType link_type, absl::Span<const uint8_t> captured, uint32_t wire_length_bytes,
                  DecodedPacket* packet, TcpHeaderPieces* header_pieces = nullptr);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_DECODER_H_
