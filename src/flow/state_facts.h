// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_STATE_FACTS_H_
#define TCPGAUGE_SRC_FLOW_STATE_FACTS_H_

#include "src/decode/decoded_packet.h"
#include "src/flow/connection_record.h"
#include "src/flow/sequence.h"
#include "src/flow/tcp_state.h"
#include "src/net/connection_state.h"

namespace tcpgauge {

// Pure functions that tell what packets and records say about the state of a connection. Thread: any.

// Returns the facts that the packet alone tells. SegmentFacts::from_client and the members below it keep their
// defaults, and the caller fills them in.
inline SegmentFacts FactsOf(const DecodedPacket& packet) {
  SegmentFacts facts;
  facts.syn = packet.tcp_flags & kTcpSyn;
  facts.ack = packet.tcp_flags & kTcpAck;
  facts.fin = packet.tcp_flags & kTcpFin;
  facts.rst = packet.tcp_flags & kTcpRst;
  facts.has_payload = packet.payload_length_bytes > 0;
  return facts;
}

// Whether each end sent a FIN that the other end acknowledged.
inline bool BothFinsAcknowledged(const ConnectionRecord& record) {
  const auto acknowledged = [](const EndRecord& fin, const EndRecord& ack) {
    return fin.has(EndRecord::kFinSeen) && ack.has(EndRecord::kAckSeen) &&
           SequenceLessOrEqual(fin.next_sequence, ack.last_acknowledgment);
  };
  return acknowledged(record.ends[0], record.ends[1]) && acknowledged(record.ends[1], record.ends[0]);
}

// Returns why a connection ends when it times out in its present state, or when a new connection on its 4-tuple
// replaces it. Both cases have the same reason: for example, kIdleTimeout for every established connection.
inline EndReason EndReasonOf(const ConnectionRecord& record) {
  switch (record.state) {
    case ConnectionState::kSynSent:
    case ConnectionState::kSynReceived:
      return EndReason::kHandshakeTimeout;
    case ConnectionState::kEstablished:
      return EndReason::kIdleTimeout;
    case ConnectionState::kClosing:
    case ConnectionState::kClosed:
      return EndReason::kFin;
    case ConnectionState::kReset:
      break;
  }
  return record.has(ConnectionRecord::kRefused) ? EndReason::kRefused : EndReason::kReset;
}

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_STATE_FACTS_H_
