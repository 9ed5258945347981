// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_PROBE_H_
#define TCPGAUGE_SRC_FLOW_PROBE_H_

#include <cstdint>

#include "src/decode/decoded_packet.h"
#include "src/flow/connection_record.h"

namespace tcpgauge {

// The kinds of segments that only ask their receiver for an acknowledgment. A probe has one byte of payload or none.
//
// - A keep-alive (RFC 9293 section 3.8.4): its sequence number is one below the number that the receiver expects next,
//   and the receiver has acknowledged everything that was sent before.
// - A window probe (section 3.8.6.1): the receiver's window is zero. The sequence number is one below the number that
//   the receiver expects next. With one byte of payload, it may also be that expected number.
enum class Probe : uint8_t { kNone, kKeepAlive, kWindowProbe };

// A cheap test that is true of every probe to `receiver`, and of few other segments.
inline bool MayBeProbe(const DecodedPacket& segment, const EndRecord& receiver) {
  if (segment.payload_length_bytes > 1) return false;
  const uint32_t below_expected = receiver.last_acknowledgment - segment.sequence_number;
  return below_expected == 1 || (below_expected == 0 && segment.payload_length_bytes == 1);
}

// Returns which kind of probe `segment` is. `end` sent it to `receiver`. Both records are as they were before the
// segment.
//
// A byte that is sent again because its acknowledgment got lost looks like a keep-alive, and is counted as one.
inline Probe ProbeOf(const DecodedPacket& segment, const EndRecord& end, const EndRecord& receiver) {
  if (!MayBeProbe(segment, receiver)) return Probe::kNone;
  const bool is_known = end.has(EndRecord::kSeen) && receiver.has(EndRecord::kAckSeen);
  if (!is_known || (segment.tcp_flags & (kTcpAck | kTcpSyn | kTcpFin | kTcpRst)) != kTcpAck) return Probe::kNone;
  if (receiver.window == 0) return Probe::kWindowProbe;
  const bool is_old = segment.sequence_number != receiver.last_acknowledgment;
  return is_old && receiver.last_acknowledgment == end.next_sequence ? Probe::kKeepAlive : Probe::kNone;
}

// Whether `segment`, which `receiver` sent, accepts the byte of a window probe from `end`: the segment's acknowledgment
// number is one above end.next_sequence, which a probe does not advance, and the window of `receiver` was zero until
// now. Both records are as they were before the segment. False if no packet of `end` was counted, because then the
// probe was not captured either.
inline bool AcceptsWindowProbe(const DecodedPacket& segment, const EndRecord& receiver, const EndRecord& end) {
  return receiver.window == 0 && segment.acknowledgment_number - end.next_sequence == 1 &&
         (segment.tcp_flags & (kTcpAck | kTcpSyn | kTcpRst)) == kTcpAck && receiver.has(EndRecord::kAckSeen) &&
         end.has(EndRecord::kSeen) && end.header_bytes > 0;
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_PROBE_H_
