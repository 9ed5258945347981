// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_DECODER_H_
#define TCPGAUGE_SRC_DECODE_DECODER_H_

#include <cstdint>

#include "absl/types/span.h"
#include "src/decode/decoded_packet.h"
#include "src/decode/link_type.h"
#include "src/decode/tcp_header_pieces.h"

namespace tcpgauge {

// Headers looked at in one packet, at most: each MPLS label, VLAN tag and IPv6 extension header counts.
constexpr int kMaxLayers = 32;

// Decodes one packet, from its link layer down to TCP, through whatever VLANs and tunnels are around it.
//
// `captured` is what was captured of `wire_length_bytes`. Sets every field of `*packet` that its kind has, but
// `time_ns`. `header_pieces` holds TCP headers that come in pieces from packet to packet; without it these are errors.
// Thread: any. No heap, no clock. Bounds: looks at no more than kMaxLayers headers; never reads beyond `captured`.
void DecodePacket(LinkType link_type, absl::Span<const uint8_t> captured, uint32_t wire_length_bytes,
                  DecodedPacket* packet, TcpHeaderPieces* header_pieces = nullptr);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_DECODER_H_
