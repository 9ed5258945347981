// SPDX-License-Identifier: Apache-2.0
// The part of ConnectionTable that changes a connection by a packet: what the packet carried, state, handshake, loss
// and confirmation.
#include <algorithm>

#include "absl/base/attributes.h"
#include "src/flow/connection_table.h"
#include "src/flow/exchange.h"
#include "src/flow/handshake.h"
#include "src/flow/probe.h"
#include "src/flow/reset_check.h"
#include "src/flow/reuse.h"
#include "src/flow/rtt_minimum.h"
#include "src/flow/segment_analysis.h"
#include "src/flow/segment_kind.h"
#include "src/flow/state_facts.h"
#include "src/flow/tcp_state.h"
#include "src/flow/window.h"

namespace tcpgauge {
namespace {

constexpr uint32_t kEdgesToldPerCall = 256;

// The most payload of a segment whose edge may be told later: all segments that EndRecord::untold_segments counts have
// less than 2^24 bytes then. A segment may have more: a file can claim any length for a datagram that gives none.
constexpr uint32_t kMaxUntoldBytes = 65535;
static_assert(EndRecord::kMaxUntoldSegments * kMaxUntoldBytes <= PayloadMarks::OfEnd::kToldMask, "");

// Whether the packet has a whole TCP header.
bool IsBelievable(const DecodedPacket& packet) {
  return packet.kind == DecodedPacket::Kind::kTcpSegment && packet.error == DecodeError::kNone;
}

// How many segments with payload the packet is. A following fragment is none.
uint32_t PayloadSegments(const DecodedPacket& packet) {
  return packet.payload_length_bytes > 0 && packet.kind == DecodedPacket::Kind::kTcpSegment ? 1 : 0;
}

}  // namespace

void ConnectionTable::NoteRepeatedSyn(uint32_t slot, const Arrival& arrival) {
  ConnectionRecord& record = records_[slot];
  const EndRecord& end = record.end(arrival.sender);
  if (!IsSyn(*arrival.packet) || !IsSameSyn(end, *arrival.packet)) return;
  if (arrival.sender == record.client_end()) CreditSynRetransmission(slot);
  if (record.state != ConnectionState::kSynSent) return;
  // The time of the SYN before saturates, so after 214 s of an attempt the gap is at least the true one.
  const ConnectionDetails& details = details_[slot];
  const int64_t last_syn_ns = details.start_time_ns() + details.syn_time * ConnectionDetails::kNanosecondsPerUnit;
  const int64_t next_gap_ns = 2 * (arrival.time_ns - last_syn_ns) + kNanosecondsPerSecond / 2;
  TimeoutClass due = TimeoutClass::kHandshake;
  if (next_gap_ns > kHandshakeTimeoutNs) due = TimeoutClass::kBackedOffHandshake;
  if (next_gap_ns > kBackedOffHandshakeTimeoutNs) due = TimeoutClass::kLongestHandshake;
  record.handshake_class = std::max<TimeoutClass>(record.handshake_class, due);
  timeouts_.Update(slot);
  if (names_.finder().is_on() && record.has(ConnectionRecord::kConfirmed) && !record.is_edge_pending) {
    // The client has a socket now, see BegunOfSocket().
    ledger_.BindAgain(record.key, record.client_end(), BegunOf(slot), now_ns_, &record.edge, &record.bound);
  }
}

void ConnectionTable::CreditSynRetransmission(uint32_t slot) {
  ConnectionRecord& record = records_[slot];
  if (!record.has(ConnectionRecord::kConfirmed)) return;
  ledger_.CreditSynRetransmission(now_ns_, &record);
  if (!record.is_edge_pending) return;
  const PendingEdge& pending = record.pending_edge;
  const bool is_alone = pending.provisional_views == 0 && pending.syn_retransmissions >= kRepetitionsAlone;
  if (pending.syn_retransmissions == PendingEdge::kMaxSynRetransmissions ||
      (is_alone && !repeated_attempts_.Add({slot, record.client().initial_sequence}, now_ns_))) {
    OpenEdge(slot);
  }
}

// Inline, because a call for each packet took 4 % of the work of the table.
ABSL_ATTRIBUTE_ALWAYS_INLINE inline void ConnectionTable::CreditSegment(uint32_t slot, const Arrival& arrival) {
  const DecodedPacket& packet = *arrival.packet;
  ConnectionRecord& record = records_[slot];
  EndRecord& end = record.end(arrival.sender);
  const LossCounts before = LossCounts::Of(end);
  const SentBefore sent_before = SentBefore::Of(end);

  InterfacePins::Note(arrival.pin, arrival.sender, arrival.time_ns, &record);
  if (record.is_edge_pending && (arrival.sender != record.client_end() || packet.payload_length_bytes > 0)) {
    OpenEdge(slot);
  }
  if (windows_ != nullptr) windows_->Advance(record, arrival.time_ns, &measures_[slot].marks);
  record.last_packet_time_ns = std::max(record.last_packet_time_ns, arrival.time_ns);
  ++end.packets;
  end.header_bytes += packet.ip_length_bytes - packet.payload_length_bytes;
  if (packet.payload_length_bytes > 0) {
    end.payload_bytes += packet.payload_length_bytes;
    if (windows_ != nullptr) windows_->Add(slot, arrival.sender, packet.payload_length_bytes, arrival.time_ns);
  }
  const bool is_believable = IsBelievable(packet);
  if (is_believable) FollowSegment(slot, arrival);
  if (record.has(ConnectionRecord::kConfirmed)) {
    const bool from_client = arrival.sender == record.client_end();
    CountSent(slot, arrival.sender, packet.payload_length_bytes, PayloadSegments(packet), LossCounts::Of(end) - before);
    if (is_believable && MayBelongToExchange(packet, from_client, record)) {
      const int64_t response_ns =
          FollowExchange(packet, arrival.sender, arrival.time_ns, sent_before, &record, &measures_[slot].latency);
      if (response_ns != kNoResponse) ledger_.CreditResponse(response_ns, record);
    }
  } else {
    // A retransmission does not tell that a doubtful connection goes on.
    const bool is_repeated = end.retransmitted_segments != before.retransmitted_segments;
    const bool tells = PayloadSegments(packet) > 0 && !(is_repeated && record.has(ConnectionRecord::kDoubtful));
    if (tells && end.untold_segments < EndRecord::kMaxUntoldSegments) ++end.untold_segments;
    ConfirmIfDue(slot);
  }
}

ABSL_ATTRIBUTE_ALWAYS_INLINE inline void ConnectionTable::CountSent(uint32_t slot, End sender, uint32_t payload_bytes,
                                                                    uint32_t segments, const LossCounts& losses) {
  if (payload_bytes == 0 && losses.IsZero()) return;
  ConnectionRecord& record = records_[slot];
  EndRecord& end = record.end(sender);
  ledger_.Count(sender == record.client_end(), payload_bytes, segments, losses);
  if (ledger_.edges() == nullptr) return;
  if (segments > 0 && end.untold_segments++ == 0) untold_.Add(slot);
  // PayloadMarks::told has room for so much.
  const bool is_full = end.untold_segments == EndRecord::kMaxUntoldSegments || payload_bytes > kMaxUntoldBytes;
  const bool is_fragment = segments == 0 && payload_bytes > 0;
  if (is_full || is_fragment || !losses.IsZero()) TellAtOnce(slot, sender, payload_bytes, losses);
}

void ConnectionTable::TellAtOnce(uint32_t slot, End sender, uint32_t payload_bytes, const LossCounts& losses) {
  EdgeTraffic traffic;
  traffic.retransmitted_segments = losses.retransmitted_segments;
  traffic.out_of_order_segments = losses.out_of_order_segments;
  if (payload_bytes > kMaxUntoldBytes) {
    const ConnectionRecord& record = records_[slot];
    const PayloadMarks::OfEnd& mark = measures_[slot].marks.ends[static_cast<size_t>(sender)];
    const uint64_t before = record.end(sender).payload_bytes - payload_bytes;
    const uint64_t untold = mark.Untold(before) + payload_bytes;
    (sender == record.client_end() ? traffic.client_payload_bytes : traffic.server_payload_bytes) =
        untold & ~PayloadMarks::OfEnd::kToldMask;
  }
  TellEdge(slot, traffic);
}

void ConnectionTable::TellEdge(uint32_t slot, EdgeTraffic traffic) {
  ConnectionRecord& record = records_[slot];
  for (const End sender : {End::kA, End::kB}) {
    EndRecord& end = record.end(sender);
    PayloadMarks::OfEnd& mark = measures_[slot].marks.ends[static_cast<size_t>(sender)];
    (sender == record.client_end() ? traffic.client_payload_bytes : traffic.server_payload_bytes) +=
        mark.Untold(end.payload_bytes);
    traffic.segments += end.untold_segments;
    mark.Tell(end.payload_bytes);
    end.untold_segments = 0;
  }
  untold_.Remove(slot);
  if (traffic.IsZero()) return;
  const EdgeTable::Slot edge_before = record.edge;
  ledger_.TellEdge(traffic, now_ns_, &record);
  if (record.edge != edge_before && record.is_key_of_views) NoteService(slot);
}

void ConnectionTable::CreditAll(uint32_t slot) {
  ConnectionRecord& record = records_[slot];
  ledger_.CreditAll(now_ns_, &record);
  for (const End sender : {End::kA, End::kB}) {
    EndRecord& end = record.end(sender);
    measures_[slot].marks.ends[static_cast<size_t>(sender)].Tell(end.payload_bytes);
    end.untold_segments = 0;
  }
}

bool ConnectionTable::TellSomeEdges() {
  for (uint32_t told = 0; told < kEdgesToldPerCall; ++told) {
    next_to_tell_ = untold_.Next(next_to_tell_, record_limit_);
    if (next_to_tell_ == record_limit_) {
      next_to_tell_ = 0;
      return true;
    }
    TellEdge(next_to_tell_);
  }
  return false;
}

void ConnectionTable::TellAllEdges() {
  next_to_tell_ = 0;
  while (!TellSomeEdges()) {
  }
}

void ConnectionTable::Credit(uint32_t slot, const Arrival& arrival) {
  const ConnectionRecord& record = records_[slot];
  const EndRecord& end = record.end(arrival.sender);
  const EndRecord& other = record.end(OtherEnd(arrival.sender));
  if ((MayBeProbe(*arrival.packet, other) || end.window == 0) && IsBelievable(*arrival.packet)) {
    CreditPossibleProbe(slot, arrival);
  } else {
    CreditSegment(slot, arrival);
  }
}

void ConnectionTable::CreditPossibleProbe(uint32_t slot, const Arrival& arrival) {
  const DecodedPacket& packet = *arrival.packet;
  const EndRecord& end = records_[slot].end(arrival.sender);
  const EndRecord& other = records_[slot].end(OtherEnd(arrival.sender));
  if (AcceptsWindowProbe(packet, end, other)) CreditAcceptedProbe(slot, OtherEnd(arrival.sender));
  const Probe probe = ProbeOf(packet, end, other);
  if (probe == Probe::kNone) {
    CreditSegment(slot, arrival);
    return;
  }
  ledger_.CreditProbe(probe);
  // The probe changes what a segment without payload changes.
  DecodedPacket without_payload = packet;
  without_payload.payload_length_bytes = 0;
  Arrival probe_arrival = arrival;
  probe_arrival.packet = &without_payload;
  CreditSegment(slot, probe_arrival);
}

void ConnectionTable::CreditAcceptedProbe(uint32_t slot, End sender) {
  ConnectionRecord& record = records_[slot];
  EndRecord& end = record.end(sender);
  ++end.next_sequence;
  ++end.payload_bytes;
  --end.header_bytes;  // the probe's IP datagram was credited without payload
  if (windows_ != nullptr) windows_->Add(slot, sender, 1, now_ns_);
  if (record.has(ConnectionRecord::kConfirmed)) {
    CountSent(slot, sender, /*payload_bytes=*/1, /*segments=*/1, LossCounts());
  } else if (end.untold_segments < EndRecord::kMaxUntoldSegments) {
    ++end.untold_segments;
  }
}

// Not inline, because most packets end no sample.
ABSL_ATTRIBUTE_NOINLINE void ConnectionTable::NoteRtt(uint32_t slot, const Arrival& arrival, const RttSample& sample) {
  RttMinimum& minimum = measures_[slot].latency.rtt_minima[static_cast<size_t>(OtherEnd(arrival.sender))];
  if (sample.may_be_delayed) {
    minimum.AddMaybeDelayed(sample.duration_us, arrival.time_ns);
  } else {
    minimum.Add(sample.duration_us, arrival.time_ns);
  }
}

void ConnectionTable::FollowSegment(uint32_t slot, const Arrival& arrival) {
  const DecodedPacket& packet = *arrival.packet;
  ConnectionRecord& record = records_[slot];
  EndRecord& end = record.end(arrival.sender);
  if (record.state == ConnectionState::kEstablished && (packet.tcp_flags & (kTcpSyn | kTcpFin | kTcpRst)) == 0) {
    const RttSample sample = AnalyzeSegment(packet, arrival.sender, arrival.time_ns, &record, &gaps_);
    if (sample.duration_us != RttSample::kNone) NoteRtt(slot, arrival, sample);
    return;
  }

  if (MayBeginNewConnection(record, packet, arrival.sender)) {
    if (IsSameCandidate(end, packet) && arrival.sender == record.client_end()) CreditSynRetransmission(slot);
    KeepCandidate(packet, arrival.time_ns, &end);
    return;
  }
  const bool is_over = record.state == ConnectionState::kClosed || record.state == ConnectionState::kReset;
  if ((packet.tcp_flags & kTcpRst) && !is_over && !IsAcceptableReset(record, packet, arrival.sender)) {
    ledger_.CreditIgnoredReset();
    return;
  }
  if (packet.tcp_flags & kTcpSyn) NoteRepeatedSyn(slot, arrival);
  if ((packet.tcp_flags & kTcpSyn) && !end.has(EndRecord::kSynSeen)) {
    end.set(EndRecord::kSynSeen);
    end.initial_sequence = packet.sequence_number;
    end.window_scale = packet.window_scale & 0xf;
  }
  if (packet.tcp_flags & kTcpFin) end.set(EndRecord::kFinSeen);
  const uint32_t sent_before = end.next_sequence;
  const uint32_t acknowledged_before = end.last_acknowledgment;
  const RttSample sample = AnalyzeSegment(packet, arrival.sender, arrival.time_ns, &record, &gaps_);
  if (sample.duration_us != RttSample::kNone) NoteRtt(slot, arrival, sample);
  if ((packet.tcp_flags & (kTcpSyn | kTcpRst)) == kTcpSyn)
    end.window = WindowOfSyn(packet.window, end, record.end(OtherEnd(arrival.sender)));
  if (end.next_sequence != sent_before || end.last_acknowledgment != acknowledged_before) end.set(EndRecord::kWentOn);

  if (IsSynAck(packet) && !record.has(ConnectionRecord::kConfirmed)) {
    record.set(ConnectionRecord::kRoleObserved);
    SetClient(slot, OtherEnd(arrival.sender));
    servers_.Learn(arrival.key.endpoint(arrival.key_sender));
  }
  SegmentFacts facts = FactsOf(packet);
  facts.from_client = arrival.sender == record.client_end();
  const bool may_close = record.state == ConnectionState::kClosing || record.state == ConnectionState::kReset;
  facts.both_fins_acknowledged = may_close && BothFinsAcknowledged(record);
  facts.after_refusal = record.has(ConnectionRecord::kRefused);
  const EndRecord& other = record.end(OtherEnd(arrival.sender));
  facts.fin_seen = end.has(EndRecord::kFinSeen) || other.has(EndRecord::kFinSeen);
  facts.both_went_on = end.has(EndRecord::kWentOn) && other.has(EndRecord::kWentOn);
  const ConnectionState before = record.state;
  if (facts.rst && before == ConnectionState::kSynSent && !facts.from_client) record.set(ConnectionRecord::kRefused);
  SetState(slot, NextState(before, facts));
  if (facts.fin) timeouts_.Update(slot);  // the second FIN changes the time-out and not the state
  if (record.state != ConnectionState::kReset) {
    record.clear(ConnectionRecord::kRefused);
  } else if (before != ConnectionState::kReset) {
    for (EndRecord& each : record.ends) each.clear(EndRecord::kWentOn);
  }
  const auto is_handshake = [](ConnectionState state) {
    return state == ConnectionState::kSynSent || state == ConnectionState::kSynReceived;
  };
  if (is_handshake(before) || is_handshake(record.state)) {
    FollowHandshake(slot, arrival, before);
  }
}

void ConnectionTable::FollowHandshake(uint32_t slot, const Arrival& arrival, ConnectionState before) {
  ConnectionRecord& record = records_[slot];
  ConnectionDetails& details = details_[slot];
  switch (NoteHandshake(*arrival.packet, arrival.sender, arrival.time_ns, before, &record, &details)) {
    case HandshakeStep::kNone:
    case HandshakeStep::kSyn:
      break;
    case HandshakeStep::kSynAck:
      servers_.Learn(arrival.key.endpoint(arrival.key_sender));
      break;
    case HandshakeStep::kAck: {
      const int64_t rtt_ns = HandshakeRttOf(record, details).whole_ns;
      if (rtt_ns == ConnectionSummary::kUnknown) break;
      ledger_.CreditHandshake(rtt_ns, &record);
      NoteService(slot);
      break;
    }
  }
}

void ConnectionTable::ConfirmIfDue(uint32_t slot) {
  const ConnectionRecord& record = records_[slot];
  const EndRecord& a = record.ends[0];
  const EndRecord& b = record.ends[1];
  const bool both_directions = record.has(ConnectionRecord::kDoubtful) ? a.untold_segments > 0 && b.untold_segments > 0
                                                                       : a.packets > 0 && b.packets > 0;
  if (both_directions || a.untold_segments >= kMidstreamPayloadSegments ||
      b.untold_segments >= kMidstreamPayloadSegments) {
    Confirm(slot, InterfacePins::InterfaceOf(record));
  }
}

void ConnectionTable::Confirm(uint32_t slot, size_t interface) {
  ConnectionRecord& record = records_[slot];
  SettleAddresses(slot);
  if (!record.has(ConnectionRecord::kRoleObserved)) {
    // The table may have learned a server since the connection began.
    const bool b = IsClientB(record.key.endpoint(End::kA), record.key.endpoint(End::kB), servers_);
    SetClient(slot, b ? End::kB : End::kA);
  }
  record.set(ConnectionRecord::kConfirmed);
  const bool is_midstream = record.has(ConnectionRecord::kMidstream);
  ledger_.Open(is_midstream);
  ledger_.Enter(record.state);
  record.is_edge_pending = true;
  if (is_midstream || !DefersEdges()) OpenEdge(slot, interface);
  CreditAll(slot);
  NoteService(slot);
  timeouts_.Update(slot);
}

void ConnectionTable::SetClient(uint32_t slot, End end) {
  ConnectionRecord& record = records_[slot];
  if (end == End::kB) {
    record.set(ConnectionRecord::kClientIsB);
  } else {
    record.clear(ConnectionRecord::kClientIsB);
  }
}

void ConnectionTable::SetState(uint32_t slot, ConnectionState state) {
  ConnectionRecord& record = records_[slot];
  if (state == record.state) return;
  if (record.has(ConnectionRecord::kConfirmed)) {
    ledger_.Leave(record.state);
    ledger_.Enter(state);
    if (IsOpen(record.state) && !IsOpen(state)) {
      if (record.is_edge_pending) OpenEdge(slot);
      ledger_.CloseEdge(record.key, record.client_end(), record.edge, record.bound);
    } else if (!IsOpen(record.state) && IsOpen(state)) {
      ledger_.ReopenEdge(record.key, record.client_end(), record.edge, record.bound);
    }
  }
  record.state = state;
  timeouts_.Update(slot);
}

}  // namespace tcpgauge
