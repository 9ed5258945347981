// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_TCP_H_
#define TCPGAUGE_SRC_DECODE_TCP_H_

#include <cstdint>

#include "src/base/wire_integers.h"
#include "src/decode/decoding.h"
#include "src/decode/tcp_header.h"

namespace tcpgauge {

// The timestamps option (RFC 7323 section 3.2) after two no-operations, as nearly every sender aligns it (appendix A).
struct PaddedTimestamps {
  Be32 kind_and_length;
  Be32 value;
  Be32 echo_reply;
};
constexpr uint32_t kPaddedTimestampsStart = 0x0101080a;

// A header that is not whole, or whose data offset is below 20 bytes or beyond the segment.
//
// If its first 16 bytes were captured, the segment is still counted (as bytes of its connection and as a decode error),
// but its flags and numbers are ignored. With an offset below 20 bytes, everything after that offset is payload, as in
// Wireshark. Otherwise the payload is 0 bytes. A first fragment that ends within the header goes to DecodeTcpPiece().
Layer DecodeBrokenTcp(Decoding& decoding);

// A fragment with the bytes of a TCP segment from `offset_bytes` on. If it completes the segment's header, the packet
// is the segment, with the payload of the fragments so far. While other pieces are missing the packet is kNotTcp. A
// following fragment that is not needed is kTcpFragment. A first fragment that cannot be kept is kIpFragment.
Layer DecodeTcpPiece(Decoding& decoding, uint32_t offset_bytes);

// Sets the timestamps of `*packet` from `options`, which may be in any order. A malformed option, and one that was not
// captured, ends the search.
void FindTimestamps(Cursor options, DecodedPacket* packet);

inline Layer DecodeTcp(Decoding& decoding) {
  DecodedPacket& packet = *decoding.packet;
  packet.protocol = Protocol::kTcp;
  const uint32_t segment_bytes = decoding.wire_remaining_bytes;
  const auto* header = decoding.captured.Peek<TcpHeader>();
  if (header == nullptr) return DecodeBrokenTcp(decoding);
  const uint32_t header_length_bytes = TcpHeaderLength(header->data_offset);
  if (header_length_bytes < kMinTcpHeaderBytes || header_length_bytes > segment_bytes) return DecodeBrokenTcp(decoding);
  packet.kind = DecodedPacket::Kind::kTcpSegment;
  packet.source.port = header->source_port.ToHost();
  packet.destination.port = header->destination_port.ToHost();
  packet.sequence_number = header->sequence_number.ToHost();
  packet.acknowledgment_number = header->acknowledgment_number.ToHost();
  packet.tcp_flags = header->flags;
  packet.window = header->window.ToHost();
  packet.payload_length_bytes = segment_bytes - header_length_bytes;
  packet.has_timestamps = false;
  if (header_length_bytes == kMinTcpHeaderBytes) return Layer::kDone;

  const auto* timestamps = decoding.captured.PeekAt<PaddedTimestamps>(kMinTcpHeaderBytes);
  if (timestamps != nullptr && header_length_bytes >= kMinTcpHeaderBytes + sizeof(PaddedTimestamps) &&
      timestamps->kind_and_length.ToHost() == kPaddedTimestampsStart) {
    packet.has_timestamps = true;
    packet.timestamp_value = timestamps->value.ToHost();
    packet.timestamp_echo_reply = timestamps->echo_reply.ToHost();
    return Layer::kDone;
  }
  Cursor options = decoding.captured;
  options.Truncate(header_length_bytes);
  if (options.Skip(kMinTcpHeaderBytes)) FindTimestamps(options, &packet);
  return Layer::kDone;
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_TCP_H_
