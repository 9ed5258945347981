// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_DECODE_DECODED_PACKET_H_
#define TCPGAUGE_SRC_DECODE_DECODED_PACKET_H_

#include <cstdint>

#include "src/decode/decode_error.h"
#include "src/net/encapsulation.h"
#include "src/net/endpoint.h"
#include "src/net/protocol.h"

namespace tcpgauge {

// TCP control bits, RFC 9293 section 3.1, as they stand in the header's 14th byte.
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

// What is known of one packet once it is decoded; all in host order. Which fields hold values depends on `kind`; the
// others are left over from the packet before, so that nothing is cleared in vain.
struct DecodedPacket {
  enum class Kind : uint8_t {
    kTcpSegment,   // all fields below; perhaps the first fragment of a segment. With an `error` its header cannot be
                   // believed: flags, numbers and window are zero
    kTcpFragment,  // a following IP fragment of a TCP segment: addresses and fragment fields, no ports and no TCP
                   // fields
    kNotTcp,       // counted by `protocol` alone. So is a fragment whose piece of a TCP header waits for the others
    kError,        // counted by `protocol` and `error` alone
  };

  int64_t time_ns = 0;             // Unix epoch
  uint32_t wire_length_bytes = 0;  // of the whole packet, whatever was captured
  uint32_t interface = 0;          // the operating system's index with Linux cooked v2, else 0
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
  uint32_t timestamp_value = 0;  // RFC 7323 TSval and TSecr; hold values when `has_timestamps`
  uint32_t timestamp_echo_reply = 0;

  // By the lengths in the IP and TCP headers, but never more than the packet had on the wire. For a fragment: what this
  // fragment carries; where a TCP header was put together of several, what they carried.
  uint32_t payload_length_bytes = 0;
  uint32_t ip_length_bytes = 0;  // IP header and all that follows it in the datagram; of several fragments likewise

  uint32_t fragment_id = 0;  // IPv4 identification or that of the IPv6 fragment header; holds a value when a fragment
  Encapsulation encapsulation;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_DECODE_DECODED_PACKET_H_
