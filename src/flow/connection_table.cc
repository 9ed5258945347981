#include "src/flow/connection_table.h"

#include <algorithm>
#include <limits>

#include "src/base/check.h"
#include "src/flow/segment_analysis.h"
#include "src/flow/sequence.h"
#include "src/flow/tcp_state.h"

namespace tcpgauge {
namespace {

constexpr int64_t kNanosecondsPerSecond = 1000000000;

// Packets from several queues may be this much out of order; what is further behind comes from a clock that was set back.
constexpr int64_t kReorderingNs = kNanosecondsPerSecond;

// An end whose counted interface was silent this long is counted on another that goes on.
constexpr uint16_t kInterfaceSilenceSixteenths = 16;
constexpr uint16_t kInterfaceReorderingSixteenths = UINT16_MAX - 16;

constexpr int kExpiryStepsPerCall = 256;
constexpr int kEvictionSteps = 64;

uint16_t ToSixteenths(int64_t time_ns) { return static_cast<uint16_t>(time_ns / (kNanosecondsPerSecond / 16)); }

uint32_t ToUnits(int64_t duration_ns) {
  const int64_t units = std::max<int64_t>(duration_ns, 0) / ConnectionDetails::kNanosecondsPerUnit;
  return static_cast<uint32_t>(std::min<int64_t>(units, ConnectionDetails::kUnknown - 1));
}

// Nanoseconds between two times of the handshake.
int64_t Between(uint32_t earlier, uint32_t later) {
  if (earlier == ConnectionDetails::kUnknown || later == ConnectionDetails::kUnknown) return ConnectionSummary::kUnknown;
  return std::max<int64_t>(int64_t{later} - earlier, 0) * ConnectionDetails::kNanosecondsPerUnit;
}

bool IsSyn(const DecodedPacket& packet) { return (packet.tcp_flags & (kTcpSyn | kTcpAck | kTcpRst)) == kTcpSyn; }
bool IsSynAck(const DecodedPacket& packet) {
  return (packet.tcp_flags & (kTcpSyn | kTcpAck | kTcpRst)) == (kTcpSyn | kTcpAck);
}

SegmentFacts FactsOf(const DecodedPacket& packet) {
  SegmentFacts facts;
  facts.syn = packet.tcp_flags & kTcpSyn;
  facts.ack = packet.tcp_flags & kTcpAck;
  facts.fin = packet.tcp_flags & kTcpFin;
  facts.rst = packet.tcp_flags & kTcpRst;
  facts.has_payload = packet.payload_length_bytes > 0;
  return facts;
}

TimeoutClass ClassOf(const ConnectionRecord& record) {
  switch (record.state) {
    case ConnectionState::kSynSent:
    case ConnectionState::kSynReceived:
      return TimeoutClass::kHandshake;
    case ConnectionState::kClosed:
    case ConnectionState::kReset:
      return TimeoutClass::kFinished;
    case ConnectionState::kEstablished:
      return record.has(ConnectionRecord::kConfirmed) ? TimeoutClass::kEstablished : TimeoutClass::kUnconfirmed;
    case ConnectionState::kClosing:
      return TimeoutClass::kClosing;
  }
  return TimeoutClass::kFinished;
}

EndReason ReasonOf(const ConnectionRecord& record) {
  switch (record.state) {
    case ConnectionState::kSynSent:
    case ConnectionState::kSynReceived:
      return EndReason::kHandshakeTimeout;
    case ConnectionState::kEstablished:
      return EndReason::kIdleTimeout;
    case ConnectionState::kClosing:
    case ConnectionState::kClosed:
      return EndReason::kFin;
    case ConnectionState::kReset:
      break;
  }
  return record.has(ConnectionRecord::kRefused) ? EndReason::kRefused : EndReason::kReset;
}

bool BothFinsAcknowledged(const ConnectionRecord& record) {
  const auto acknowledged = [](const EndRecord& fin, const EndRecord& ack) {
    return fin.has(EndRecord::kFinSeen) && ack.has(EndRecord::kAckSeen) &&
           SequenceLessOrEqual(fin.next_sequence, ack.last_acknowledgment);
  };
  return acknowledged(record.ends[0], record.ends[1]) && acknowledged(record.ends[1], record.ends[0]);
}

EndSummary SummarizeEnd(const EndRecord& end, const Endpoint& endpoint) {
  EndSummary summary;
  summary.endpoint = endpoint;
  summary.packets = end.packets;
  summary.payload_bytes = end.payload_bytes;
  summary.ip_bytes = end.ip_bytes;
  summary.retransmitted_segments = end.retransmitted_segments;
  summary.out_of_order_segments = end.out_of_order_segments;
  summary.zero_windows = end.zero_windows;
  return summary;
}

}  // namespace

ConnectionTable::ConnectionTable(const TableOptions& options, EndedConnectionSink* sink)
    : options_(options),
      sink_(sink),
      records_(options.max_connections),
      details_(options.max_connections),
      index_(&records_, options.hash_seed),
      wheels_{TimeoutWheel(kHandshakeTimeoutNs, &records_, &details_),
              TimeoutWheel(kUnconfirmedTimeoutNs, &records_, &details_),
              TimeoutWheel(options.idle_timeout_ns, &records_, &details_),
              TimeoutWheel(kClosingTimeoutNs, &records_, &details_),
              TimeoutWheel(options.remove_after_ns, &records_, &details_)},
      gaps_(std::max<uint32_t>(options.max_connections / 8, 1024)) {
  TCPGAUGE_CHECK(options.max_connections > 0 && options.max_connections <= 1u << 26 && options.worker < 64);
  if (options.keep_rates) {
    rates_ = std::make_unique<WindowedSums>(options.max_connections, 2, options.rate_tick_ns, options.rate_window_ns);
    ranking_ = std::make_unique<WindowedSums>(options.max_connections, 1, std::max<int64_t>(options.ranking_window_ns / 4, 1),
                                              options.ranking_window_ns);
  }
}

void ConnectionTable::Apply(absl::Span<const DecodedPacket> packets) {
  // The memory of the index and of the records is fetched for a whole batch before it is needed.
  std::array<Arrival, kBatch> batch;
  while (!packets.empty()) {
    const size_t count = std::min(packets.size(), kBatch);
    size_t arrivals = 0;
    for (const DecodedPacket& packet : packets.first(count)) {
      if (!Prepare(packet, &batch[arrivals])) continue;
      index_.Prefetch(batch[arrivals].hash);
      ++arrivals;
    }
    for (size_t i = 0; i < arrivals; ++i) {
      batch[i].candidate = index_.FindCandidate(batch[i].hash);
      if (batch[i].candidate == ConnectionIndex::kNotFound) continue;
      const ConnectionRecord& record = records_[batch[i].candidate];
      __builtin_prefetch(&record, 1);
      __builtin_prefetch(&record.ends[0], 1);
      __builtin_prefetch(&record.ends[1], 1);
      if (rates_ != nullptr && batch[i].packet->payload_length_bytes > 0) {
        rates_->Prefetch(batch[i].candidate);
        ranking_->Prefetch(batch[i].candidate);
      }
    }
    for (size_t i = 0; i < arrivals; ++i) {
      Take(batch[i]);
      encapsulations_.Release(batch[i].key.encapsulation);
    }
    packets.remove_prefix(count);
  }
}

bool ConnectionTable::Prepare(const DecodedPacket& packet, Arrival* arrival) {
  Endpoint source = packet.source;
  Endpoint destination = packet.destination;
  switch (packet.kind) {
    case DecodedPacket::Kind::kTcpSegment:
    case DecodedPacket::Kind::kTcpFragment:
      break;
    case DecodedPacket::Kind::kNotTcp:
    case DecodedPacket::Kind::kError:
      return false;
  }
  now_ns_ = std::max(now_ns_, packet.time_ns);
  arrival->packet = &packet;
  arrival->time_ns = now_ns_ - packet.time_ns <= kReorderingNs ? packet.time_ns : now_ns_;
  const uint32_t encapsulation = encapsulations_.Acquire(packet.encapsulation);
  if (packet.is_fragment) {
    const FragmentCache::Datagram datagram{source.address, destination.address, packet.fragment_id,
                                           packet.encapsulation};
    if (packet.kind == DecodedPacket::Kind::kTcpSegment) {
      fragments_.Insert(datagram, {source.port, destination.port}, arrival->time_ns);
    } else if (const auto ports = fragments_.Find(datagram, arrival->time_ns)) {
      source.port = ports->source;
      destination.port = ports->destination;
    } else {
      ++unmatched_fragments_;
      encapsulations_.Release(encapsulation);
      return false;
    }
  }
  arrival->key = ConnectionKey::Of(source, destination, encapsulation, &arrival->sender);
  arrival->hash = index_.HashOf(arrival->key);
  return true;
}

uint32_t ConnectionTable::FindSlot(const Arrival& arrival) const {
  // The record may have been given to another connection, or the connection begun, since the batch was prepared.
  if (arrival.candidate != ConnectionIndex::kNotFound) {
    const ConnectionRecord& record = records_[arrival.candidate];
    if (record.has(ConnectionRecord::kInUse) && record.key == arrival.key) return arrival.candidate;
  }
  return index_.Find(arrival.key, arrival.hash);
}

void ConnectionTable::Take(const Arrival& arrival) {
  const DecodedPacket& packet = *arrival.packet;
  uint32_t slot = FindSlot(arrival);
  if (slot != ConnectionIndex::kNotFound && IsOverdue(slot, arrival.time_ns)) {
    EndConnection(slot, ReasonOf(records_[slot]));
    slot = ConnectionIndex::kNotFound;
  }
  if (packet.kind == DecodedPacket::Kind::kTcpFragment) {
    if (slot == ConnectionIndex::kNotFound) {
      ++unmatched_fragments_;
    } else if (!IsDuplicate(arrival, &records_[slot])) {
      Credit(slot, arrival);
    }
    return;
  }
  if (slot != ConnectionIndex::kNotFound) {
    const EndRecord& other = records_[slot].end(OtherEnd(arrival.sender));
    if (IsSynAck(packet) && other.has(EndRecord::kCandidateSyn) &&
        packet.acknowledgment_number == other.rtt_pending_value) {
      slot = BeginFromCandidate(slot, arrival);
    } else if (BeginsAnother(slot, arrival)) {
      EndConnection(slot, ReasonOf(records_[slot]));
      slot = ConnectionIndex::kNotFound;
    }
  }
  if (slot == ConnectionIndex::kNotFound) {
    if (options_.new_only && !IsSyn(packet)) return;
    slot = Begin(arrival);
  } else if (IsDuplicate(arrival, &records_[slot])) {
    return;
  }
  Credit(slot, arrival);
}

bool ConnectionTable::IsOverdue(uint32_t slot, int64_t time_ns) const {
  const ConnectionRecord& record = records_[slot];
  return wheels_[static_cast<size_t>(record.timeout_class)].IsOver(record.last_packet_time_ns, time_ns);
}

bool ConnectionTable::BeginsAnother(uint32_t slot, const Arrival& arrival) const {
  const DecodedPacket& packet = *arrival.packet;
  const ConnectionRecord& record = records_[slot];
  const EndRecord& end = record.end(arrival.sender);
  const bool same_syn = end.has(EndRecord::kSynSeen) && end.initial_sequence == packet.sequence_number;
  if (same_syn) return false;
  if (IsSyn(packet)) {
    switch (record.state) {
      case ConnectionState::kSynSent:
        return end.has(EndRecord::kSynSeen);  // else a simultaneous open
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
  // The answer to a SYN that was not captured.
  return IsSynAck(packet) &&
         (record.state == ConnectionState::kClosed || record.state == ConnectionState::kReset) &&
         record.has(ConnectionRecord::kRoleObserved);
}

uint32_t ConnectionTable::Begin(const Arrival& arrival) {
  const DecodedPacket& packet = *arrival.packet;
  const uint32_t slot = TakeFreeSlot();
  ConnectionRecord& record = records_[slot];
  ConnectionDetails& details = details_[slot];
  record = ConnectionRecord();
  record.key = arrival.key;
  record.index_hash = arrival.hash;
  record.last_packet_time_ns = arrival.time_ns;
  record.interfaces[0] = record.interfaces[1] = ConnectionRecord::kNoInterface;
  record.set(ConnectionRecord::kInUse);
  details.start_time_ns = arrival.time_ns;
  details.syn = details.syn_ack = details.handshake_ack = ConnectionDetails::kUnknown;
  encapsulations_.AcquireAgain(arrival.key.encapsulation);
  if (rates_ != nullptr) {
    rates_->Clear(slot);
    ranking_->Clear(slot);
  }

  bool client_is_b;
  if (IsSyn(packet) || IsSynAck(packet)) {
    record.set(ConnectionRecord::kRoleObserved);
    client_is_b = (arrival.sender == End::kB) == IsSyn(packet);
    if (IsSynAck(packet)) servers_.Learn(arrival.key.endpoint(arrival.sender));
  } else {
    record.set(ConnectionRecord::kMidstream);
    client_is_b = IsClientB(arrival.key.endpoint(End::kA), arrival.key.endpoint(End::kB), servers_);
  }
  if (client_is_b) record.set(ConnectionRecord::kClientIsB);

  record.state = FirstState(FactsOf(packet));
  index_.Insert(slot, arrival.hash);
  PutInWheel(slot, ClassOf(record));
  if (record.has(ConnectionRecord::kRoleObserved)) Confirm(slot);
  return slot;
}

uint32_t ConnectionTable::BeginFromCandidate(uint32_t old_slot, const Arrival& arrival) {
  const End client = OtherEnd(arrival.sender);
  const EndRecord candidate = records_[old_slot].end(client);
  EndConnection(old_slot, ReasonOf(records_[old_slot]));
  const uint32_t slot = Begin(arrival);
  EndRecord& end = records_[slot].end(client);
  end.set(EndRecord::kSeen);
  end.set(EndRecord::kSynSeen);
  end.initial_sequence = candidate.rtt_pending_value - 1;
  end.next_sequence = candidate.rtt_pending_value;
  const uint32_t elapsed_us = static_cast<uint32_t>(arrival.time_ns / 1000) - candidate.rtt_pending_time_us;
  // Negative when the answer overtook the SYN on its way here.
  details_[slot].start_time_ns = arrival.time_ns - std::max<int64_t>(static_cast<int32_t>(elapsed_us), 0) * 1000;
  details_[slot].syn = 0;
  SetState(slot, ConnectionState::kSynSent);
  return slot;
}

bool ConnectionTable::IsDuplicate(const Arrival& arrival, ConnectionRecord* record) {
  uint16_t& counted_on = record->interfaces[static_cast<size_t>(arrival.sender)];
  const uint16_t interface = static_cast<uint16_t>(std::min<size_t>(arrival.packet->interface, kMaxInterfaces - 1));
  if (counted_on == interface || counted_on == ConnectionRecord::kNoInterface) return false;
  const uint16_t silence =
      static_cast<uint16_t>(ToSixteenths(arrival.time_ns) - record->end(arrival.sender).last_counted_sixteenth);
  // Another interface's packets may be read later: they then come from before the last counted one, modulo 2^16.
  if (silence >= kInterfaceSilenceSixteenths && silence < kInterfaceReorderingSixteenths) {
    counted_on = interface;
    return false;
  }
  ++duplicate_packets_[interface];
  return true;
}

void ConnectionTable::Credit(uint32_t slot, const Arrival& arrival) {
  const DecodedPacket& packet = *arrival.packet;
  ConnectionRecord& record = records_[slot];
  EndRecord& end = record.end(arrival.sender);
  const EndRecord before = end;

  uint16_t& counted_on = record.interfaces[static_cast<size_t>(arrival.sender)];
  if (counted_on == ConnectionRecord::kNoInterface) {
    counted_on = static_cast<uint16_t>(std::min<size_t>(packet.interface, kMaxInterfaces - 1));
  }
  end.last_counted_sixteenth = ToSixteenths(arrival.time_ns);
  record.last_packet_time_ns = std::max(record.last_packet_time_ns, arrival.time_ns);
  ++end.packets;
  end.ip_bytes += packet.ip_length_bytes;
  if (packet.payload_length_bytes > 0) {
    end.payload_bytes += packet.payload_length_bytes;
    if (end.payload_segments < std::numeric_limits<uint8_t>::max()) ++end.payload_segments;
    if (rates_ != nullptr) {
      rates_->Add(slot, static_cast<size_t>(arrival.sender), packet.payload_length_bytes, arrival.time_ns);
      ranking_->Add(slot, 0, packet.payload_length_bytes, arrival.time_ns);
    }
  }
  if (packet.kind == DecodedPacket::Kind::kTcpSegment) FollowSegment(slot, arrival);
  if (record.has(ConnectionRecord::kConfirmed)) {
    AddToTotals(before, end, arrival.sender == record.client_end());
  } else {
    ConfirmIfDue(slot);
  }
}

void ConnectionTable::FollowSegment(uint32_t slot, const Arrival& arrival) {
  const DecodedPacket& packet = *arrival.packet;
  ConnectionRecord& record = records_[slot];
  EndRecord& end = record.end(arrival.sender);

  const bool same_syn = end.has(EndRecord::kSynSeen) && end.initial_sequence == packet.sequence_number;
  const bool handshake_over = record.state == ConnectionState::kEstablished ||
                              (record.state == ConnectionState::kSynReceived && end.has(EndRecord::kSynSeen));
  if (IsSyn(packet) && !same_syn && handshake_over) {
    // It may begin a new connection, or be forged; its numbers must not enter this one.
    end.set(EndRecord::kRttPending);
    end.set(EndRecord::kCandidateSyn);
    end.clear(EndRecord::kRttByTimestamp);
    end.rtt_pending_value = packet.sequence_number + 1;
    end.rtt_pending_time_us = static_cast<uint32_t>(arrival.time_ns / 1000);
    return;
  }
  if ((packet.tcp_flags & kTcpSyn) && !end.has(EndRecord::kSynSeen)) {
    end.set(EndRecord::kSynSeen);
    end.initial_sequence = packet.sequence_number;
  }
  if (packet.tcp_flags & kTcpFin) end.set(EndRecord::kFinSeen);
  AnalyzeSegment(packet, arrival.sender, arrival.time_ns, &record, &gaps_);

  if (IsSynAck(packet) && !record.has(ConnectionRecord::kConfirmed)) {
    record.set(ConnectionRecord::kRoleObserved);
    SetClient(slot, OtherEnd(arrival.sender));
    servers_.Learn(arrival.key.endpoint(arrival.sender));
  }
  SegmentFacts facts = FactsOf(packet);
  facts.from_client = arrival.sender == record.client_end();
  facts.both_fins_acknowledged = record.state == ConnectionState::kClosing && BothFinsAcknowledged(record);
  facts.after_refusal = record.has(ConnectionRecord::kRefused);
  const ConnectionState before = record.state;
  if (facts.rst && before == ConnectionState::kSynSent && !facts.from_client) record.set(ConnectionRecord::kRefused);
  SetState(slot, NextState(before, facts));
  if (record.state == ConnectionState::kSynSent) record.clear(ConnectionRecord::kRefused);
  if (before == ConnectionState::kSynSent || before == ConnectionState::kSynReceived ||
      record.state == ConnectionState::kSynSent) {
    NoteHandshake(slot, arrival, before);
  }
}

void ConnectionTable::NoteHandshake(uint32_t slot, const Arrival& arrival, ConnectionState before) {
  const DecodedPacket& packet = *arrival.packet;
  const ConnectionRecord& record = records_[slot];
  ConnectionDetails& details = details_[slot];
  const EndRecord& client = record.client();
  const EndRecord& server = record.server();
  const uint32_t now = ToUnits(arrival.time_ns - details.start_time_ns);
  if (arrival.sender != record.client_end()) {
    const bool answers_syn = !client.has(EndRecord::kSynSeen) ||
                             SequenceLess(client.initial_sequence, packet.acknowledgment_number);
    if (!IsSynAck(packet) || !answers_syn) return;
    details.syn_ack = now;
    servers_.Learn(arrival.key.endpoint(arrival.sender));
  } else if (IsSyn(packet)) {
    details.syn = now;
  } else if (before == ConnectionState::kSynReceived && record.state != ConnectionState::kReset &&
             (packet.tcp_flags & (kTcpSyn | kTcpAck)) == kTcpAck && server.has(EndRecord::kSynSeen) &&
             SequenceLess(server.initial_sequence, packet.acknowledgment_number)) {
    details.handshake_ack = now;
    const int64_t rtt_ns = Between(details.syn, now);
    if (rtt_ns != ConnectionSummary::kUnknown && details.syn_ack != ConnectionDetails::kUnknown) {
      totals_.handshake_rtt_seconds.Observe(1e-9 * static_cast<double>(rtt_ns));
    }
  }
}

void ConnectionTable::ConfirmIfDue(uint32_t slot) {
  const ConnectionRecord& record = records_[slot];
  const EndRecord& a = record.ends[0];
  const EndRecord& b = record.ends[1];
  const bool both_directions = a.packets > 0 && b.packets > 0;
  if (both_directions || a.payload_segments >= kMidstreamPayloadSegments ||
      b.payload_segments >= kMidstreamPayloadSegments) {
    Confirm(slot);
  }
}

void ConnectionTable::Confirm(uint32_t slot) {
  ConnectionRecord& record = records_[slot];
  if (!record.has(ConnectionRecord::kRoleObserved)) {
    // More may be known now than when it began.
    const bool b = IsClientB(record.key.endpoint(End::kA), record.key.endpoint(End::kB), servers_);
    SetClient(slot, b ? End::kB : End::kA);
  }
  record.set(ConnectionRecord::kConfirmed);
  ++(record.has(ConnectionRecord::kMidstream) ? totals_.opened_midstream : totals_.opened_handshake);
  ++totals_.connections[static_cast<size_t>(record.state)];
  AddAllToTotals(record);
  if (ClassOf(record) != record.timeout_class) {
    WheelOf(slot).Remove(slot);
    PutInWheel(slot, ClassOf(record));
  }
}

void ConnectionTable::AddToTotals(const EndRecord& before, const EndRecord& after, bool of_client) {
  const uint64_t payload_bytes = after.payload_bytes - before.payload_bytes;
  const uint32_t retransmitted = after.retransmitted_segments - before.retransmitted_segments;
  if (of_client) {
    totals_.client_payload_bytes += payload_bytes;
    totals_.client_retransmitted_segments += retransmitted;
  } else {
    totals_.server_payload_bytes += payload_bytes;
    totals_.server_retransmitted_segments += retransmitted;
  }
  totals_.out_of_order_segments += after.out_of_order_segments - before.out_of_order_segments;
  totals_.zero_windows += after.zero_windows - before.zero_windows;
}

void ConnectionTable::AddAllToTotals(const ConnectionRecord& record) {
  const EndRecord nothing = {};
  AddToTotals(nothing, record.client(), true);
  AddToTotals(nothing, record.server(), false);
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
    --totals_.connections[static_cast<size_t>(record.state)];
    ++totals_.connections[static_cast<size_t>(state)];
  }
  record.state = state;
  if (ClassOf(record) != record.timeout_class) {
    WheelOf(slot).Remove(slot);
    PutInWheel(slot, ClassOf(record));
  }
}

void ConnectionTable::PutInWheel(uint32_t slot, TimeoutClass timeout_class) {
  records_[slot].timeout_class = timeout_class;
  WheelOf(slot).Insert(slot);
}

uint32_t ConnectionTable::TakeFreeSlot() {
  if (free_slots_ == TimeoutWheel::kNone) {
    if (slot_limit_ < options_.max_connections) return slot_limit_++;
    EvictOne();
  }
  const uint32_t slot = free_slots_;
  free_slots_ = details_[slot].next;
  return slot;
}

void ConnectionTable::EvictOne() {
  const auto longest_idle = [this](TimeoutClass timeout_class) {
    return wheels_[static_cast<size_t>(timeout_class)].FindLongestIdle(kEvictionSteps);
  };
  uint32_t victim = longest_idle(TimeoutClass::kHandshake);
  const uint32_t unconfirmed = longest_idle(TimeoutClass::kUnconfirmed);
  if (victim == TimeoutWheel::kNone ||
      (unconfirmed != TimeoutWheel::kNone &&
       records_[unconfirmed].last_packet_time_ns < records_[victim].last_packet_time_ns)) {
    victim = unconfirmed;
  }
  for (const TimeoutClass next : {TimeoutClass::kFinished, TimeoutClass::kClosing, TimeoutClass::kEstablished}) {
    if (victim == TimeoutWheel::kNone) victim = longest_idle(next);
  }
  TCPGAUGE_CHECK(victim != TimeoutWheel::kNone);
  EndConnection(victim, EndReason::kEvicted);
}

void ConnectionTable::EndConnection(uint32_t slot, std::optional<EndReason> reason) {
  ConnectionRecord& record = records_[slot];
  if (!record.has(ConnectionRecord::kConfirmed)) {
    AddAllToTotals(record);
  } else {
    --totals_.connections[static_cast<size_t>(record.state)];
    if (reason.has_value()) {
      ++totals_.closed[static_cast<size_t>(*reason)];
      totals_.connection_duration_seconds.Observe(
          1e-9 * static_cast<double>(record.last_packet_time_ns - details_[slot].start_time_ns));
      totals_.connection_payload_bytes.Observe(
          static_cast<double>(record.ends[0].payload_bytes + record.ends[1].payload_bytes));
    }
  }
  if (sink_ != nullptr) {
    sink_->OnConnectionEnded({Summarize(slot), encapsulations_.Get(record.key.encapsulation), reason});
  }
  WheelOf(slot).Remove(slot);
  index_.Erase(record.key, record.index_hash);
  gaps_.Release(&record.gaps);
  encapsulations_.Release(record.key.encapsulation);
  record.flags = 0;
  ++details_[slot].generation;
  details_[slot].next = free_slots_;
  free_slots_ = slot;
}

bool ConnectionTable::AdvanceTime(int64_t now_ns) {
  now_ns_ = std::max(now_ns_, now_ns);
  int steps = kExpiryStepsPerCall;
  for (TimeoutWheel& wheel : wheels_) {
    uint32_t slot;
    while ((slot = wheel.FindIdle(now_ns_, &steps)) != TimeoutWheel::kNone) {
      EndConnection(slot, ReasonOf(records_[slot]));
    }
  }
  return steps > 0;
}

void ConnectionTable::EndAll() {
  for (uint32_t slot = 0; slot < slot_limit_; ++slot) {
    if (records_[slot].has(ConnectionRecord::kInUse)) EndConnection(slot, std::nullopt);
  }
}

ConnectionSummary ConnectionTable::Summarize(uint32_t slot) const {
  const ConnectionRecord& record = records_[slot];
  const ConnectionDetails& details = details_[slot];
  const End client = record.client_end();
  ConnectionSummary summary;
  summary.id = uint64_t{options_.worker} << 58 | uint64_t{slot} << 32 | details.generation;
  summary.client = SummarizeEnd(record.client(), record.key.endpoint(client));
  summary.server = SummarizeEnd(record.server(), record.key.endpoint(OtherEnd(client)));
  summary.encapsulation = record.key.encapsulation;
  const uint16_t of_client = record.interfaces[static_cast<size_t>(client)];
  summary.interface = of_client != ConnectionRecord::kNoInterface
                          ? of_client
                          : record.interfaces[static_cast<size_t>(OtherEnd(client))];
  summary.state = record.state;
  summary.role = record.has(ConnectionRecord::kRoleObserved) ? Role::kObserved : Role::kInferred;
  summary.confirmed = record.has(ConnectionRecord::kConfirmed);
  summary.start_time_ns = details.start_time_ns;
  summary.last_packet_time_ns = record.last_packet_time_ns;
  summary.server_rtt_ns = Between(details.syn, details.syn_ack);
  summary.client_rtt_ns = Between(details.syn_ack, details.handshake_ack);
  if (details.syn_ack != ConnectionDetails::kUnknown) {
    summary.handshake_rtt_ns = Between(details.syn, details.handshake_ack);
  }
  const uint32_t rtt_eighth_us = record.ends[0].smoothed_rtt_eighth_us + record.ends[1].smoothed_rtt_eighth_us;
  if (rtt_eighth_us > 0) summary.rtt_ns = int64_t{rtt_eighth_us} * 125;
  return summary;
}

double ConnectionTable::PayloadRate(uint32_t slot, bool of_client, int64_t time_ns) const {
  if (rates_ == nullptr) return 0;
  const End client = records_[slot].client_end();
  const End end = of_client ? client : OtherEnd(client);
  return rates_->Sum(slot, static_cast<size_t>(end), time_ns) /
         (static_cast<double>(options_.rate_window_ns) / static_cast<double>(kNanosecondsPerSecond));
}

uint64_t ConnectionTable::WindowPayloadBytes(uint32_t slot, int64_t time_ns) const {
  if (ranking_ == nullptr) return 0;
  return ranking_->SumSince(slot, 0, time_ns);
}

}  // namespace tcpgauge
