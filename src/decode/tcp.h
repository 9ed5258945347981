#ifndef TCPGAUGE_SRC_DECODE_TCP_H_
#define TCPGAUGE_SRC_DECODE_TCP_H_

#include <cstdint>

#include "src/base/wire_integers.h"
#include "src/decode/decoding.h"

namespace tcpgauge {

// RFC 9293 section 3.1.
struct TcpHeader {
  Be16 source_port;
  Be16 destination_port;
  Be32 sequence_number;
  Be32 acknowledgment_number;
  uint8_t data_offset;  // in the upper half, in words of four bytes
  uint8_t flags;
  Be16 window;
  Be16 checksum;
  Be16 urgent_pointer;
};
static_assert(sizeof(TcpHeader) == 20, "wire layout");

// RFC 7323 section 3.2, after the two no-operations that nearly every sender puts before it (appendix A).
struct PaddedTimestamps {
  Be32 kind_and_length;
  Be32 value;
  Be32 echo_reply;
};
constexpr uint32_t kPaddedTimestampsStart = 0x0101080a;

// Looks for timestamps among options of any order. Options that were not captured are not there.
void FindTimestamps(Cursor options, DecodedPacket* packet);

inline Layer DecodeTcp(Decoding& decoding) {
  DecodedPacket& packet = *decoding.packet;
  packet.protocol = Protocol::kTcp;
  const uint32_t segment_bytes = decoding.wire_remaining_bytes;
  const auto* header = decoding.Read<TcpHeader>();
  if (header == nullptr) return decoding.Fail(DecodeError::kTruncatedTcp);
  const uint32_t header_length_bytes = (header->data_offset >> 4) * 4u;
  if (header_length_bytes < sizeof(TcpHeader) || header_length_bytes > segment_bytes) {
    return decoding.Fail(packet.is_fragment && header_length_bytes >= sizeof(TcpHeader) ? DecodeError::kIpFragment
                                                                                        : DecodeError::kTcpDataOffset);
  }
  packet.kind = DecodedPacket::Kind::kTcpSegment;
  packet.source.port = header->source_port.ToHost();
  packet.destination.port = header->destination_port.ToHost();
  packet.sequence_number = header->sequence_number.ToHost();
  packet.acknowledgment_number = header->acknowledgment_number.ToHost();
  packet.tcp_flags = header->flags;
  packet.window = header->window.ToHost();
  packet.payload_length_bytes = segment_bytes - header_length_bytes;
  packet.has_timestamps = false;
  if (header_length_bytes == sizeof(TcpHeader)) return Layer::kDone;

  const auto* timestamps = decoding.captured.Peek<PaddedTimestamps>();
  if (timestamps != nullptr && header_length_bytes >= sizeof(TcpHeader) + sizeof(PaddedTimestamps) &&
      timestamps->kind_and_length.ToHost() == kPaddedTimestampsStart) {
    packet.has_timestamps = true;
    packet.timestamp_value = timestamps->value.ToHost();
    packet.timestamp_echo_reply = timestamps->echo_reply.ToHost();
    return Layer::kDone;
  }
  decoding.captured.Truncate(header_length_bytes - sizeof(TcpHeader));
  FindTimestamps(decoding.captured, &packet);
  return Layer::kDone;
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_TCP_H_
