// SPDX-License-Identifier: Apache-2.0
#include "src/flow/tcp_state.h"

namespace tcpgauge {

ConnectionState FirstState(const SegmentFacts& segment) {
  if (segment.rst) return ConnectionState::kReset;
  if (segment.syn) return segment.ack ? ConnectionState::kSynReceived : ConnectionState::kSynSent;
  return segment.fin ? ConnectionState::kClosing : ConnectionState::kEstablished;
}

ConnectionState NextState(ConnectionState state, const SegmentFacts& segment) {
  // Some systems repeat a SYN after it was refused. A SYN-ACK after a refusal shows that the refusal was forged.
  if (state == ConnectionState::kReset && segment.after_refusal && segment.syn && !segment.rst &&
      segment.from_client != segment.ack) {
    return segment.from_client ? ConnectionState::kSynSent : ConnectionState::kSynReceived;
  }
  if (state == ConnectionState::kReset && segment.both_went_on) {
    state = segment.fin_seen ? ConnectionState::kClosing : ConnectionState::kEstablished;
  }
  if (state == ConnectionState::kClosed || state == ConnectionState::kReset) return state;
  if (segment.rst) return ConnectionState::kReset;
  switch (state) {
    case ConnectionState::kSynSent:
      // A server's bare ACK is a challenge (RFC 5961) or the first step of a split handshake, so it answers no SYN.
      if (segment.syn) {
        if (!segment.from_client) state = ConnectionState::kSynReceived;
      } else if (segment.has_payload || (segment.from_client && segment.ack)) {
        state = ConnectionState::kEstablished;
      }
      break;
    case ConnectionState::kSynReceived:
      if (!segment.syn && segment.ack) state = ConnectionState::kEstablished;
      break;
    default:
      break;
  }
  if (segment.fin) state = ConnectionState::kClosing;
  if (state == ConnectionState::kClosing && segment.both_fins_acknowledged) state = ConnectionState::kClosed;
  return state;
}

}  // namespace tcpgauge
