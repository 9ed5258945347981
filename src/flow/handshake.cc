// SPDX-License-Identifier: Apache-2.0
#include "src/flow/handshake.h"

#include <algorithm>
#include <limits>

#include "src/flow/connection_summary.h"
#include "src/flow/segment_kind.h"
#include "src/flow/sequence.h"

namespace tcpgauge {
namespace {

int32_t ToUnits(int64_t duration_ns) {
  const int64_t units = std::max<int64_t>(duration_ns, 0) / ConnectionDetails::kNanosecondsPerUnit;
  return static_cast<int32_t>(std::min<int64_t>(units, std::numeric_limits<int32_t>::max()));
}

// Whether the segment acknowledges the SYN of `end`.
bool AcknowledgesSyn(const EndRecord& end, const DecodedPacket& segment) {
  return SequenceLess(end.initial_sequence, segment.acknowledgment_number);
}

}  // namespace

HandshakeRtt HandshakeRttOf(const ConnectionRecord& record, const ConnectionDetails& details) {
  HandshakeRtt rtt = {ConnectionSummary::kUnknown, ConnectionSummary::kUnknown, ConnectionSummary::kUnknown};
  if (details.syn_ack_time == ConnectionDetails::kUnknown) return rtt;
  // A difference is negative when segments were captured out of order.
  const auto nanoseconds = [](int64_t units) {
    return std::max<int64_t>(units, 0) * ConnectionDetails::kNanosecondsPerUnit;
  };
  const bool syn_known = details.syn_time != ConnectionDetails::kUnknown;
  const bool done = record.has(ConnectionRecord::kHandshakeDone);
  const int64_t syn_to_syn_ack = int64_t{details.syn_ack_time} - details.syn_time;
  if (syn_known) rtt.server_ns = nanoseconds(done ? -syn_to_syn_ack : syn_to_syn_ack);
  if (done) rtt.client_ns = nanoseconds(details.syn_ack_time);
  if (syn_known && done) rtt.whole_ns = nanoseconds(details.syn_time);
  return rtt;
}

HandshakeStep NoteHandshake(const DecodedPacket& segment, End sender, int64_t time_ns, ConnectionState before,
                            ConnectionRecord* record, ConnectionDetails* details) {
  const EndRecord& client = record->client();
  const EndRecord& server = record->server();
  const int32_t now = ToUnits(time_ns - details->start_time_ns());
  if (sender != record->client_end()) {
    const bool answers_syn = !client.has(EndRecord::kSynSeen) || AcknowledgesSyn(client, segment);
    if (!IsSynAck(segment) || !answers_syn) return HandshakeStep::kNone;
    details->syn_ack_time = now;
    return HandshakeStep::kSynAck;
  }
  if (IsSyn(segment)) {
    details->syn_time = now;
    return HandshakeStep::kSyn;
  }
  const bool answers_syn_ack = (segment.tcp_flags & (kTcpSyn | kTcpAck)) == kTcpAck &&
                               server.has(EndRecord::kSynSeen) && AcknowledgesSyn(server, segment);
  if (before != ConnectionState::kSynReceived || record->state == ConnectionState::kReset || !answers_syn_ack) {
    return HandshakeStep::kNone;
  }
  for (int32_t* time : {&details->syn_time, &details->syn_ack_time}) {
    if (*time != ConnectionDetails::kUnknown) *time = now - *time;
  }
  record->set(ConnectionRecord::kHandshakeDone);
  return HandshakeStep::kAck;
}

}  // namespace tcpgauge
