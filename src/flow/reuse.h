// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_REUSE_H_
#define TCPGAUGE_SRC_FLOW_REUSE_H_

#include <cstdint>

#include "src/decode/decoded_packet.h"
#include "src/flow/connection_record.h"

namespace tcpgauge {

// Decides when a SYN begins a new connection on the 4-tuple of an old one (RFC 9293 section 3.6.1).
//
// Design. Anybody can send a SYN with a forged address, so a SYN alone must not end an established connection. A SYN
// with another sequence number is stored as a candidate, and the connection's sequence numbers ignore it. The new
// connection begins when the other end answers the candidate. If the old connection is unanswered, closing, closed or
// reset, the new one begins at once.
//
// The candidate takes the place of its sender's RTT sample in EndRecord, so an end has one candidate at most.
//
// Time: the table's, in nanoseconds.

// Whether the segment begins a new connection at once, because it cannot belong to the old one.
bool BeginsNewConnection(const ConnectionRecord& record, const DecodedPacket& segment, End sender);

// Whether the segment is a SYN that may begin a new connection, or may be forged. Such a SYN must be kept as a
// candidate. REQUIRES: !BeginsNewConnection(record, segment, sender).
bool MayBeginNewConnection(const ConnectionRecord& record, const DecodedPacket& segment, End sender);
// Stores the SYN as the candidate of its sender. Gives up the RTT sample that is under way.
void KeepCandidate(const DecodedPacket& syn, int64_t time_ns, EndRecord* end);
// Whether the segment is a SYN-ACK that answers the candidate of the other end.
bool AnswersCandidate(const ConnectionRecord& record, const DecodedPacket& segment, End sender);
// When the candidate of `end` came, at most `now_ns`. REQUIRES: it came less than 35 minutes before `now_ns`.
int64_t CandidateTime(const EndRecord& end, int64_t now_ns);
// Initialises the client's end of the new connection as after its SYN. `candidate` is the same end of the old one.
void TakeCandidate(const EndRecord& candidate, EndRecord* end);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_REUSE_H_
