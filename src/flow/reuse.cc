// SPDX-License-Identifier: Apache-2.0
#include "src/flow/reuse.h"

#include <algorithm>

#include "src/base/time_units.h"
#include "src/flow/segment_kind.h"

namespace tcpgauge {
namespace {

// Whether the segment answers a SYN that was refused before: the refusal was forged.
bool AnswersRefusedSyn(const ConnectionRecord& record, const DecodedPacket& segment, End sender) {
  const EndRecord& client = record.client();
  return record.has(ConnectionRecord::kRefused) && sender != record.client_end() && client.has(EndRecord::kSynSeen) &&
         segment.acknowledgment_number == client.initial_sequence + 1;
}

}  // namespace

bool IsSameSyn(const EndRecord& end, const DecodedPacket& segment) {
  return end.has(EndRecord::kSynSeen) && end.initial_sequence == segment.sequence_number;
}

bool BeginsNewConnection(const ConnectionRecord& record, const DecodedPacket& segment, End sender) {
  const EndRecord& end = record.end(sender);
  const bool is_same = IsSameSyn(end, segment);
  const bool is_one_way = record.end(OtherEnd(sender)).packets == 0;
  if (IsSyn(segment)) {
    switch (record.state) {
      case ConnectionState::kSynSent:
        return !is_same && end.has(EndRecord::kSynSeen);  // if unset, this is a simultaneous open
      case ConnectionState::kSynReceived:
        return false;
      case ConnectionState::kEstablished:
        return !is_same && !record.has(ConnectionRecord::kConfirmed);
      case ConnectionState::kClosing:
        return !is_same && is_one_way;
      case ConnectionState::kClosed:
        return true;
      case ConnectionState::kReset:
        return !is_same || !record.has(ConnectionRecord::kRefused);  // some systems repeat a SYN that was refused
    }
  }
  // This SYN-ACK may answer a SYN that was not captured.
  const bool is_over = record.state == ConnectionState::kClosed || record.state == ConnectionState::kReset ||
                       (record.state == ConnectionState::kClosing && is_one_way);
  return IsSynAck(segment) && !is_same && is_over && record.has(ConnectionRecord::kRoleObserved) &&
         !AnswersRefusedSyn(record, segment, sender);
}

bool MayBeginNewConnection(const ConnectionRecord& record, const DecodedPacket& segment, End sender) {
  const EndRecord& end = record.end(sender);
  const bool handshake_over = record.state == ConnectionState::kEstablished ||
                              record.state == ConnectionState::kClosing ||
                              (record.state == ConnectionState::kSynReceived && end.has(EndRecord::kSynSeen));
  return IsSyn(segment) && !IsSameSyn(end, segment) && handshake_over;
}

bool IsSameCandidate(const EndRecord& end, const DecodedPacket& syn) {
  return end.timing == EndRecord::Timing::kCandidateSyn && end.rtt_sequence == syn.sequence_number + 1;
}

void KeepCandidate(const DecodedPacket& syn, int64_t time_ns, EndRecord* end) {
  end->timing = EndRecord::Timing::kCandidateSyn;
  end->rtt_sequence = syn.sequence_number + 1;
  end->rtt_time_us = EndRecord::RttTime(time_ns);
  end->rtt_timestamp = syn.window_scale;  // in place of the timestamp, which a candidate does not need
}

bool AnswersCandidate(const ConnectionRecord& record, const DecodedPacket& segment, End sender) {
  const EndRecord& other = record.end(OtherEnd(sender));
  return IsSynAck(segment) && other.timing == EndRecord::Timing::kCandidateSyn &&
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
  end->window_scale = candidate.rtt_timestamp & 0xf;
  end->next_sequence = end->rtt_sequence = candidate.rtt_sequence;
}

}  // namespace tcpgauge
