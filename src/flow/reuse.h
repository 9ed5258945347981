// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_REUSE_H_
#define TCPGAUGE_SRC_FLOW_REUSE_H_

#include <cstdint>

#include "src/decode/decoded_packet.h"
#include "src/flow/connection_record.h"

namespace tcpgauge {

// When the 4-tuple of a connection is used by another one (RFC 9293 section 3.6.1). Times are the table's.
//
// Design. Anybody can send a SYN with a forged address, so a SYN alone must not end an established connection. A SYN
// with other numbers is kept as a candidate, and its numbers do not enter the connection. The new connection begins
// when the other end answers the candidate. A connection that is unanswered, closing, closed or reset gives way at
// once.

// Whether the segment begins another connection at once: the old one cannot be meant by it.
bool BeginsAnother(const ConnectionRecord& record, const DecodedPacket& segment, End sender);

// Whether the SYN, which does not begin another at once, may do so, or be forged: then its numbers must not enter the
// connection, and what there is to know of it is kept as a candidate until the other end answers.
bool MayBeginAnother(const ConnectionRecord& record, const DecodedPacket& segment, End sender);
// In the place of the RTT sample under way.
void KeepCandidate(const DecodedPacket& syn, int64_t time_ns, EndRecord* end);
// Whether the segment is the answer to the candidate that the other end sent.
bool AnswersCandidate(const ConnectionRecord& record, const DecodedPacket& segment, End sender);
// When the candidate that `end` keeps came, seen at `now_ns` and no later than that: within 35 minutes.
int64_t CandidateTime(const EndRecord& end, int64_t now_ns);
// Makes the client's end of the new connection what it is after its SYN, the candidate of the old one.
void TakeCandidate(const EndRecord& candidate, EndRecord* end);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_REUSE_H_
