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
  // How far the connection's TLS handshake is (see exchange.h). kNone also for a connection without TLS.
  // kBeforeFinished: the client has sent a ChangeCipherSpec alone. kBeforeFirstRequest: it has sent its Finished too.
  enum class TlsHandshake : uint8_t { kNone, kUnfinished, kBeforeFinished, kBeforeFirstRequest, kFinished };

  int64_t request_time_ns;     // table time of the last segment of the request under way
  uint32_t responses;          // exchanges so far; saturates
  float smoothed_response_us;  // of the exchanges so far
  RttMinimum rtt_minima[2];    // by the End whose segments were acknowledged
  TlsHandshake tls;
  uint8_t turns;     // of the client so far; saturates
  bool is_exchange;  // the turn under way is the request of an exchange
};
static_assert(sizeof(LatencyRecord) == 32, "half a cache line");

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_LATENCY_RECORD_H_
