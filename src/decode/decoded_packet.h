// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_DECODED_PACKET_H_
#define TCPGAUGE_SRC_DECODE_DECODED_PACKET_H_

#include <cstdint>

#include "src/decode/decode_error.h"
#include "src/net/encapsulation.h"
#include "src/net/endpoint.h"
#include "src/net/protocol.h"

namespace tcpgauge {

// TCP's control bits (RFC 9293 section 3.1), as in the header's 14th byte.
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

// A decoded packet: a plain value, all integers in host order. `kind` tells which fields hold values. To save time, the
// decoder does not clear the others, so they hold values of an earlier packet.
struct DecodedPacket {
  enum class Kind : uint8_t {
    kTcpSegment,   // A TCP segment, or its first IP fragment: all fields below. With an `error` the header is broken:
                   // flags, numbers and window are zero.
    kTcpFragment,  // A following IP fragment of a TCP segment: addresses, lengths and fragment fields, but no ports and
                   // no TCP fields.
    kNotTcp,  // Counted by `protocol` alone. So is a fragment that holds a piece of a TCP header while other pieces are
              // missing.
    kError,   // Counted by `protocol` and `error` alone.
  };

  int64_t time_ns = 0;             // Unix epoch
  uint32_t wire_length_bytes = 0;  // the whole packet, including bytes that were not captured
  uint32_t interface = 0;          // Linux cooked v2: the operating system's index. Otherwise 0.
  Kind kind = Kind::kNotTcp;
  Protocol protocol = Protocol::kOther;
  DecodeError error = DecodeError::kNone;

  uint8_t tcp_flags = 0;
  bool has_timestamps = false;
  bool is_fragment = false;  // the datagram that carries the segment is fragmented
  uint16_t window = 0;       // as in the header, unscaled

  Endpoint source;
  Endpoint destination;
  uint32_t sequence_number = 0;
  uint32_t acknowledgment_number = 0;
  uint32_t timestamp_value = 0;  // TSval and TSecr (RFC 7323); they hold values if `has_timestamps`
  uint32_t timestamp_echo_reply = 0;

  // The payload's length by the IP and TCP headers, at most what was on the wire. Inside a fragment of an outer
  // datagram the headers alone decide. For a fragment: the bytes in this fragment. When fragments were needed to
  // complete a TCP header: the bytes in all those fragments.
  uint32_t payload_length_bytes = 0;
  uint32_t ip_length_bytes = 0;  // the IP header and everything in the datagram after it

  uint32_t fragment_id = 0;  // of the IPv4 header or the IPv6 fragment header; holds a value if `is_fragment`
  Encapsulation encapsulation;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_DECODED_PACKET_H_
