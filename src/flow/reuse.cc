// SPDX-License-Identifier: Apache-2.0
#include "src/flow/reuse.h"

#include <algorithm>

#include "src/base/time_units.h"
#include "src/flow/segment_kind.h"

namespace tcpgauge {
namespace {

bool IsSameSyn(const EndRecord& end, const DecodedPacket& segment) {
  return end.has(EndRecord::kSynSeen) && end.initial_sequence == segment.sequence_number;
}

}  // namespace

bool BeginsNewConnection(const ConnectionRecord& record, const DecodedPacket& segment, End sender) {
  const EndRecord& end = record.end(sender);
  if (IsSameSyn(end, segment)) return false;
  if (IsSyn(segment)) {
    switch (record.state) {
      case ConnectionState::kSynSent:
        return end.has(EndRecord::kSynSeen);  // if unset, this is a simultaneous open
      case ConnectionState::kSynReceived:
        return false;
      case ConnectionState::kEstablished:
        return !record.has(ConnectionRecord::kConfirmed);
      case ConnectionState::kClosing:
      case ConnectionState::kClosed:
      case ConnectionState::kReset:
        return true;
    }
  }
  // This SYN-ACK may answer a SYN that was not captured.
  return IsSynAck(segment) && (record.state == ConnectionState::kClosed || record.state == ConnectionState::kReset) &&
         record.has(ConnectionRecord::kRoleObserved);
}

bool MayBeginNewConnection(const ConnectionRecord& record, const DecodedPacket& segment, End sender) {
  const EndRecord& end = record.end(sender);
  const bool handshake_over = record.state == ConnectionState::kEstablished ||
                              (record.state == ConnectionState::kSynReceived && end.has(EndRecord::kSynSeen));
  return IsSyn(segment) && !IsSameSyn(end, segment) && handshake_over;
}

void KeepCandidate(const DecodedPacket& syn, int64_t time_ns, EndRecord* end) {
  end->set(EndRecord::kRttPending);
  end->set(EndRecord::kCandidateSyn);
  end->clear(EndRecord::kRttTimestamp);
  end->rtt_sequence = syn.sequence_number + 1;
  end->rtt_time_us = EndRecord::RttTime(time_ns);
}

bool AnswersCandidate(const ConnectionRecord& record, const DecodedPacket& segment, End sender) {
  const EndRecord& other = record.end(OtherEnd(sender));
  return IsSynAck(segment) && other.has(EndRecord::kCandidateSyn) &&
         segment.acknowledgment_number == other.rtt_sequence;
}

int64_t CandidateTime(const EndRecord& end, int64_t now_ns) {
  const uint32_t elapsed_us = EndRecord::RttTime(now_ns) - end.rtt_time_us;
  // The difference is negative when the answer was captured before the SYN.
  return now_ns - std::max<int64_t>(static_cast<int32_t>(elapsed_us), 0) * kNanosecondsPerMicrosecond;
}

void TakeCandidate(const EndRecord& candidate, EndRecord* end) {
  end->set(EndRecord::kSeen);
  end->set(EndRecord::kSynSeen);
  end->initial_sequence = candidate.rtt_sequence - 1;
  end->next_sequence = end->rtt_sequence = candidate.rtt_sequence;
}

}  // namespace tcpgauge
