// SPDX-License-Identifier: Apache-2.0
#include "src/flow/summary_of.h"

#include <cmath>

#include "src/base/time_units.h"
#include "src/flow/handshake.h"
#include "src/flow/interface_pins.h"
#include "src/flow/packed_duration.h"

namespace tcpgauge {
namespace {

DirectionSummary SentBy(const EndRecord& end) {
  DirectionSummary sent;
  sent.packets = end.packets;
  sent.payload_bytes = end.payload_bytes;
  sent.ip_bytes = end.ip_bytes();
  sent.retransmitted_segments = end.retransmitted_segments;
  sent.out_of_order_segments = end.out_of_order_segments;
  sent.zero_windows = static_cast<uint32_t>(end.zero_windows);
  return sent;
}

// The half of the round trip from the observer to the end that acknowledged the segments of `sender`.
int64_t MinRttNs(const LatencyRecord& latency, End sender) {
  const PackedDuration least = latency.rtt_minima[static_cast<size_t>(sender)].Least();
  if (least == kNoDuration) return ConnectionSummary::kUnknown;
  return UnpackDuration(least) * kNanosecondsPerMicrosecond;
}

}  // namespace

ConnectionSummary SummaryOf(const ConnectionRecord& record, const ConnectionDetails& details,
                            const LatencyRecord& latency) {
  const End client = record.client_end();
  ConnectionSummary summary;
  summary.client = record.key.endpoint(client);
  summary.server = record.key.endpoint(OtherEnd(client));
  summary.service = summary.server;
  summary.client_sent = SentBy(record.client());
  summary.server_sent = SentBy(record.server());
  summary.encapsulation = record.key.encapsulation;
  summary.interface = InterfacePins::InterfaceOf(record);
  summary.state = record.state;
  summary.role = record.has(ConnectionRecord::kRoleObserved) ? Role::kObserved : Role::kInferred;
  summary.confirmed = record.has(ConnectionRecord::kConfirmed);
  summary.start_time_ns = details.start_time_ns();
  summary.last_packet_time_ns = record.last_packet_time_ns;
  const HandshakeRtt handshake = HandshakeRttOf(record, details);
  summary.server_rtt_ns = handshake.server_ns;
  summary.client_rtt_ns = handshake.client_ns;
  summary.handshake_rtt_ns = handshake.whole_ns;
  const uint32_t rtt_eighth_us = record.ends[0].smoothed_rtt_eighth_us + record.ends[1].smoothed_rtt_eighth_us;
  if (rtt_eighth_us > 0) summary.rtt_ns = rtt_eighth_us * kNanosecondsPerMicrosecond / 8;
  summary.server_min_rtt_ns = MinRttNs(latency, client);
  summary.client_min_rtt_ns = MinRttNs(latency, OtherEnd(client));
  if (latency.responses > 0) {
    summary.responses = latency.responses;
    summary.response_ns = std::llround(double{latency.smoothed_response_us} * kNanosecondsPerMicrosecond);
  }
  return summary;
}

ConnectionSummary SummaryOf(const Embryo& embryo) {
  ConnectionSummary summary;
  summary.client = embryo.key.endpoint(embryo.sender());
  summary.client_sent.packets = 1;
  summary.client_sent.ip_bytes = embryo.ip_length_bytes;
  summary.server = embryo.key.endpoint(OtherEnd(embryo.sender()));
  summary.service = summary.server;
  summary.encapsulation = embryo.key.encapsulation;
  summary.interface = embryo.interface;
  summary.state = ConnectionState::kSynSent;
  summary.role = Role::kObserved;
  summary.confirmed = !embryo.is_provisional;
  summary.start_time_ns = summary.last_packet_time_ns = embryo.time_ns;
  return summary;
}

}  // namespace tcpgauge
