// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_SEGMENT_ANALYSIS_H_
#define TCPGAUGE_SRC_FLOW_SEGMENT_ANALYSIS_H_

#include "src/decode/decoded_packet.h"
#include "src/flow/connection_record.h"
#include "src/flow/gap_pool.h"

namespace tcpgauge {

// What a segment tells about loss and delay, noted in the record of the connection. `segment` came from `sender`, at
// `time_ns` of the table's time. Must see each segment once, in the order of capture.
//
// - Counts retransmitted segments (payload wholly or partly seen before), out-of-order segments (payload that fills a
//   gap never seen before) and zero windows (RFC 9293 section 3.8.6).
// - Samples the round-trip time between the observer and each end, from a segment to the acknowledgment that covers it;
//   where both carry timestamps, only when it echoes that segment's (TSecr, RFC 7323 section 4); never of a segment
//   that was sent twice (Karn's algorithm, RFC 6298 section 3). One sample at a time an end; smoothed after RFC 6298
//   section 2.
void AnalyzeSegment(const DecodedPacket& segment, End sender, int64_t time_ns, ConnectionRecord* record, GapPool* gaps);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_SEGMENT_ANALYSIS_H_
