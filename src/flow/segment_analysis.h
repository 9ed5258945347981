// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_SEGMENT_ANALYSIS_H_
#define TCPGAUGE_SRC_FLOW_SEGMENT_ANALYSIS_H_

#include "src/decode/decoded_packet.h"
#include "src/flow/connection_record.h"
#include "src/flow/gap_pool.h"

namespace tcpgauge {

// A sample of the round-trip time from the observer to one end and back (see AnalyzeSegment), or "no sample".
struct RttSample {
  static constexpr uint32_t kNone = UINT32_MAX;

  uint32_t duration_us = kNone;
  // Whether the receiver may have waited before it acknowledged the sampled segment. A receiver need not acknowledge
  // less than a full-sized segment at once. It may wait for up to half a second (RFC 9293 section 3.8.6.3), in the hope
  // that it can acknowledge more segments together, or send the acknowledgment with an answer. So the member is true if
  // less than 1220 bytes were unacknowledged when the sampled segment was sent, that segment included. If no
  // acknowledgment was seen until then, only the segment itself counts. The sample of a SYN is never delayed.
  bool may_be_delayed = false;
};

// Updates a connection's record with the signs of loss and delay in one segment. `segment` came from `sender` at
// `time_ns` (table time). `*gaps` holds the gaps of all connections of the table.
//
// Call it once for each segment of the connection, in the order of capture, except for candidate SYNs (see reuse.h).
// REQUIRES: segment.kind is kTcpSegment, and the header is not broken. A RST changes nothing, because its numbers
// follow other rules (RFC 9293 section 3.5.2).
//
// Returns the RTT sample that the segment ended, which is a sample of the other end. Returns "no sample" if it ended
// none.
//
// - Loss. A segment is counted if part of its payload lies below the sender's next sequence number. It counts as out of
//   order if all of this part fills a gap. Otherwise some of it was seen before, and the segment counts as
//   retransmitted. A segment that is lost before the observer and then sent again fills a gap, so it counts as out of
//   order.
// - Full buffers. A segment with a window of zero is counted (RFC 9293 section 3.8.6), unless it is a SYN or a FIN.
// - Delay. An RTT sample is the time from a segment (the sampled segment) to the acknowledgment that covers it. The
//   sample measures the way from the observer to the receiver of the sampled segment and back. It is stored in the
//   EndRecord of the end that sent the sampled segment. If sampled segment and acknowledgment both carry timestamps,
//   the acknowledgment must echo the sampled segment's timestamp (TSecr, RFC 7323 section 4). When the end that sent
//   the sampled segment repeats old sequence numbers, the sample under way is dropped (Karn's algorithm, RFC 6298
//   section 3). After a repetition (see below), no sample begins before the other end acknowledges more. A sample above
//   one minute is dropped too. Samples are smoothed like SRTT in RFC 6298 section 2, with the factor 1/4 instead of
//   1/8, because here there is about one sample in a round trip.
// - Repetition. When an end sends payload again that the other end has not acknowledged, EndRecord::Timing becomes
//   kRepetition, unless the window of the other end is zero. Timing becomes kNone when the other end acknowledges more.
//   See stall.h.
//
// Design. Each end has one sample at a time. A sample begins at a random segment of a flight (the segments that are
// sent before the first of them is acknowledged). Two other methods were rejected:
//
// - Samples that begin only with the first segment of a flight miss the queueing of the later segments.
// - Many tools time each echoed timestamp from the first segment that carried it to the first acknowledgment that
//   echoes it. That measures too little: a burst of a millisecond carries one timestamp, and the last segment of the
//   burst waited in the queue behind all others.
RttSample AnalyzeSegment(const DecodedPacket& segment, End sender, int64_t time_ns, ConnectionRecord* record,
                         GapPool* gaps);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_SEGMENT_ANALYSIS_H_
