// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_TCP_H_
#define TCPGAUGE_SRC_DECODE_TCP_H_

#include <cstdint>

#include "src/base/wire_integers.h"
#include "src/decode/decoding.h"
#include "src/decode/payload_start.h"
#include "src/decode/tcp_header.h"

namespace tcpgauge {

// The timestamps option (RFC 7323 section 3.2) after two no-operation options, as on the wire. Nearly every sender
// writes it like this, at the start of the options (appendix A), so DecodeTcp() tries this layout first.
struct PaddedTimestamps {
  Be32 kind_and_length;
  Be32 value;
  Be32 echo_reply;
};
// `kind_and_length` of such options: no-operation twice, kind 8, length 10.
constexpr uint32_t kPaddedTimestampsStart = 0x0101080a;

// Returns `hash`, a value of DecodedPacket::option_kinds, with the kind of one more option added. The hash is FNV-1a
// with an offset basis of 0, so it is 0 without options.
constexpr uint32_t AddOptionKind(uint32_t hash, uint8_t kind) {
  constexpr uint32_t kPrime = 0x01000193;
  return (hash ^ kind) * kPrime;
}
// DecodedPacket::option_kinds of padded timestamps alone.
constexpr uint32_t kKindsOfPaddedTimestamps = AddOptionKind(AddOptionKind(AddOptionKind(0, 1), 1), 8);

// Decodes a TCP header of which fewer than 16 bytes were captured, or whose data offset is below 20 bytes or beyond the
// segment. DecodeTcp() calls it.
//
// - A first fragment that, on the wire, ends within the TCP header: DecodeTcpPiece() decodes it. If an IPv6 extension
//   header stands before the TCP header in the fragment, the packet is the error kIpFragment instead.
// - Fewer than 16 bytes were captured: kTruncatedTcp. The packet is an error, and no connection counts it.
// - Otherwise the packet is a kTcpSegment, so the connection counts the packet's bytes. The `error` is kTcpDataOffset,
//   or kTruncatedTcp if the header states 20 bytes and the segment is shorter. Flags, sequence and acknowledgment
//   number and window are set to zero. If the data offset is below 20 bytes, all bytes after that offset are payload,
//   as in Wireshark. Otherwise the payload is 0 bytes.
Layer DecodeBrokenTcp(Decoding& decoding);

// Decodes an IP fragment with the bytes of a TCP segment from `offset_bytes` on. TcpHeaderPieces keeps the pieces of
// the header. Always returns kDone, and the packet is:
// - the segment as DecodeTcp() decodes it, if this fragment completes the segment's header. Payload and IP length are
//   the sums over the fragments that TcpHeaderPieces has added.
// - kNotTcp with Protocol::kTcp, if the first fragment has come and other pieces of the header are missing.
// - kTcpFragment, if this is not the first fragment of its datagram, and was not kept or came before the first one.
// - the error kIpFragment, if this is a first fragment that cannot be kept: Decoding::header_pieces is null, or
//   Decoding::inside_fragment is set, because bytes of the piece may then be missing.
// - the error kIpFragment, if this is a first fragment that takes the place of an old datagram, and the old datagram's
//   first fragment had come. The error counts the old datagram, whose header never became whole. The new datagram can
//   still become a segment.
Layer DecodeTcpPiece(Decoding& decoding, uint32_t offset_bytes);

// Searches `options` for the timestamps option and, if `*packet` is a SYN, for the window scale option. `options` has
// the captured bytes of the header after the first 20. For each option that it finds, sets the option's fields of
// `*packet` (out).
//
// If `*packet` is a SYN, also adds the kind of every option to `packet->option_kinds`, which the caller has set to 0.
// If `*packet` is no SYN, the timestamps option ends the search.
//
// The options may be in any order. The end-of-options kind ends the search, and so does an option that is malformed or
// was not captured whole. The kind of such an option is still added.
void ReadOptions(Cursor options, DecodedPacket* packet);

// Decodes a TCP header and ends the decoding: the packet is a kTcpSegment, or what DecodeBrokenTcp() makes it.
// Errors: kTcpDataOffset, kTruncatedTcp and kIpFragment, as DecodeBrokenTcp() states.
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
  if (packet.payload_length_bytes > 0) {
    packet.payload_start = StartOfPayload(decoding.captured, header_length_bytes, packet.payload_length_bytes);
  }
  packet.has_timestamps = false;
  const bool is_syn = (packet.tcp_flags & kTcpSyn) != 0;
  if (is_syn) {
    packet.window_scale = DecodedPacket::kNoWindowScale;
    packet.option_kinds = 0;
  }
  if (header_length_bytes == kMinTcpHeaderBytes) return Layer::kDone;

  const auto* timestamps = decoding.captured.PeekAt<PaddedTimestamps>(kMinTcpHeaderBytes);
  if (timestamps != nullptr && header_length_bytes >= kMinTcpHeaderBytes + sizeof(PaddedTimestamps) &&
      timestamps->kind_and_length.ToHost() == kPaddedTimestampsStart) {
    packet.has_timestamps = true;
    packet.timestamp_value = timestamps->value.ToHost();
    packet.timestamp_echo_reply = timestamps->echo_reply.ToHost();
    if (!is_syn) return Layer::kDone;
    if (header_length_bytes == kMinTcpHeaderBytes + sizeof(PaddedTimestamps)) {
      packet.option_kinds = kKindsOfPaddedTimestamps;
      return Layer::kDone;
    }
  }
  Cursor options = decoding.captured;
  options.Truncate(header_length_bytes);
  if (options.Skip(kMinTcpHeaderBytes)) ReadOptions(options, &packet);
  return Layer::kDone;
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_TCP_H_
