// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_HANDSHAKE_H_
#define TCPGAUGE_SRC_FLOW_HANDSHAKE_H_

#include <cstdint>

#include "src/decode/decoded_packet.h"
#include "src/flow/connection_record.h"

namespace tcpgauge {

// How long a handshake took, as seen from where it was captured, in nanoseconds; ConnectionSummary::kUnknown where a
// segment was not seen.
struct HandshakeRtt {
  int64_t server_ns;  // from the SYN to the SYN-ACK
  int64_t client_ns;  // from the SYN-ACK to the ACK
  int64_t whole_ns;   // known when both parts are
};
HandshakeRtt HandshakeRttOf(const ConnectionRecord& record, const ConnectionDetails& details);

enum class HandshakeStep : uint8_t { kNone, kSyn, kSynAck, kAck };

// Notes when the steps of the three-way handshake (RFC 9293 section 3.5) came; returns which of them the segment is.
// To be called with every segment while the connection is, or was before it, in the states of a handshake: `before` is
// the state before the segment, the record holds the one after it. `time_ns` is the table's.
HandshakeStep NoteHandshake(const DecodedPacket& segment, End sender, int64_t time_ns, ConnectionState before,
                            ConnectionRecord* record, ConnectionDetails* details);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_HANDSHAKE_H_
