// SPDX-License-Identifier: Apache-2.0
#include "src/flow/connection_table.h"

#include <algorithm>
#include <array>
#include <limits>

#include "absl/base/attributes.h"
#include "absl/hash/hash.h"
#include "src/base/check.h"
#include "src/base/fetch_ahead.h"
#include "src/flow/fill_record.h"
#include "src/flow/handshake.h"
#include "src/flow/probe.h"
#include "src/flow/reset_check.h"
#include "src/flow/reuse.h"
#include "src/flow/segment_analysis.h"
#include "src/flow/segment_kind.h"
#include "src/flow/state_facts.h"
#include "src/flow/summary_of.h"
#include "src/flow/tcp_state.h"
#include "src/flow/window.h"

namespace tcpgauge {
namespace {

constexpr int kExpiryStepsPerCall = 256;

// Whether the packet is a SYN that an Embryo can represent completely.
bool IsBareSyn(const DecodedPacket& packet) {
  return packet.tcp_flags == kTcpSyn && packet.payload_length_bytes == 0 && !packet.is_fragment &&
         packet.ip_length_bytes <= UINT16_MAX;
}

// Whether the packet has a whole TCP header.
bool IsBelievable(const DecodedPacket& packet) {
  return packet.kind == DecodedPacket::Kind::kTcpSegment && packet.error == DecodeError::kNone;
}

uint32_t GapSets(const TableOptions& options) {
  return std::min(std::max<uint32_t>(options.max_connections / 8, 1024), GapPool::kMaxSets);
}

uint32_t TimeWaitCapacity(const TableOptions& options) { return std::max<uint32_t>(options.max_connections / 8, 1024); }

std::unique_ptr<EdgeTable> MakeEdges(const TableOptions& options) {
  const EdgeTimes times = {options.ranking_window_ns, options.idle_timeout_ns};
  return std::make_unique<EdgeTable>(options.edges, times, options.hash_seed);
}

}  // namespace

uint64_t ConnectionTable::MemoryBytes(const TableOptions& options) {
  uint64_t bytes_each = sizeof(ConnectionRecord) + sizeof(ConnectionDetails) + sizeof(Embryo);
  uint64_t bytes = ConnectionIndex::MemoryBytes(options.max_connections) + GapPool::MemoryBytes(GapSets(options)) +
                   EncapsulationTable::MemoryBytes(options.max_encapsulations) + ServerEndpoints::kMemoryBytes +
                   TimeWaitTable::MemoryBytes(TimeWaitCapacity(options)) + sizeof(ConnectionTable);
  if (options.keep_rates) {
    bytes_each += PayloadWindows::BytesPerSlot(options.rate_tick_ns, options.rate_window_ns, options.ranking_window_ns);
    bytes += options.max_recently_ended * sizeof(RecentlyEnded::Entry) + EdgeTable::MemoryBytes(options.edges);
  }
  return bytes + bytes_each * options.max_connections;
}

ConnectionTable::ConnectionTable(const TableOptions& options, EndedConnectionSink* sink)
    : options_(options),
      sink_(sink),
      records_(options.max_connections),
      details_(options.max_connections),
      embryos_(options.max_connections),
      index_(&records_, &embryos_, options.hash_seed, options.max_connections),
      timeouts_({kHandshakeTimeoutNs, kBackedOffHandshakeTimeoutNs, kLongestHandshakeTimeoutNs, kUnconfirmedTimeoutNs,
                 options.idle_timeout_ns, kClosingTimeoutNs, options.remove_after_ns},
                &records_, &details_),
      gaps_(GapSets(options)),
      encapsulations_(options.max_encapsulations),
      keys_(&encapsulations_),
      ledger_(options.keep_rates ? MakeEdges(options) : nullptr),
      recently_ended_(options.keep_rates ? options.max_recently_ended : 0, options.ranking_window_ns),
      time_wait_(TimeWaitCapacity(options)) {
  TCPGAUGE_CHECK(options.max_connections > 0 && options.max_connections <= 1u << 30);
  if (options.keep_rates) {
    windows_ = std::make_unique<PayloadWindows>(options.max_connections, options.rate_tick_ns, options.rate_window_ns,
                                                options.ranking_window_ns);
  }
}

void ConnectionTable::Apply(absl::Span<const DecodedPacket> packets, absl::Span<const ConnectionHint> hints) {
  std::array<Arrival, kBatch> batch;
  while (!packets.empty()) {
    const size_t count = std::min(packets.size(), kBatch);
    size_t arrivals = 0;
    for (size_t i = 0; i < count; ++i) {
      const ConnectionHint hint = hints.empty() ? ConnectionHint{0, End::kA, /*known=*/false} : hints[i];
      const Arrival* const previous = arrivals > 0 ? &batch[arrivals - 1] : nullptr;
      if (!Prepare(packets[i], hint, previous, &batch[arrivals])) continue;
      if (!batch[arrivals].same_as_previous) index_.Prefetch(batch[arrivals].hash);
      ++arrivals;
    }
    FetchMemory(absl::MakeSpan(batch.data(), arrivals));
    uint32_t slot = ConnectionIndex::kNotFound;
    for (size_t i = 0; i < arrivals; ++i) {
      if (batch[i].same_as_previous) batch[i].likely_slot = slot;
      slot = Handle(batch[i]);
      encapsulations_.Release(batch[i].key.encapsulation);
    }
    packets.remove_prefix(count);
    if (!hints.empty()) hints.remove_prefix(count);
  }
}

void ConnectionTable::FetchMemory(absl::Span<Arrival> arrivals) {
  size_t new_ones = 0;
  for (size_t i = 0; i < arrivals.size(); ++i) {
    Arrival& arrival = arrivals[i];
    arrival.likely_slot = arrival.same_as_previous ? arrivals[i - 1].likely_slot : index_.FindCandidate(arrival.hash);
    if (arrival.likely_slot == ConnectionIndex::kNotFound) {
      if (!arrival.same_as_previous) ++new_ones;
      continue;
    }
    if (arrival.likely_slot & kEmbryoSlots) {
      FetchAhead(&embryos_[arrival.likely_slot & ~kEmbryoSlots]);
      continue;
    }
    if (!arrival.same_as_previous) {
      const ConnectionRecord& record = records_[arrival.likely_slot];
      FetchAhead(&record);
      FetchAhead(&record.ends[0]);
      FetchAhead(&record.ends[1]);
    }
    if (windows_ != nullptr && arrival.packet->payload_length_bytes > 0) windows_->Prefetch(arrival.likely_slot);
  }
  if (size() + new_ones > options_.max_connections) FetchOldestEmbryos(new_ones);
  // Established connections never touch ConnectionDetails; prefetch it only for the others. This packet replaces its
  // embryo by a record, which changes the embryo's neighbours.
  for (const Arrival& arrival : arrivals) {
    if (arrival.likely_slot == ConnectionIndex::kNotFound) continue;
    if (arrival.likely_slot & kEmbryoSlots) {
      embryos_.FetchNeighbors(arrival.likely_slot & ~kEmbryoSlots);
    } else if (records_[arrival.likely_slot].state != ConnectionState::kEstablished ||
               (arrival.packet->tcp_flags & (kTcpSyn | kTcpFin | kTcpRst)) != 0) {
      FetchAhead(&details_[arrival.likely_slot]);
    }
  }
}

void ConnectionTable::FetchRecord(uint32_t slot) const {
  const ConnectionRecord& record = records_[slot];
  FetchAhead(&record);
  FetchAhead(&record.ends[0]);
  FetchAhead(&record.ends[1]);
  FetchAhead(&details_[slot]);
  if (windows_ != nullptr) windows_->Prefetch(slot);
}

bool ConnectionTable::Prepare(const DecodedPacket& packet, const ConnectionHint& hint, const Arrival* previous,
                              Arrival* arrival) {
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
  arrival->time_ns = ArrivalTime(packet.time_ns, now_ns_);
  if (hint.known) {
    arrival->key = ConnectionKey::Of(packet.source, packet.destination, EncapsulationTable::kNone, hint.sender);
    arrival->sender = hint.sender;
  } else if (!keys_.Find(packet, arrival->time_ns, &arrival->key, &arrival->sender)) {
    ++unmatched_fragments_;
    return false;
  }
  arrival->same_as_previous = previous != nullptr && previous->key == arrival->key;
  if (hint.known) {
    arrival->hash = hint.key_hash;
  } else {
    arrival->hash = arrival->same_as_previous ? previous->hash : static_cast<uint32_t>(index_.HashOf(arrival->key));
  }
  return true;
}

uint32_t ConnectionTable::FindSlot(const Arrival& arrival) const {
  // Earlier packets of the batch may have given that slot to another connection, or begun this connection.
  const uint32_t slot = arrival.likely_slot;
  if (slot != ConnectionIndex::kNotFound && index_.KeyOf(slot) == arrival.key) {
    const bool in_use =
        slot & kEmbryoSlots ? embryos_.InUse(slot & ~kEmbryoSlots) : records_[slot].has(ConnectionRecord::kInUse);
    if (in_use) return slot;
  }
  return index_.Find(arrival.key, arrival.hash);
}

uint32_t ConnectionTable::Handle(const Arrival& arrival) {
  const DecodedPacket& packet = *arrival.packet;
  uint32_t slot = FindSlot(arrival);
  if (slot != ConnectionIndex::kNotFound && (slot & kEmbryoSlots)) {
    const uint32_t embryo = slot & ~kEmbryoSlots;
    if (arrival.time_ns - embryos_[embryo].time_ns >= kHandshakeTimeoutNs) {
      EndEmbryo(embryo, EndReason::kHandshakeTimeout);
      slot = ConnectionIndex::kNotFound;
    } else {
      slot = Promote(embryo, arrival.hash);
    }
  }
  if (slot != ConnectionIndex::kNotFound && timeouts_.HasTimedOut(records_[slot], arrival.time_ns)) {
    EndConnection(slot, EndReasonOf(records_[slot]));
    slot = ConnectionIndex::kNotFound;
  }
  if (packet.kind == DecodedPacket::Kind::kTcpFragment) {
    if (slot == ConnectionIndex::kNotFound) {
      ++unmatched_fragments_;
    } else if (!IsDuplicate(slot, arrival)) {
      Credit(slot, arrival);
    }
    return slot;
  }
  if (slot != ConnectionIndex::kNotFound && (packet.tcp_flags & kTcpSyn) != 0) {
    if (AnswersCandidate(records_[slot], packet, arrival.sender)) {
      slot = BeginFromCandidate(slot, arrival);
    } else if (BeginsNewConnection(records_[slot], packet, arrival.sender)) {
      EndConnection(slot, EndReasonOf(records_[slot]));
      slot = ConnectionIndex::kNotFound;
    }
  }
  if (slot == ConnectionIndex::kNotFound) {
    if (options_.new_only && !IsSyn(packet)) return slot;
    if (IsBareSyn(packet)) return BeginEmbryo(arrival);
    const bool is_late = IsLate(arrival);
    if (is_late && packet.payload_length_bytes == 0) {
      ledger_.CreditLateSegment();
      return slot;
    }
    slot = BeginConnection(arrival);
    if (is_late || (packet.tcp_flags & kTcpRst)) records_[slot].set(ConnectionRecord::kDoubtful);
  } else if (IsDuplicate(slot, arrival)) {
    return slot;
  }
  Credit(slot, arrival);
  return slot;
}

uint32_t ConnectionTable::BeginEmbryo(const Arrival& arrival) {
  MakeRoom();
  const uint32_t slot = embryos_.Add();
  Embryo& embryo = embryos_[slot];
  embryo.key = arrival.key;
  embryo.time_ns = arrival.time_ns;
  embryo.sequence_number = arrival.packet->sequence_number;
  embryo.ip_length_bytes = static_cast<uint16_t>(arrival.packet->ip_length_bytes);
  static_assert(InterfacePins::kMaxInterfaces <= 1 << 11, "Embryo::interface has 11 bits");
  embryo.interface = InterfacePins::Bounded(arrival.packet->interface) & 0x7ff;
  embryo.window_scale = arrival.packet->window_scale & 0xf;
  embryo.sent_by_b = arrival.sender == End::kB;
  encapsulations_.AcquireAgain(arrival.key.encapsulation);
  index_.Insert(slot | kEmbryoSlots, arrival.hash);
  ledger_.Open(arrival.key, arrival.sender, /*midstream=*/false, now_ns_);
  ledger_.Enter(ConnectionState::kSynSent);
  return slot | kEmbryoSlots;
}

void ConnectionTable::FetchOldestEmbryos(size_t count) {
  std::array<uint32_t, kBatch> hashes;
  size_t fetched = 0;
  for (uint32_t slot = embryos_.oldest(); fetched < count && slot != EmbryoTable::kNone; slot = embryos_[slot].newer) {
    hashes[fetched] = static_cast<uint32_t>(index_.HashOf(embryos_[slot].key));
    index_.Prefetch(hashes[fetched]);
    ++fetched;
  }
  // Do the lookups ahead too: without this, a SYN flood takes a quarter more time.
  for (size_t i = 0; i < fetched; ++i) FetchAhead(&embryos_[index_.FindCandidate(hashes[i]) & ~kEmbryoSlots]);
}

uint32_t ConnectionTable::Promote(uint32_t slot, uint32_t hash) {
  const uint32_t record = TakeFreeRecord();  // one is free, since this connection holds an embryo and no record
  FillRecord(embryos_[slot], &records_[record], &details_[record]);
  index_.Replace(slot | kEmbryoSlots, record, hash);
  embryos_.Remove(slot);
  if (windows_ != nullptr) windows_->Clear(record);
  timeouts_.Insert(record);
  return record;
}

void ConnectionTable::EndEmbryo(uint32_t slot, std::optional<EndReason> reason) {
  const Embryo& embryo = embryos_[slot];
  ledger_.Leave(ConnectionState::kSynSent);
  if (reason.has_value()) {
    ledger_.Close({embryo.key, embryo.sender(), EdgeTable::kNone, *reason, /*duration_ns=*/0, /*payload_bytes=*/0});
  }
  if (sink_ != nullptr) {
    sink_->OnConnectionEnded({Summarize(slot | kEmbryoSlots), encapsulations_.Get(embryo.key.encapsulation), reason});
  }
  index_.Erase(slot | kEmbryoSlots, static_cast<uint32_t>(index_.HashOf(embryo.key)));
  encapsulations_.Release(embryo.key.encapsulation);
  embryos_.Remove(slot);
}

uint32_t ConnectionTable::BeginConnection(const Arrival& arrival) {
  MakeRoom();
  const uint32_t slot = TakeFreeRecord();
  index_.Insert(slot, arrival.hash);
  InitializeRecord(slot, arrival);
  return slot;
}

void ConnectionTable::InitializeRecord(uint32_t slot, const Arrival& arrival) {
  const DecodedPacket& packet = *arrival.packet;
  ConnectionRecord& record = records_[slot];
  ConnectionDetails& details = details_[slot];
  record = ConnectionRecord();
  record.key = arrival.key;
  record.last_packet_time_ns = arrival.time_ns;
  record.interfaces[0] = record.interfaces[1] = ConnectionRecord::kNoInterface;
  record.set(ConnectionRecord::kInUse);
  details.set_start_time_ns(arrival.time_ns);
  record.syn_time = details.syn_ack_time = ConnectionDetails::kUnknown;
  encapsulations_.AcquireAgain(arrival.key.encapsulation);
  if (windows_ != nullptr) windows_->Clear(slot);

  bool client_is_b;
  if (IsSyn(packet) || IsSynAck(packet)) {
    record.set(ConnectionRecord::kRoleObserved);
    client_is_b = (arrival.sender == End::kB) == IsSyn(packet);
    if (IsSynAck(packet)) servers_.Learn(arrival.key.endpoint(arrival.sender));
  } else {
    record.set(ConnectionRecord::kMidstream);
    servers_.NoteMidstream(arrival.key.endpoint(End::kA), arrival.key.endpoint(End::kB), arrival.time_ns);
    client_is_b = IsClientB(arrival.key.endpoint(End::kA), arrival.key.endpoint(End::kB), servers_);
  }
  if (client_is_b) record.set(ConnectionRecord::kClientIsB);

  record.state = FirstState(FactsOf(packet));
  timeouts_.Insert(slot);
  if (record.has(ConnectionRecord::kRoleObserved)) Confirm(slot);
}

uint32_t ConnectionTable::BeginFromCandidate(uint32_t old_slot, const Arrival& arrival) {
  const End client = OtherEnd(arrival.sender);
  const EndRecord candidate = records_[old_slot].end(client);
  EndConnection(old_slot, EndReasonOf(records_[old_slot]));
  const uint32_t slot = BeginConnection(arrival);
  TakeCandidate(candidate, &records_[slot].end(client));
  details_[slot].set_start_time_ns(CandidateTime(candidate, arrival.time_ns));
  records_[slot].syn_time = 0;
  SetState(slot, ConnectionState::kSynSent);
  return slot;
}

bool ConnectionTable::IsDuplicate(uint32_t slot, const Arrival& arrival) {
  return pins_.IsDuplicate(arrival.packet->interface, arrival.sender, arrival.time_ns, &records_[slot]);
}

uint64_t ConnectionTable::TimeWaitHash(const ConnectionKey& key) const {
  if (key.encapsulation == EncapsulationTable::kNone) return index_.HashOf(key);
  ConnectionKey without_encapsulation = key;
  without_encapsulation.encapsulation = EncapsulationTable::kNone;
  return index_.HashOf(without_encapsulation) ^ absl::HashOf(encapsulations_.Get(key.encapsulation));
}

bool ConnectionTable::IsLate(const Arrival& arrival) {
  if (IsSyn(*arrival.packet)) return false;
  const TimeWaitTable::InitialSequences* ended = time_wait_.Find(TimeWaitHash(arrival.key), arrival.time_ns);
  // A SYN-ACK with another number answers a new SYN that was not captured.
  return ended != nullptr && (!IsSynAck(*arrival.packet) ||
                              (*ended)[static_cast<size_t>(arrival.sender)] == arrival.packet->sequence_number);
}

void ConnectionTable::NoteRepeatedSyn(uint32_t slot, const Arrival& arrival) {
  ConnectionRecord& record = records_[slot];
  const EndRecord& end = record.end(arrival.sender);
  if (record.state != ConnectionState::kSynSent || !IsSyn(*arrival.packet) || !end.has(EndRecord::kSynSeen)) return;
  // The time of the SYN before saturates, so after 214 s of an attempt the gap is at least the true one.
  const int64_t last_syn_ns = details_[slot].start_time_ns() + record.syn_time * ConnectionDetails::kNanosecondsPerUnit;
  const int64_t next_gap_ns = 2 * (arrival.time_ns - last_syn_ns) + kNanosecondsPerSecond / 2;
  TimeoutClass due = TimeoutClass::kHandshake;
  if (next_gap_ns > kHandshakeTimeoutNs) due = TimeoutClass::kBackedOffHandshake;
  if (next_gap_ns > kBackedOffHandshakeTimeoutNs) due = TimeoutClass::kLongestHandshake;
  record.handshake_class = std::max<TimeoutClass>(record.handshake_class, due);
  timeouts_.Update(slot);
}

// Inline, because a call for each packet took 4 % of the work of the table.
ABSL_ATTRIBUTE_ALWAYS_INLINE inline void ConnectionTable::CreditSegment(uint32_t slot, const Arrival& arrival) {
  const DecodedPacket& packet = *arrival.packet;
  ConnectionRecord& record = records_[slot];
  EndRecord& end = record.end(arrival.sender);
  const LossCounts before = LossCounts::Of(end);

  InterfacePins::Note(packet.interface, arrival.sender, arrival.time_ns, &record);
  record.last_packet_time_ns = std::max(record.last_packet_time_ns, arrival.time_ns);
  ++end.packets;
  end.header_bytes += packet.ip_length_bytes - packet.payload_length_bytes;
  if (packet.payload_length_bytes > 0) {
    end.payload_bytes += packet.payload_length_bytes;
    if (windows_ != nullptr) windows_->Add(slot, arrival.sender, packet.payload_length_bytes, arrival.time_ns);
  }
  if (IsBelievable(packet)) FollowSegment(slot, arrival);
  if (record.has(ConnectionRecord::kConfirmed)) {
    ledger_.Credit(arrival.sender == record.client_end(), packet.payload_length_bytes, LossCounts::Of(end) - before,
                   now_ns_, &record);
  } else {
    // A retransmission does not tell that a doubtful connection goes on.
    const bool is_repeated = end.retransmitted_segments != before.retransmitted_segments;
    const bool tells = packet.payload_length_bytes > 0 && !(is_repeated && record.has(ConnectionRecord::kDoubtful));
    if (tells && end.payload_segments < EndRecord::kMaxPayloadSegments) ++end.payload_segments;
    ConfirmIfDue(slot);
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
    ledger_.Credit(sender == record.client_end(), /*payload_bytes=*/1, LossCounts(), now_ns_, &record);
  }
}

void ConnectionTable::FollowSegment(uint32_t slot, const Arrival& arrival) {
  const DecodedPacket& packet = *arrival.packet;
  ConnectionRecord& record = records_[slot];
  EndRecord& end = record.end(arrival.sender);
  if (record.state == ConnectionState::kEstablished && (packet.tcp_flags & (kTcpSyn | kTcpFin | kTcpRst)) == 0) {
    AnalyzeSegment(packet, arrival.sender, arrival.time_ns, &record, &gaps_);
    return;
  }

  if (MayBeginNewConnection(record, packet, arrival.sender)) {
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
  AnalyzeSegment(packet, arrival.sender, arrival.time_ns, &record, &gaps_);
  if ((packet.tcp_flags & (kTcpSyn | kTcpRst)) == kTcpSyn)
    end.window = WindowOfSyn(packet.window, end, record.end(OtherEnd(arrival.sender)));
  if (end.next_sequence != sent_before || end.last_acknowledgment != acknowledged_before) end.set(EndRecord::kWentOn);

  if (IsSynAck(packet) && !record.has(ConnectionRecord::kConfirmed)) {
    record.set(ConnectionRecord::kRoleObserved);
    SetClient(slot, OtherEnd(arrival.sender));
    servers_.Learn(arrival.key.endpoint(arrival.sender));
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
      servers_.Learn(arrival.key.endpoint(arrival.sender));
      break;
    case HandshakeStep::kAck: {
      const int64_t rtt_ns = HandshakeRttOf(record, details).whole_ns;
      if (rtt_ns != ConnectionSummary::kUnknown) ledger_.CreditHandshake(rtt_ns, &record);
      break;
    }
  }
}

void ConnectionTable::ConfirmIfDue(uint32_t slot) {
  const ConnectionRecord& record = records_[slot];
  const EndRecord& a = record.ends[0];
  const EndRecord& b = record.ends[1];
  const bool both_directions = record.has(ConnectionRecord::kDoubtful)
                                   ? a.payload_segments > 0 && b.payload_segments > 0
                                   : a.packets > 0 && b.packets > 0;
  if (both_directions || a.payload_segments >= kMidstreamPayloadSegments ||
      b.payload_segments >= kMidstreamPayloadSegments) {
    Confirm(slot);
  }
}

void ConnectionTable::Confirm(uint32_t slot) {
  ConnectionRecord& record = records_[slot];
  if (!record.has(ConnectionRecord::kRoleObserved)) {
    // The table may have learned a server since the connection began.
    const bool b = IsClientB(record.key.endpoint(End::kA), record.key.endpoint(End::kB), servers_);
    SetClient(slot, b ? End::kB : End::kA);
  }
  record.set(ConnectionRecord::kConfirmed);
  ledger_.Open(record.key, record.client_end(), record.has(ConnectionRecord::kMidstream), now_ns_);
  ledger_.Enter(record.state);
  ledger_.CreditAll(now_ns_, &record);
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
  }
  record.state = state;
  timeouts_.Update(slot);
}

uint32_t ConnectionTable::TakeFreeRecord() {
  if (free_records_ == Timeouts::kNone) return record_limit_++;
  const uint32_t slot = free_records_;
  free_records_ = details_[slot].next;
  if (free_records_ != Timeouts::kNone) FetchRecord(free_records_);  // for the next call
  return slot;
}

void ConnectionTable::MakeRoom() {
  if (size() < options_.max_connections) return;
  if (embryos_.oldest() != EmbryoTable::kNone) {
    EndEmbryo(embryos_.oldest(), EndReason::kEvicted);
    return;
  }
  const uint32_t victim = timeouts_.FindLeastUseful();
  TCPGAUGE_CHECK(victim != Timeouts::kNone);
  EndConnection(victim, EndReason::kEvicted);
}

uint64_t ConnectionTable::IdOf(const ConnectionKey& key, int64_t start_time_ns) const {
  return index_.HashOf(key) ^ static_cast<uint64_t>(start_time_ns) * 0x9e3779b97f4a7c15;
}

void ConnectionTable::EndConnection(uint32_t slot, std::optional<EndReason> reason) {
  ConnectionRecord& record = records_[slot];
  const uint32_t hash = static_cast<uint32_t>(index_.HashOf(record.key));
  index_.Prefetch(hash);
  if (!record.has(ConnectionRecord::kConfirmed)) {
    ledger_.CreditAll(now_ns_, &record);
  } else {
    ledger_.Leave(record.state);
    if (reason.has_value()) {
      const uint64_t payload_bytes = record.ends[0].payload_bytes + record.ends[1].payload_bytes;
      // The window's bytes cannot exceed the total, so compare the cheap upper bound first.
      if (recently_ended_.WouldKeep(payload_bytes)) {
        const uint64_t weight = WindowPayloadBytes(slot, now_ns_);
        if (recently_ended_.WouldKeep(weight)) {
          RecentlyEnded::Entry entry = {Summarize(slot), now_ns_};
          entry.summary.window_payload_bytes = weight;
          recently_ended_.Add(entry);
        }
      }
      ledger_.Close({record.key, record.client_end(), record.edge, *reason,
                     record.last_packet_time_ns - details_[slot].start_time_ns(), payload_bytes});
      if (record.state == ConnectionState::kClosed || record.state == ConnectionState::kReset ||
          reason == EndReason::kFin) {
        time_wait_.Add(TimeWaitHash(record.key), {record.ends[0].initial_sequence, record.ends[1].initial_sequence},
                       record.last_packet_time_ns);
      }
    }
  }
  if (sink_ != nullptr) {
    sink_->OnConnectionEnded({Summarize(slot), encapsulations_.Get(record.key.encapsulation), reason});
  }
  timeouts_.Remove(slot);
  index_.Erase(slot, hash);
  gaps_.Release(&record.gaps);
  encapsulations_.Release(record.key.encapsulation);
  record.flags = 0;
  details_[slot].next = free_records_;
  free_records_ = slot;
}

bool ConnectionTable::AdvanceTime(int64_t now_ns) {
  now_ns_ = std::max(now_ns_, now_ns);
  int steps = kExpiryStepsPerCall;
  for (; steps > 0 && embryos_.oldest() != EmbryoTable::kNone; --steps) {
    if (now_ns_ - embryos_[embryos_.oldest()].time_ns < kHandshakeTimeoutNs) break;
    if (steps % kBatch == 0) FetchOldestEmbryos(kBatch);
    EndEmbryo(embryos_.oldest(), EndReason::kHandshakeTimeout);
  }
  uint32_t slot;
  while ((slot = timeouts_.FindIdle(now_ns_, &steps)) != Timeouts::kNone) {
    EndConnection(slot, EndReasonOf(records_[slot]));
  }
  ledger_.Rebalance(now_ns_);
  if (options_.keep_rates) recently_ended_.Expire(now_ns_);
  return steps > 0;
}

void ConnectionTable::EndAll() {
  while (embryos_.oldest() != EmbryoTable::kNone) EndEmbryo(embryos_.oldest(), std::nullopt);
  for (uint32_t slot = 0; slot < record_limit_; ++slot) {
    if (records_[slot].has(ConnectionRecord::kInUse)) EndConnection(slot, std::nullopt);
  }
}

void ConnectionTable::PopulateRecords(uint32_t first, uint32_t count) {
  if (first >= options_.max_connections) return;
  count = std::min(count, options_.max_connections - first);
  records_.Populate(first, count);
  details_.Populate(first, count);
  if (windows_ != nullptr) windows_->Populate(first, count);
}

ConnectionSummary ConnectionTable::Summarize(uint32_t slot) const {
  const bool is_embryo = (slot & kEmbryoSlots) != 0;
  const uint32_t embryo = slot & ~kEmbryoSlots;
  ConnectionSummary summary = is_embryo ? SummaryOf(embryos_[embryo]) : SummaryOf(records_[slot], details_[slot]);
  summary.id = IdOf(is_embryo ? embryos_[embryo].key : records_[slot].key, summary.start_time_ns);
  return summary;
}

double ConnectionTable::PayloadRate(uint32_t slot, bool of_client, int64_t time_ns) const {
  if (windows_ == nullptr || (slot & kEmbryoSlots) != 0) return 0;
  const End client = records_[slot].client_end();
  return windows_->Rate(slot, of_client ? client : OtherEnd(client), time_ns);
}

uint64_t ConnectionTable::WindowPayloadBytes(uint32_t slot, int64_t time_ns) const {
  return windows_ == nullptr || (slot & kEmbryoSlots) != 0 ? 0 : windows_->Weight(slot, time_ns);
}

}  // namespace tcpgauge
