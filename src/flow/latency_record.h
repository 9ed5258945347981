// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_LATENCY_RECORD_H_
#define TCPGAUGE_SRC_FLOW_LATENCY_RECORD_H_

#include <cstdint>

#include "src/flow/rtt_minimum.h"

namespace tcpgauge {

// What a connection keeps of its delays: the exchange under way, the exchanges before it, and the least round-trip
// times. The record is used only for a packet that carries a request or an answer, or that ends a sample of the
// round-trip time. All members are 0 when the connection begins.
struct LatencyRecord {
  // How far the connection's TLS handshake is (see TLS in exchange.h).
  // - kNone: no ClientHello was seen.
  // - kBeforeFinished: the client has sent its ChangeCipherSpec in a segment of its own, and its Finished is still to
  //   come.
  // - kBeforeFirstRequest: the client has sent its Finished. The first request was not seen yet.
  enum class TlsHandshake : uint8_t { kNone, kUnfinished, kBeforeFinished, kBeforeFirstRequest, kFinished };

  static constexpr uint32_t kMaxTurns = 15;

  // Returns the time from the last segment of the request under way until `time_ns`. It is negative if `time_ns` is
  // earlier. Both are table times in nanoseconds. REQUIRES: they are less than a year apart.
  int64_t SinceRequest(int64_t time_ns) const {
    const uint64_t request_time = uint64_t{request_time_high} << 32 | request_time_low;
    return static_cast<int64_t>((static_cast<uint64_t>(time_ns) - request_time) << 8) >> 8;
  }
  void set_request_time_ns(int64_t time_ns) {
    request_time_low = static_cast<uint32_t>(time_ns);
    request_time_high = static_cast<uint64_t>(time_ns) >> 32 & 0xffffff;
  }

  uint32_t request_time_low;
  uint32_t request_time_high : 24;  // modulo 2^24
  uint32_t turns : 4;               // of the client so far; saturates at kMaxTurns
  TlsHandshake tls : 3;
  uint32_t is_exchange : 1;    // the turn under way is the request of an exchange
  uint32_t responses;          // exchanges so far; saturates
  float smoothed_response_us;  // of the exchanges so far
  RttMinimum rtt_minima[2];    // by the End whose segments were acknowledged
};
static_assert(sizeof(LatencyRecord) == 28, "see ConnectionMeasures");

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_LATENCY_RECORD_H_
