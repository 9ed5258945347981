// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_HANDSHAKE_H_
#define TCPGAUGE_SRC_FLOW_HANDSHAKE_H_

#include <cstdint>

#include "src/decode/decoded_packet.h"
#include "src/flow/connection_record.h"

namespace tcpgauge {

// How long a handshake took, measured at the point of capture. A duration is ConnectionSummary::kUnknown unless both of
// its segments were seen.
struct HandshakeRtt {
  int64_t server_ns;  // from the SYN to the SYN-ACK
  int64_t client_ns;  // from the SYN-ACK to the ACK
  int64_t whole_ns;   // from the SYN to the ACK; known when both parts are known
};
HandshakeRtt HandshakeRttOf(const ConnectionRecord& record, const ConnectionDetails& details);

// kNone: the segment is no step of a handshake.
enum class HandshakeStep : uint8_t { kNone, kSyn, kSynAck, kAck };

// Returns which step of the three-way handshake (RFC 9293 section 3.5) the segment is, and stores the step's time. Call
// it for every segment before or after which the connection is in SYN-SENT or SYN-RECEIVED. `before` is the state
// before the segment; `record` holds the state after it. `time_ns` is table time.
HandshakeStep NoteHandshake(const DecodedPacket& segment, End sender, int64_t time_ns, ConnectionState before,
                            ConnectionRecord* record, ConnectionDetails* details);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_HANDSHAKE_H_
