// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_TCP_H_
#define TCPGAUGE_SRC_DECODE_TCP_H_

#include <cstdint>

#include "src/base/wire_integers.h"
#include "src/decode/decoding.h"
#include "src/decode/tcp_header.h"

namespace tcpgauge {

// RFC 7323 section 3.2, after the two no-operations that nearly every sender puts before it (appendix A).
struct PaddedTimestamps {
  Be32 kind_and_length;
  Be32 value;
  Be32 echo_reply;
};
constexpr uint32_t kPaddedTimestampsStart = 0x0101080a;

// A header that is not whole or whose data offset cannot be. While its first 16 bytes are here the segment counts all
// the same, for its connection and as an error: what it occupied on the wire is known, what it says is not believed.
// With an offset below 20 bytes, all beyond that offset is payload, as Wireshark counts it; else there is none.
Layer DecodeBrokenTcp(Decoding& decoding);

// A fragment that has a piece of a TCP header, from `offset_bytes` on. Where the pieces before have been seen and the
// header is whole with this one, this is the segment, with the payload of all fragments so far.
Layer DecodeTcpPiece(Decoding& decoding, uint32_t offset_bytes);

// Looks for timestamps among options of any order. Options that were not captured are not there.
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
