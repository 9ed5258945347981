// SPDX-License-Identifier: Apache-2.0
#include "src/flow/reset_check.h"

#include <algorithm>

#include "src/flow/sequence.h"
#include "src/flow/window.h"

namespace tcpgauge {
namespace {

constexpr uint32_t kLargestWindowBytes = 1u << 30;  // RFC 7323 section 2.3

bool AcknowledgesSyn(const EndRecord& end, const DecodedPacket& segment) {
  return (segment.tcp_flags & kTcpAck) != 0 && SequenceLess(end.initial_sequence, segment.acknowledgment_number) &&
         SequenceLessOrEqual(segment.acknowledgment_number, end.next_sequence);
}

// Whether `number` comes at or after `begin` and not after `end`, counting up from `begin`.
bool IsBetween(uint32_t begin, uint32_t number, uint32_t end) { return number - begin <= end - begin; }

}  // namespace

bool IsAcceptableReset(const ConnectionRecord& record, const DecodedPacket& reset, End sender) {
  const EndRecord& end = record.end(sender);
  const EndRecord& receiver = record.end(OtherEnd(sender));
  const uint32_t number = reset.sequence_number;
  const bool is_among_sent = end.has(EndRecord::kSynSeen) && IsBetween(end.initial_sequence, number, end.next_sequence);
  // In SYN-SENT, what the server acknowledges belongs to an old connection (RFC 9293 figure 9). So does a RST that
  // answers it.
  if (record.state == ConnectionState::kSynSent && sender == record.client_end()) return is_among_sent;
  if (!receiver.has(EndRecord::kAckSeen)) {
    if (receiver.has(EndRecord::kSynSeen)) return is_among_sent || AcknowledgesSyn(receiver, reset);
    if (!end.has(EndRecord::kSeen)) return true;
    return IsBetween(end.next_sequence - kLargestWindowBytes, number, end.next_sequence + kLargestWindowBytes - 1);
  }
  const uint32_t acknowledged = receiver.last_acknowledgment;
  const uint32_t window_bytes = WindowBytes(receiver, end);
  if (number - acknowledged < std::max(window_bytes, 1u)) return true;
  if (!end.has(EndRecord::kSeen)) return false;
  // Some systems send the number of their FIN, which the receiver has acknowledged.
  if (end.has(EndRecord::kFinSeen) && number + 1 == acknowledged) return true;
  return SequenceLess(acknowledged, end.next_sequence) && IsBetween(acknowledged, number, end.next_sequence);
}

}  // namespace tcpgauge
