// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_SEGMENT_ANALYSIS_H_
#define TCPGAUGE_SRC_FLOW_SEGMENT_ANALYSIS_H_

#include "src/decode/decoded_packet.h"
#include "src/flow/connection_record.h"
#include "src/flow/gap_pool.h"

namespace tcpgauge {

// Updates a connection's record with the signs of loss and delay in one segment. `segment` came from `sender` at
// `time_ns` (table time). Call it once for each segment, in the order of capture.
//
// - Counts retransmitted segments (payload wholly or partly seen before), out-of-order segments (payload that fills a
//   gap never seen before) and zero windows (RFC 9293 section 3.8.6).
// - Samples the round-trip time between the observer and each end: from a segment to the acknowledgment that covers it.
//   When both carry timestamps, the acknowledgment must echo the timestamp of the segment (TSecr, RFC 7323 section 4).
//   A segment that was sent twice gives no sample (Karn's algorithm, RFC 6298 section 3). Samples are smoothed as in
//   RFC 6298 section 2.
//
// Design. Each end has one sample at a time, which may begin at any segment of a flight. Two other methods were
// rejected:
//
// - When samples begin only with the first segment of a flight, they miss the queueing of the later segments.
// - Many tools time each echoed timestamp from the first segment that carried it. That measures too little: a burst of
//   a millisecond carries one timestamp, and its last segment waited in the queue behind all others.
void AnalyzeSegment(const DecodedPacket& segment, End sender, int64_t time_ns, ConnectionRecord* record, GapPool* gaps);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_SEGMENT_ANALYSIS_H_
