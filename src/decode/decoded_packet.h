// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_DECODED_PACKET_H_
#define TCPGAUGE_SRC_DECODE_DECODED_PACKET_H_

#include <cstdint>

#include "src/decode/decode_error.h"
#include "src/decode/payload_start.h"
#include "src/net/encapsulation.h"
#include "src/net/endpoint.h"
#include "src/net/packet_direction.h"
#include "src/net/protocol.h"

namespace tcpgauge {

// TCP's control bits (RFC 9293 section 3.1). Their values are those in the header's byte at offset 13.
enum TcpFlag : uint8_t {
  kTcpFin = 0x01,
  kTcpSyn = 0x02,
  kTcpRst = 0x04,
  kTcpPsh = 0x08,
  kTcpAck = 0x10,
  kTcpUrg = 0x20,
  kTcpEce = 0x40,
  kTcpCwr = 0x80,
};

// A decoded packet: a plain value, which owns all that it holds. All integers are in host order.
//
// `kind` tells which fields have a meaning. To save time, DecodePacket() does not clear the other fields, so they may
// hold values of an earlier packet.
struct DecodedPacket {
  enum class Kind : uint8_t {
    // A TCP segment, or the first IP fragment of one. All fields have a meaning, some of them under a condition that is
    // stated at the field. If `error` is set, the TCP header is broken: flags, window, sequence and acknowledgment
    // number are then zero, and `has_timestamps` is false.
    kTcpSegment,
    // A following IP fragment of a TCP segment. It has addresses, lengths, `fragment_id` and `encapsulation`. It has
    // neither ports nor other fields of a TCP header, because only the first fragment carries these.
    kTcpFragment,
    // Not TCP, or a fragment with a piece of a TCP header while other pieces are missing. Only the fields under "Fields
    // of every packet" have a meaning.
    kNotTcp,
    // Could not be decoded, see `error`. Only the fields under "Fields of every packet" have a meaning.
    kError,
  };

  // Fields of every packet.
  int64_t time_ns = 0;             // since the Unix epoch; set by the caller of DecodePacket()
  uint32_t wire_length_bytes = 0;  // the whole packet, including bytes that were not captured
  // DecodePacket() stores the operating system's index of the interface for Linux cooked v2, otherwise 0. The source of
  // a file overwrites this field with its own number of the interface. The capture worker replaces the index or number
  // by the interface's place in the worker's list.
  uint32_t interface = 0;
  Kind kind = Kind::kNotTcp;
  Protocol protocol = Protocol::kOther;
  DecodeError error = DecodeError::kNone;  // set for kError, and for a kTcpSegment with a broken header
  // DecodePacket() sets the direction that a Linux cooked header tells, otherwise kUnknown. A source that knows the
  // direction sets it afterwards. What the source knows takes precedence over the header.
  PacketDirection direction = PacketDirection::kUnknown;

  uint8_t tcp_flags = 0;  // bits of TcpFlag
  bool has_timestamps = false;
  bool is_fragment = false;  // the innermost IP datagram is a fragment
  // Has a meaning in a segment with payload. kNotCaptured if the TCP header is broken or spread over fragments.
  PayloadStart payload_start = PayloadStart::kNotCaptured;
  uint16_t window = 0;  // as in the header, not scaled

  Endpoint source;
  Endpoint destination;
  uint32_t sequence_number = 0;
  uint32_t acknowledgment_number = 0;
  uint32_t timestamp_value = 0;       // TSval (RFC 7323); has a meaning if `has_timestamps`
  uint32_t timestamp_echo_reply = 0;  // TSecr; has a meaning if `has_timestamps`

  // The two lengths come from the innermost IP header and the TCP header, and are at most what was on the wire. Inside
  // the first fragment of an outer datagram the headers alone decide, because later fragments carry the rest. For an IP
  // fragment the lengths are those of this fragment. If several fragments were needed to complete a TCP header, the
  // segment has the sums over these fragments. For a broken TCP header see DecodeBrokenTcp().
  uint32_t payload_length_bytes = 0;  // TCP payload
  uint32_t ip_length_bytes = 0;       // IP header and everything in the datagram after it

  uint32_t fragment_id = 0;  // of the IPv4 header or the IPv6 fragment header; has a meaning if `is_fragment`
  Encapsulation encapsulation;

  // The shift of the window scale option (RFC 7323 section 2), at most kMaxWindowScale, or kNoWindowScale when the
  // option is absent. Has a meaning if `tcp_flags` has kTcpSyn.
  uint8_t window_scale = kNoWindowScale;
  // A hash of the kinds of the TCP options, in their order (see AddOptionKind()). No-operation options count, and the
  // end of the options does not. The lengths and values of the options do not change the hash, so a SYN whose MSS
  // (maximum segment size) a router has clamped keeps its hash. 0 without options. If an option is malformed or was not
  // captured whole, its kind is the last one in the hash. Has a meaning if `tcp_flags` has kTcpSyn.
  uint32_t option_kinds = 0;
  static constexpr uint8_t kMaxWindowScale = 14;
  static constexpr uint8_t kNoWindowScale = 15;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_DECODED_PACKET_H_
