#ifndef TCPGAUGE_SRC_DECODE_DECODER_H_
#define TCPGAUGE_SRC_DECODE_DECODER_H_

#include <cstdint>

#include "absl/types/span.h"
#include "src/decode/decoded_packet.h"
#include "src/decode/link_type.h"

namespace tcpgauge {

// Decodes one packet, from its link layer down to TCP, through whatever VLANs and tunnels are around it.
//
// `captured` is what was captured of `wire_length_bytes`. Sets every field of `*packet` but `time_ns`.
// Thread: any. No heap, no clock. Bounds: looks at no more than kMaxLayers headers; never reads beyond `captured`.
void DecodePacket(LinkType link_type, absl::Span<const uint8_t> captured, uint32_t wire_length_bytes,
                  DecodedPacket* packet);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_DECODER_H_
