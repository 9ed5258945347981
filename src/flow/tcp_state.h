// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_TCP_STATE_H_
#define TCPGAUGE_SRC_FLOW_TCP_STATE_H_

#include <cstdint>

#include "src/net/connection_state.h"

namespace tcpgauge {

// Everything about a segment that may change the state of its connection.
struct SegmentFacts {
  bool syn = false;
  bool ack = false;
  bool fin = false;
  bool rst = false;
  bool has_payload = false;
  bool from_client = false;
  bool both_fins_acknowledged = false;  // by this segment or before
  bool after_refusal = false;           // a RST answered the SYN before
};

// The state of a connection after its first segment.
ConnectionState FirstState(const SegmentFacts& segment);

// The state after one more segment. Any sequence of segments is valid, because packets may be lost, repeated or forged
// before they are captured. Covers RFC 9293 figures 6 (handshake), 7 (simultaneous open), 12 and 13 (close), and
// sections 3.5.2 (reset) and 3.6 (half-close). A SYN that begins a new connection is not passed to NextState().
ConnectionState NextState(ConnectionState state, const SegmentFacts& segment);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_TCP_STATE_H_
