// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_TOTALS_H_
#define TCPGAUGE_SRC_FLOW_TOTALS_H_

#include <array>
#include <cstdint>

#include "src/base/histogram.h"
#include "src/net/connection_state.h"

namespace tcpgauge {

// Upper bounds of the buckets of the histograms below. RttBounds, which response times use too, and DurationBounds are
// in seconds. PayloadBounds is in bytes.
struct RttBounds {
  static constexpr double kBounds[] = {0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                       0.025,   0.05,     0.1,     0.25,   0.5,     1,      2.5,   5,      10,    30};
};
struct DurationBounds {
  static constexpr double kBounds[] = {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1,   2,   5,  10,
                                       20,    50,    100,   200,  500,  1e3,  2e3, 5e3, 1e4, 2e4, 5e4, 1e5};
};
struct PayloadBounds {
  static constexpr double kBounds[] = {0,   1e2, 2e2, 5e2, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5,  5e5, 1e6,
                                       2e6, 5e6, 1e7, 2e7, 5e7, 1e8, 2e8, 5e8, 1e9, 2e9, 5e9, 1e10, 1e11};
};

// Sums since the agent started, over all connections of one worker or, in a Snapshot, of all workers. They are exact
// even if connections were evicted or not listed, or if their edges have no series. A midstream connection is added
// when it is confirmed, with everything that it carried until then. If it ends unconfirmed, its traffic is added when
// it ends, and nothing else.
//
// Units: bytes of TCP payload, retransmissions included, and segments as AnalyzeSegment() counts them. All members
// except `connections` only grow.
struct Totals {
  uint64_t client_payload_bytes = 0;
  uint64_t server_payload_bytes = 0;
  // Segments with payload. Includes retransmitted ones, and window probes once their byte is accepted. Of a fragmented
  // datagram, the first fragment counts.
  uint64_t segments = 0;
  uint64_t client_retransmitted_segments = 0;
  uint64_t server_retransmitted_segments = 0;
  uint64_t out_of_order_segments = 0;
  uint64_t syn_retransmissions = 0;  // SYNs of clients that repeat the sequence number of the SYN before
  uint64_t zero_windows = 0;
  uint64_t keep_alives = 0;       // see Probe
  uint64_t window_probes = 0;     // see Probe
  uint64_t resets_ignored = 0;    // RSTs that their receiver ignores (see IsAcceptableReset)
  uint64_t late_segments = 0;     // segments without payload that came after their connection had ended
  uint64_t opened_handshake = 0;  // confirmed connections that began with a SYN or SYN-ACK
  uint64_t opened_midstream = 0;  // confirmed connections that began midstream
  std::array<uint64_t, kEndReasonCount> closed{};             // by EndReason: confirmed connections that ended
  std::array<uint64_t, kConnectionStateCount> connections{};  // gauges, by ConnectionState: confirmed connections now
  Histogram<RttBounds> handshake_rtt_seconds;
  Histogram<RttBounds> response_seconds;                  // of exchanges, see ConnectionSummary::response_ns
  Histogram<DurationBounds> connection_duration_seconds;  // of confirmed connections that ended
  Histogram<PayloadBounds> connection_payload_bytes;      // both directions, of confirmed connections that ended

  // Adds every member of `other` to the same member.
  void Add(const Totals& other);
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_TOTALS_H_
