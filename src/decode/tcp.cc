// SPDX-License-Identifier: Apache-2.0
#include "src/decode/tcp.h"

#include <algorithm>

#include "src/decode/tcp_header_pieces.h"

namespace tcpgauge {
namespace {

constexpr uint8_t kEndOfOptions = 0;
constexpr uint8_t kNoOperation = 1;
constexpr uint8_t kWindowScale = 3;
constexpr uint8_t kTimestamps = 8;

struct OptionStart {
  uint8_t kind;
  uint8_t length;  // includes these two bytes
};

struct WindowScaleOption {
  OptionStart start;
  uint8_t shift;
};
static_assert(sizeof(WindowScaleOption) == 3, "wire layout");

struct TimestampsOption {
  OptionStart start;
  Be32 value;
  Be32 echo_reply;
};
static_assert(sizeof(TimestampsOption) == 10, "wire layout");

}  // namespace

Layer DecodeBrokenTcp(Decoding& decoding) {
  DecodedPacket& packet = *decoding.packet;
  const uint32_t segment_bytes = decoding.wire_remaining_bytes;
  const auto* header = decoding.captured.Peek<TcpHeader>();
  const uint32_t header_length_bytes = header == nullptr ? kMinTcpHeaderBytes : TcpHeaderLength(header->data_offset);
  // The fragment ends within the header, so nobody knows yet where in the following fragments the payload begins.
  if (packet.is_fragment && segment_bytes < std::max(header_length_bytes, kMinTcpHeaderBytes)) {
    return decoding.begins_with_tcp ? DecodeTcpPiece(decoding, 0) : decoding.Fail(DecodeError::kIpFragment);
  }
  if (header == nullptr) return decoding.Fail(DecodeError::kTruncatedTcp);
  packet.kind = DecodedPacket::Kind::kTcpSegment;
  packet.error = header_length_bytes == kMinTcpHeaderBytes ? DecodeError::kTruncatedTcp : DecodeError::kTcpDataOffset;
  packet.source.port = header->source_port.ToHost();
  packet.destination.port = header->destination_port.ToHost();
  packet.sequence_number = packet.acknowledgment_number = 0;
  packet.tcp_flags = 0;
  packet.window = 0;
  packet.has_timestamps = false;
  packet.payload_start = PayloadStart::kNotCaptured;
  packet.payload_length_bytes = header_length_bytes < kMinTcpHeaderBytes ? segment_bytes - header_length_bytes : 0;
  return Layer::kDone;
}

Layer DecodeTcpPiece(Decoding& decoding, uint32_t offset_bytes) {
  DecodedPacket& packet = *decoding.packet;
  const bool is_first = offset_bytes == 0;
  TcpHeaderPieces::Segment segment;
  // Inside an outer fragment the piece may be incomplete, so it is not kept.
  const bool can_keep = decoding.header_pieces != nullptr && !decoding.inside_fragment;
  const auto outcome = can_keep ? decoding.header_pieces->Add(packet, offset_bytes, decoding.captured,
                                                              decoding.wire_remaining_bytes, &segment)
                                : TcpHeaderPieces::Outcome::kFollowing;
  switch (outcome) {
    case TcpHeaderPieces::Outcome::kWhole:
      decoding.captured = segment.header;
      decoding.wire_remaining_bytes = segment.length_bytes;
      packet.ip_length_bytes = segment.ip_length_bytes;
      return DecodeTcp(decoding);
    case TcpHeaderPieces::Outcome::kWaiting:
      return decoding.NotTcp(Protocol::kTcp);
    case TcpHeaderPieces::Outcome::kReplacedAnother:
      // This counts the datagram that was replaced. The new one can still become a segment.
      return decoding.Fail(DecodeError::kIpFragment);
    case TcpHeaderPieces::Outcome::kFollowing:
      break;
  }
  if (is_first) return decoding.Fail(DecodeError::kIpFragment);
  packet.kind = DecodedPacket::Kind::kTcpFragment;
  packet.payload_length_bytes = decoding.wire_remaining_bytes;
  return Layer::kDone;
}

void ReadOptions(Cursor options, DecodedPacket* packet) {
  const bool is_syn = (packet->tcp_flags & kTcpSyn) != 0;
  while (const auto* kind = options.Peek<uint8_t>()) {
    if (*kind == kEndOfOptions) return;
    if (is_syn) packet->option_kinds = AddOptionKind(packet->option_kinds, *kind);
    if (*kind == kNoOperation) {
      options.Skip(1);
      continue;
    }
    const auto* start = options.Peek<OptionStart>();
    if (start == nullptr || start->length < sizeof(OptionStart)) return;
    const auto* timestamps = options.Peek<TimestampsOption>();
    if (start->kind == kTimestamps && start->length == sizeof(TimestampsOption) && timestamps != nullptr) {
      packet->has_timestamps = true;
      packet->timestamp_value = timestamps->value.ToHost();
      packet->timestamp_echo_reply = timestamps->echo_reply.ToHost();
      if (!is_syn) return;
    }
    const auto* scale = options.Peek<WindowScaleOption>();
    if (is_syn && start->kind == kWindowScale && start->length == sizeof(WindowScaleOption) && scale != nullptr) {
      // RFC 7323 section 2.3: a larger shift counts as the largest.
      packet->window_scale = std::min(scale->shift, DecodedPacket::kMaxWindowScale);
    }
    if (!options.Skip(start->length)) return;
  }
}

}  // namespace tcpgauge
