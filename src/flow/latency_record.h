// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_LATENCY_RECORD_H_
#define TCPGAUGE_SRC_FLOW_LATENCY_RECORD_H_

#include <cstdint>

#include "src/flow/rtt_minimum.h"

namespace tcpgauge {

// What a connection keeps of its delays: of the exchange under way, of the exchanges before it, and the least
// round-trip times. Lies in an array beside the records, under the same slot. A packet uses it only if it carries a
// request or an answer, or ends a sample of the round-trip time. All 0 when the connection begins.
struct LatencyRecord {
  int64_t request_time_ns;        // table time of the last segment of the request under way
  uint32_t responses;             // exchanges so far; saturates
  uint32_t smoothed_response_us;  // of the exchanges so far; saturates
  RttMinimum rtt_minima[2];       // by the End whose segments were acknowledged
  uint8_t tls;                    // how far the TLS handshake is
  uint8_t turns;                  // of the client so far; saturates
  uint16_t unused;
};
static_assert(sizeof(LatencyRecord) == 32, "half a cache line");

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_LATENCY_RECORD_H_
