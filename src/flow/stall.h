// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_STALL_H_
#define TCPGAUGE_SRC_FLOW_STALL_H_

#include <cstdint>

#include "src/flow/connection_record.h"

namespace tcpgauge {

// Whether the connection is stalled at `now_ns`: its state is ESTABLISHED, and one of its ends sends payload again and
// again without progress. Progress of an end is a new acknowledgment of what the end sent.
//
// Beginning. A stall begins with the first segment that repeats payload which the other end has not acknowledged. The
// connection is stalled once `stall_ns` have passed since that segment. These segments begin no stall:
// - a segment that fills a gap, because its payload was not seen before: it was overtaken;
// - a keep-alive or a window probe (see probe.h), because it asks for an acknowledgment and carries no payload of its
//   own;
// - payload that is sent again while the window of the other end is zero. The path works, and the receiver's
//   application does not read (RFC 9293 section 3.8.6.1).
//
// End. Any higher acknowledgment number ends a stall, even if it covers only a part of the payload. A selective
// acknowledgment ends no stall, because the receiver may discard what it covers (RFC 2018 section 8). If no
// acknowledgment of the other end was ever captured, new payload ends the stall.
//
// Silence. A live end goes on repeating until it gives up (RFC 9293 section 3.8.1). Each of its waits is at most twice
// the one before (RFC 6298 section 5.5), and none is longer than 120 s (TCP_RTO_MAX of Linux; RFC 6298 section 2.5
// allows a maximum of 60 s or more). When the end gives up, it need not tell the other end (RFC 9293 section 3.8.3;
// Linux gives up after about 15 minutes). So a silent connection is no longer stalled once the silence is longer than
// any wait could be. That is after 125 s, or after 10 s plus three times the time from the first repetition to the last
// packet, whichever is less. The factor is three, because the capture may miss one repetition. The 10 s allow for a
// first wait of more than a second. Without this rule, a connection would look stalled for ever when its sender was
// killed, or when the capture missed the acknowledgment of a single repetition and both ends have been idle since.
//
// Thread: any; uses only its arguments.
// Time: table time (see ConnectionTable), in nanoseconds. A stall may last for longer than the 71 minutes after which
// EndRecord::rtt_time_us wraps (see kMaxRepeatingUs in segment_analysis.cc).
bool IsStalled(const ConnectionRecord& record, int64_t now_ns, int64_t stall_ns);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_STALL_H_
