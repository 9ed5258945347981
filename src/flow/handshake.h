// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_HANDSHAKE_H_
#define TCPGAUGE_SRC_FLOW_HANDSHAKE_H_

#include <cstdint>

#include "src/decode/decoded_packet.h"
#include "src/flow/connection_record.h"

namespace tcpgauge {

// How long a handshake took, measured at the point of capture, in nanoseconds with a resolution of 100 ns. A duration
// is ConnectionSummary::kUnknown unless both the segment that begins it and the segment that ends it were seen. A
// duration is 0 if these two segments were captured in the wrong order. A segment that comes more than 214 s after the
// start of the connection is treated as if it came 214 s after the start.
struct HandshakeRtt {
  int64_t server_ns;  // from the SYN to the SYN-ACK
  int64_t client_ns;  // from the SYN-ACK to the ACK
  int64_t whole_ns;   // from the SYN to the ACK; known if the other two are
};

// Returns the durations that are known so far.
HandshakeRtt HandshakeRttOf(const ConnectionRecord& record, const ConnectionDetails& details);

// A step of the three-way handshake (RFC 9293 section 3.5). kNone: the segment is not a step.
enum class HandshakeStep : uint8_t { kNone, kSyn, kSynAck, kAck };

// Returns which step of the handshake `segment` is, and stores the time of the step in `*record` and `*details`.
// `time_ns` is table time. `before` is the state of the connection before the segment, and `*record` holds the state
// after it.
//
// Call it for every segment that a connection gets in SYN-SENT or SYN-RECEIVED, or that brings the connection there. A
// repeated SYN or SYN-ACK is a step too, and its time replaces the time that was stored before.
HandshakeStep NoteHandshake(const DecodedPacket& segment, End sender, int64_t time_ns, ConnectionState before,
                            ConnectionRecord* record, ConnectionDetails* details);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_HANDSHAKE_H_
