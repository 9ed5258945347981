// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_FLOW_REUSE_H_
#define TCPGAUGE_SRC_FLOW_REUSE_H_

#include <cstdint>

#include "src/decode/decoded_packet.h"
#include "src/flow/connection_record.h"

namespace tcpgauge {

// Functions that decide when a segment begins a new connection on the 4-tuple of an old one (RFC 9293 section 3.6.1).
//
// A candidate is a SYN that begins a new connection only once the other end answers it with a SYN-ACK. A repetition is
// a SYN that has the sequence number of its sender's earlier SYN or SYN-ACK. A repetition begins nothing, except where
// "Closed or reset" below says otherwise. The effect of any other SYN depends on the state of the old connection:
// - In SYN-SENT: the SYN begins a new connection at once if the old connection's SYN came from the same end. A SYN of
//   the other end is a simultaneous open, and belongs to the old connection.
// - In SYN-RECEIVED: the SYN becomes a candidate if its sender already sent a SYN or SYN-ACK. Otherwise it belongs to
//   the old connection.
// - Established: the SYN becomes a candidate. But if the old connection is unconfirmed, the SYN begins a new connection
//   at once.
// - Closing: the SYN becomes a candidate. But if no packet of the other end was captured, the SYN begins a new
//   connection at once, because its answer would not be seen either.
// - Closed or reset: the SYN begins a new connection at once. Even a repetition does, because replays and simple
//   systems use a sequence number again. Two exceptions begin nothing: a repetition of a refused SYN, and a copy of
//   the SYN from another interface, which InterfacePins counts as a duplicate. Interfaces are read in turn. So a whole
//   short connection may be read on one interface before the copy of its SYN is read on another. The caller checks the
//   second exception, and these functions the first.
//
// A SYN-ACK that has a new sequence number, and answers no candidate, may answer a SYN that was not captured. It begins
// a new connection at once if the old client is known from a handshake and the old connection is over. It is over when
// it is closed or reset, or when it is closing and no packet of the SYN-ACK's receiver was captured. Exception: a
// SYN-ACK that answers a refused SYN belongs to the old connection, because the refusal was forged.
//
// Design. Why candidates: anybody can send a SYN with a forged address, so a SYN alone must not end an established or
// closing connection. A candidate does not change the sequence numbers of the old connection. The candidate is stored
// in its sender's EndRecord, in place of the RTT sample. So an end has at most one candidate, and a newer candidate
// replaces an older one.
//
// Thread: any; the functions use only their arguments.
// Time: table time (see ConnectionTable), in nanoseconds.

// Whether `segment`, a SYN or a SYN-ACK, has the sequence number of an earlier SYN or SYN-ACK of its sender. `end` is
// the sender's end of the old connection.
bool IsSameSyn(const EndRecord& end, const DecodedPacket& segment);

// Whether `segment` begins a new connection at once, because it cannot belong to the old one. `record` is the old
// connection, and `sender` the end that sent the segment.
bool BeginsNewConnection(const ConnectionRecord& record, const DecodedPacket& segment, End sender);

// Whether `segment` is a SYN that begins a new connection only if the other end answers it. The caller must then call
// KeepCandidate() and not pass the SYN to AnalyzeSegment(). REQUIRES: !BeginsNewConnection(record, segment, sender).
bool MayBeginNewConnection(const ConnectionRecord& record, const DecodedPacket& segment, End sender);
// Whether `syn` has the sequence number of the candidate that is stored in `end`.
bool IsSameCandidate(const EndRecord& end, const DecodedPacket& syn);
// Stores `syn`, which came at `time_ns`, as the candidate of its sender `*end`. It replaces the RTT sample or the time
// of a repetition that is stored there (see EndRecord::Timing).
void KeepCandidate(const DecodedPacket& syn, int64_t time_ns, EndRecord* end);
// Whether `segment`, sent by `sender`, is a SYN-ACK that answers the candidate of the other end.
bool AnswersCandidate(const ConnectionRecord& record, const DecodedPacket& segment, End sender);
// Returns when the candidate that is stored in `end` came. The resolution is 1 µs, and the result is at most `now_ns`.
// The result is exact for a candidate that came up to 35 minutes (2^31 µs) before `now_ns`. For an older candidate, the
// result is later than the true time, because EndRecord keeps the time modulo 2^32 µs. REQUIRES: a candidate is stored
// in `end`.
int64_t CandidateTime(const EndRecord& end, int64_t now_ns);
// Initialises the sequence numbers of `*end`, the client's end of the new connection, as after its SYN. `candidate` is
// the same end of the old connection. The packet of the SYN stays counted in the old connection. REQUIRES: `*end` is
// zeroed, and a candidate is stored in `candidate`.
void TakeCandidate(const EndRecord& candidate, EndRecord* end);

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_FLOW_REUSE_H_
