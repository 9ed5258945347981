// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_TCP_STATE_H_
#define TCPGAUGE_SRC_FLOW_TCP_STATE_H_

#include <cstdint>

#include "src/net/connection_state.h"

namespace tcpgauge {

// What a segment means to the state of its connection.
struct SegmentFacts {
  bool syn = false;
  bool ack = false;
  bool fin = false;
  bool rst = false;
  bool has_payload = false;
  bool from_client = false;
  bool both_fins_acknowledged = false;  // this segment included
  bool after_refusal = false;           // the connection was reset by the answer to its SYN
};

// The state of a connection whose first segment this is.
ConnectionState FirstState(const SegmentFacts& segment);

// The state after one more segment. Pure; any sequence of segments is possible, as packets are lost, repeated and
// forged on their way to an observer. Covers RFC 9293 figures 6 (handshake), 7 (simultaneous open), 12 and 13
// (close), 3.5.2 (reset) and half-close (3.6). A SYN that begins a new connection is not seen here.
ConnectionState NextState(ConnectionState state, const SegmentFacts& segment);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_TCP_STATE_H_
