// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_TCP_STATE_H_
#define TCPGAUGE_SRC_FLOW_TCP_STATE_H_

#include <cstdint>

#include "src/net/connection_state.h"

namespace tcpgauge {

// Everything about a segment, and about its connection, that may change the connection's state.
struct SegmentFacts {
  bool syn = false;
  bool ack = false;
  bool fin = false;
  bool rst = false;
  bool has_payload = false;
  bool from_client = false;
  bool both_fins_acknowledged = false;  // by this segment or earlier; see BothFinsAcknowledged()
  bool after_refusal = false;           // earlier, a RST of the server answered the SYN
  bool fin_seen = false;                // of either end, by this segment or earlier
  bool both_went_on = false;            // since the RST, both ends sent or acknowledged something new
};

// Returns the state of a connection after its first segment. Uses only the flags (syn, ack, fin, rst).
ConnectionState FirstState(const SegmentFacts& segment);

// Returns the state of a connection in `state` after one more segment. Any sequence of segments is valid, because
// packets may be lost, repeated or forged before they are captured. A closed or reset connection keeps its state.
// Exceptions:
// - If the server refused the SYN, a repeated SYN of the client leads back to SYN-SENT.
// - If the server refused the SYN, a later SYN-ACK of the server leads to SYN-RECEIVED, because the refusal was forged.
// - If both ends of a reset connection go on, the RST was forged or got lost. The connection is treated as established
//   again, or as closing if a FIN was seen, and the segment then takes its usual effect.
//
// Covers RFC 9293 figures 6 (handshake), 7 (simultaneous open), 12 and 13 (close), and sections 3.5.3 (reset) and 3.6.1
// (half-close). REQUIRES: the segment does not begin a new connection (see reuse.h), and is no RST that its receiver
// ignores (see reset_check.h).
ConnectionState NextState(ConnectionState state, const SegmentFacts& segment);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_TCP_STATE_H_
