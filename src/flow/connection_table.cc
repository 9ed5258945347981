// SPDX-License-Identifier: Apache-2.0
// The part of ConnectionTable that finds and begins connections, and what it tells about them. The other parts are in
// connection_table_packet.cc, _views.cc, _end.cc, _names.cc and _interfaces.cc.
#include "src/flow/connection_table.h"

#include <algorithm>
#include <array>

#include "absl/hash/hash.h"
#include "src/base/check.h"
#include "src/base/fetch_ahead.h"
#include "src/flow/exchange.h"
#include "src/flow/fill_record.h"
#include "src/flow/interface_accounts.h"
#include "src/flow/reuse.h"
#include "src/flow/segment_kind.h"
#include "src/flow/stall.h"
#include "src/flow/state_facts.h"
#include "src/flow/summary_of.h"
#include "src/flow/tcp_state.h"

namespace tcpgauge {
namespace {

// Whether the packet is a bare SYN (see Embryo).
bool IsBareSyn(const DecodedPacket& packet) {
  return packet.tcp_flags == kTcpSyn && packet.payload_length_bytes == 0 && !packet.is_fragment &&
         packet.ip_length_bytes <= Embryo::kMaxIpLengthBytes;
}

// Room for as many views as connections. The index grows by doubling, so a little more than twice the connections gives
// it, while there are no views, the size that it would have without them.
size_t IndexCapacity(const TableOptions& options) {
  return size_t{options.max_connections} * 2 + options.max_connections / 64;
}

// However few connections fit into the table, thousands may begin in the second for which a fingerprint must last.
uint32_t FingerprintCapacity(const TableOptions& options) {
  return std::clamp<uint32_t>(options.max_connections / 8, 16384, 131072);
}

uint32_t GapSets(const TableOptions& options) {
  return std::min(std::max<uint32_t>(options.max_connections / 8, 1024), GapPool::kMaxSets);
}

uint32_t TimeWaitCapacity(const TableOptions& options) { return std::max<uint32_t>(options.max_connections / 8, 1024); }

std::unique_ptr<EdgeTable> MakeEdges(const TableOptions& options, BindingTable* bindings) {
  // An edge may be told of its traffic so much later than the traffic came.
  const int64_t idle_timeout_ns = options.idle_timeout_ns + ConnectionTable::kTellingIntervalNs;
  const EdgeTimes times = {options.ranking_window_ns, idle_timeout_ns};
  return std::make_unique<EdgeTable>(options.edges, times, options.hash_seed, bindings);
}

}  // namespace

uint64_t ConnectionTable::MemoryBytes(const TableOptions& options) {
  uint64_t bytes_each = sizeof(ConnectionRecord) + sizeof(ConnectionDetails) + sizeof(Embryo) + sizeof(View) +
                        sizeof(ConnectionMeasures) + sizeof(uint32_t);  // embryo_notes_
  uint64_t bytes = ConnectionIndex::MemoryBytes(IndexCapacity(options)) + GapPool::MemoryBytes(GapSets(options)) +
                   EncapsulationTable::MemoryBytes(options.max_encapsulations) + ServerEndpoints::kMemoryBytes +
                   TimeWaitTable::MemoryBytes(TimeWaitCapacity(options)) +
                   FingerprintTable::MemoryBytes(FingerprintCapacity(options)) + sizeof(ConnectionTable);
  if (options.keep_rates) {
    bytes_each += PayloadWindows::BytesPerSlot(options.rate_tick_ns, options.rate_window_ns);
    bytes += SlotBits::MemoryBytes(options.max_connections) + InterfaceAccounts::kMemoryBytes +
             options.max_recently_ended * sizeof(RecentlyEnded::Entry) + EdgeTable::MemoryBytes(options.edges);
  }
  if (options.has_identities) {
    bytes_each += sizeof(EdgeBinding);  // embryo_bounds_
    const uint64_t of_edges = options.keep_rates ? EdgeTable::MaxBindings(options.edges) : 0;
    bytes += BindingTable::MemoryBytes(options.max_connections + of_edges);
  }
  return bytes + bytes_each * options.max_connections;
}

ConnectionTable::ConnectionTable(const TableOptions& options, EndedConnectionSink* sink)
    : options_(options),
      sink_(sink),
      records_(options.max_connections),
      details_(options.max_connections),
      measures_(options.max_connections),
      embryos_(options.max_connections),
      views_(options.max_connections),
      index_(&records_, &embryos_, &views_, options.hash_seed, IndexCapacity(options)),
      timeouts_({kHandshakeTimeoutNs, kBackedOffHandshakeTimeoutNs, kLongestHandshakeTimeoutNs, kUnconfirmedTimeoutNs,
                 options.idle_timeout_ns, kClosingTimeoutNs, options.remove_after_ns},
                &records_, &details_),
      gaps_(GapSets(options)),
      encapsulations_(options.max_encapsulations),
      keys_(&encapsulations_),
      ledger_(options.keep_rates ? MakeEdges(options, &names_.bindings()) : nullptr, &names_),
      untold_(options.max_connections),
      recently_ended_(options.keep_rates ? options.max_recently_ended : 0, options.ranking_window_ns),
      time_wait_(TimeWaitCapacity(options)),
      fingerprints_(FingerprintCapacity(options), options.hash_seed),
      embryo_notes_(options.max_connections),
      embryo_bounds_(options.max_connections) {
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
      if ((packets[i].tcp_flags & kTcpSyn) != 0 && has_several_stretches_) {
        fingerprints_.Prefetch(packets[i].sequence_number);
      }
      ++arrivals;
    }
    FetchMemory(absl::MakeSpan(batch.data(), arrivals));
    uint32_t slot = ConnectionIndex::kNotFound;
    for (size_t i = 0; i < arrivals; ++i) {
      if (batch[i].same_as_previous) batch[i].likely_slot = slot;
      slot = Handle(&batch[i]);
      encapsulations_.Release(batch[i].key.encapsulation);
    }
    packets.remove_prefix(count);
    if (!hints.empty()) hints.remove_prefix(count);
  }
}

void ConnectionTable::FetchMemory(absl::Span<Arrival> arrivals) {
  size_t new_ones = 0;
  size_t views = 0;
  for (size_t i = 0; i < arrivals.size(); ++i) {
    Arrival& arrival = arrivals[i];
    arrival.likely_slot = arrival.same_as_previous ? arrivals[i - 1].likely_slot : index_.FindCandidate(arrival.hash);
    if (arrival.likely_slot == ConnectionIndex::kNotFound) {
      if (!arrival.same_as_previous) ++new_ones;
      continue;
    }
    if (ConnectionIndex::IsEmbryo(arrival.likely_slot)) {
      FetchAhead(&embryos_[arrival.likely_slot & ~kEmbryoSlots]);
    } else if (ConnectionIndex::IsView(arrival.likely_slot)) {
      FetchAhead(&views_[arrival.likely_slot & ~ConnectionIndex::kView]);
      ++views;
    } else {
      FetchForSegment(arrival.likely_slot, arrival);
    }
  }
  for (size_t i = 0; views > 0 && i < arrivals.size(); ++i) {
    const uint32_t slot = arrivals[i].likely_slot;
    if (slot == ConnectionIndex::kNotFound || !ConnectionIndex::IsView(slot)) continue;
    const uint32_t record = views_[slot & ~ConnectionIndex::kView].record;
    if (record < record_limit_) FetchForSegment(record, arrivals[i]);
    --views;
  }
  if (size() + new_ones > options_.max_connections) FetchOldestEmbryos(new_ones);
  // Established connections never touch ConnectionDetails; prefetch it only for the others. Few segments
  // touch ConnectionMeasures. This packet replaces its embryo by a record, which changes the embryo's neighbours.
  for (const Arrival& arrival : arrivals) {
    if (arrival.likely_slot == ConnectionIndex::kNotFound) continue;
    if (ConnectionIndex::IsEmbryo(arrival.likely_slot)) {
      embryos_.FetchNeighbors(arrival.likely_slot & ~kEmbryoSlots);
    } else if (ConnectionIndex::IsView(arrival.likely_slot)) {
      continue;
    } else {
      const ConnectionRecord& record = records_[arrival.likely_slot];
      if (record.state != ConnectionState::kEstablished ||
          (arrival.packet->tcp_flags & (kTcpSyn | kTcpFin | kTcpRst)) != 0) {
        FetchAhead(&details_[arrival.likely_slot]);
      }
      if ((windows_ != nullptr && windows_->WouldAdvance(record, arrival.time_ns)) ||
          MayBelongToExchange(*arrival.packet, arrival.sender == record.client_end(), record)) {
        FetchAhead(&measures_[arrival.likely_slot]);
      }
    }
  }
}

void ConnectionTable::FetchForSegment(uint32_t slot, const Arrival& arrival) const {
  if (!arrival.same_as_previous) {
    const ConnectionRecord& record = records_[slot];
    FetchAhead(&record);
    FetchAhead(&record.ends[0]);
    FetchAhead(&record.ends[1]);
  }
  if (windows_ != nullptr && arrival.packet->payload_length_bytes > 0) windows_->Prefetch(slot);
}

void ConnectionTable::FetchRecord(uint32_t slot) const {
  const ConnectionRecord& record = records_[slot];
  FetchAhead(&record);
  FetchAhead(&record.ends[0]);
  FetchAhead(&record.ends[1]);
  FetchAhead(&details_[slot]);
  FetchAhead(&measures_[slot]);
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
    arrival->key_sender = hint.sender;
  } else if (!keys_.Find(packet, arrival->time_ns, &arrival->key, &arrival->key_sender)) {
    ++unmatched_fragments_;
    return false;
  }
  arrival->pin = InterfacePins::Pin(packet.interface, DirectionOf(packet), View::kFirstNumber, false);
  arrival->LeaveView();
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
    bool in_use;
    if (ConnectionIndex::IsEmbryo(slot)) {
      in_use = embryos_.InUse(slot & ~kEmbryoSlots);
    } else if (ConnectionIndex::IsView(slot)) {
      in_use = views_[slot & ~ConnectionIndex::kView].in_use;
    } else {
      in_use = records_[slot].has(ConnectionRecord::kInUse) && HasOwnKey(slot);
    }
    if (in_use) return slot;
  }
  return index_.Find(arrival.key, arrival.hash);
}

uint32_t ConnectionTable::FindRecord(uint32_t found, Arrival* arrival) {
  if (found == ConnectionIndex::kNotFound) return found;
  if (ConnectionIndex::IsView(found)) {
    const uint32_t view = found & ~ConnectionIndex::kView;
    arrival->EnterView(view, views_[view]);
    return views_[view].record;
  }
  if (!ConnectionIndex::IsEmbryo(found)) return found;
  const uint32_t embryo = found & ~kEmbryoSlots;
  if (arrival->time_ns - embryos_[embryo].time_ns >= kHandshakeTimeoutNs) {
    EndEmbryo(embryo, EndReason::kHandshakeTimeout);
    return ConnectionIndex::kNotFound;
  }
  if (embryos_[embryo].is_provisional) return ResolveProvisionalView(embryo, arrival);
  return Promote(embryo, arrival->hash);
}

uint32_t ConnectionTable::EndFor(uint32_t slot, Arrival* arrival) {
  EndConnection(slot, EndReasonOf(records_[slot]));
  arrival->LeaveView();
  return ConnectionIndex::kNotFound;
}

uint32_t ConnectionTable::Handle(Arrival* arrival) {
  const DecodedPacket& packet = *arrival->packet;
  const uint32_t found = FindSlot(*arrival);
  uint32_t slot = ConnectionIndex::IsRecord(found) ? found : FindRecord(found, arrival);
  if (slot == kHeld) return found;
  if (slot != ConnectionIndex::kNotFound && timeouts_.HasTimedOut(records_[slot], arrival->time_ns)) {
    slot = EndFor(slot, arrival);
  }
  if (packet.kind == DecodedPacket::Kind::kTcpFragment) {
    if (slot == ConnectionIndex::kNotFound) {
      ++unmatched_fragments_;
    } else if (!IsDuplicate(slot, *arrival)) {
      Credit(slot, *arrival);
    }
    return IndexedSlot(slot, *arrival);
  }
  if (slot != ConnectionIndex::kNotFound && (packet.tcp_flags & kTcpSyn) != 0) {
    if (AnswersCandidate(records_[slot], packet, arrival->sender)) {
      slot = BeginFromCandidate(slot, arrival);
    } else if (BeginsNewConnection(records_[slot], packet, arrival->sender)) {
      // The copy of the SYN of a connection that was read to its end on another interface.
      if (IsSameSyn(records_[slot].end(arrival->sender), packet) && IsDuplicate(slot, *arrival)) {
        return IndexedSlot(slot, *arrival);
      }
      slot = EndFor(slot, arrival);
    }
  }
  const bool may_have_copies = MayHaveCopies(packet);
  bool is_new = slot == ConnectionIndex::kNotFound;
  bool is_late = false;
  if (is_new) {
    const bool is_syn = IsSyn(packet);
    is_late = !is_syn && IsLate(*arrival);
    if (may_have_copies && !is_late) {
      if (!has_several_stretches_ && (!IsOnFirstStretch(*arrival) || (remembers_other_stretch_ && !is_syn))) {
        NoteStretch(*arrival);
      }
      if (has_several_stretches_) {
        if (is_syn) {
          const uint32_t provisional = BeginProvisionalView(*arrival);
          if (provisional != ConnectionIndex::kNotFound) return provisional;
        } else {
          slot = JoinConnection(arrival);
          is_new = slot == ConnectionIndex::kNotFound;
        }
      }
    }
  } else if (may_have_copies && has_several_stretches_ && !records_[slot].has(ConnectionRecord::kConfirmed)) {
    slot = JoinUnconfirmed(slot, arrival);
  }
  if (is_new) {
    if (options_.new_only && !IsSyn(packet)) return slot;
    if (IsBareSyn(packet)) {
      slot = BeginEmbryo(*arrival);
      if (may_have_copies && ExpectsCopies()) Remember(slot, *arrival);
      return slot;
    }
    if (is_late && packet.payload_length_bytes == 0) {
      ledger_.CreditLateSegment();
      return slot;
    }
    slot = BeginConnection(*arrival);
    if (is_late || (packet.tcp_flags & kTcpRst)) records_[slot].set(ConnectionRecord::kDoubtful);
  } else if (IsDuplicate(slot, *arrival)) {
    return IndexedSlot(slot, *arrival);
  }
  if (may_have_copies && ExpectsCopies()) Remember(slot, *arrival);
  Credit(slot, *arrival);
  return IndexedSlot(slot, *arrival);
}

uint32_t ConnectionTable::AddEmbryo(const Arrival& arrival) {
  MakeRoom();
  const uint32_t slot = embryos_.Add();
  const DecodedPacket& packet = *arrival.packet;
  const unsigned ip_length_bytes = packet.ip_length_bytes & Embryo::kMaxIpLengthBytes;
  static_assert(InterfacePins::kMaxInterfaces <= 1 << 10, "Embryo::interface has 10 bits");
  const unsigned interface = InterfacePins::Bounded(packet.interface) & 0x3ff;
  const unsigned direction = static_cast<unsigned>(DirectionOf(packet)) & 3;
  const unsigned window_scale = packet.window_scale & 0xf;
  const bool sent_by_b = arrival.key_sender == End::kB;
  Embryo& embryo = embryos_[slot];
  embryo.key = arrival.key;
  embryo.time_ns = arrival.time_ns;
  embryo.sequence_number = packet.sequence_number;
  // Without a read in between, the compiler stores all of these bits at once.
  embryo.ip_length_bytes = ip_length_bytes;
  embryo.interface = interface;
  embryo.direction = direction;
  embryo.sent_by_b = sent_by_b;
  embryo.window_scale = window_scale;
  embryo.is_provisional = false;
  embryo.is_wrapped = false;
  embryo.is_edge_pending = false;
  embryo.has_copies = false;
  encapsulations_.AcquireAgain(arrival.key.encapsulation);
  index_.Insert(slot | kEmbryoSlots, arrival.hash);
  return slot | kEmbryoSlots;
}

uint32_t ConnectionTable::BeginEmbryo(const Arrival& arrival) {
  const uint32_t slot = AddEmbryo(arrival);
  ledger_.Open(/*midstream=*/false);
  ledger_.Enter(ConnectionState::kSynSent);
  if (DefersEdges()) {
    embryos_[slot & ~kEmbryoSlots].is_edge_pending = true;
  } else {
    const EdgeBinding bound =
        ledger_.OpenEdge(arrival.key, arrival.key_sender, arrival.pin.interface(), arrival.time_ns, now_ns_);
    if (names_.finder().is_on()) embryo_bounds_[slot & ~kEmbryoSlots] = bound;
  }
  return slot;
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
  if (embryos_[slot].has_copies && embryos_[slot].is_edge_pending) {
    records_[record].pending_edge.provisional_views = embryo_notes_[slot] & PendingEdge::kMaxProvisionalViews;
  }
  records_[record].bound = BoundOf(slot | kEmbryoSlots);
  index_.Replace(slot | kEmbryoSlots, record, hash);
  embryos_.Remove(slot);
  ForgetRates(record);
  timeouts_.Insert(record);
  return record;
}

void ConnectionTable::ForgetRates(uint32_t slot) {
  measures_[slot] = ConnectionMeasures();
  untold_.Remove(slot);
  if (windows_ != nullptr) windows_->Clear(slot);
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
  record.pins[0] = record.pins[1] = ConnectionRecord::kNoPin;
  record.set(ConnectionRecord::kInUse);
  details.set_start_time_ns(arrival.time_ns);
  details.syn_time = details.syn_ack_time = ConnectionDetails::kUnknown;
  details.first_view = ViewTable::kNone;
  encapsulations_.AcquireAgain(arrival.key.encapsulation);
  ForgetRates(slot);

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
  if (record.has(ConnectionRecord::kRoleObserved)) Confirm(slot, arrival.pin.interface());
}

uint32_t ConnectionTable::BeginFromCandidate(uint32_t old_slot, Arrival* arrival) {
  const End old_client = OtherEnd(arrival->sender);
  const EndRecord candidate = records_[old_slot].end(old_client);
  // The SYN was counted, so it came where the client is pinned.
  const InterfacePins::Pin pin(records_[old_slot].pins[static_cast<size_t>(old_client)]);
  const KeyOfView of_syn = FindView(old_slot, pin.view_number());
  const End client = of_syn.is_swapped ? OtherEnd(old_client) : old_client;
  encapsulations_.AcquireAgain(of_syn.key.encapsulation);
  EndFor(old_slot, arrival);
  Arrival first = *arrival;
  const bool is_on_other_view = !(of_syn.key == arrival->key);
  if (is_on_other_view) {
    first.key = of_syn.key;
    first.hash = static_cast<uint32_t>(index_.HashOf(of_syn.key));
    first.key_sender = first.sender = OtherEnd(client);
  }
  const uint32_t slot = BeginConnection(first);
  encapsulations_.Release(of_syn.key.encapsulation);
  if (is_on_other_view && !AddView(slot, first.sender, ConnectionIndex::kNotFound, arrival)) {
    arrival->sender = first.sender;
  }
  ConnectionRecord& record = records_[slot];
  TakeCandidate(candidate, &record.end(client));
  record.pins[static_cast<size_t>(client)] = pin.OnFirstView().bits();
  used_interfaces_.set(pin.interface());  // a sweep may have passed the new slot, and not yet the old one
  record.end(client).last_counted_sixteenth = candidate.last_counted_sixteenth;
  details_[slot].set_start_time_ns(CandidateTime(candidate, arrival->time_ns));
  details_[slot].syn_time = 0;
  SetState(slot, ConnectionState::kSynSent);
  return slot;
}

bool ConnectionTable::IsDuplicate(uint32_t slot, const Arrival& arrival) {
  return pins_.IsDuplicate(arrival.pin, arrival.sender, arrival.time_ns, &records_[slot]);
}

uint64_t ConnectionTable::TimeWaitHash(const ConnectionKey& key) const {
  if (key.encapsulation == EncapsulationTable::kNone) return index_.HashOf(key);
  ConnectionKey without_encapsulation = key;
  without_encapsulation.encapsulation = EncapsulationTable::kNone;
  return index_.HashOf(without_encapsulation) ^ absl::HashOf(encapsulations_.Get(key.encapsulation));
}

bool ConnectionTable::IsLate(const Arrival& arrival) {
  const TimeWaitTable::InitialSequences* ended = time_wait_.Find(TimeWaitHash(arrival.key), arrival.time_ns);
  // A SYN-ACK with another number answers a new SYN that was not captured.
  return ended != nullptr && (!IsSynAck(*arrival.packet) ||
                              (*ended)[static_cast<size_t>(arrival.key_sender)] == arrival.packet->sequence_number);
}

uint32_t ConnectionTable::TakeFreeRecord() {
  ++records_in_use_;
  if (free_records_ == Timeouts::kNone) return record_limit_++;
  const uint32_t slot = free_records_;
  free_records_ = details_[slot].next;
  if (free_records_ != Timeouts::kNone) FetchRecord(free_records_);  // for the next call
  return slot;
}

uint64_t ConnectionTable::IdOf(const ConnectionKey& key, int64_t start_time_ns) const {
  return index_.HashOf(key) ^ static_cast<uint64_t>(start_time_ns) * 0x9e3779b97f4a7c15;
}

void ConnectionTable::PopulateRecords(uint32_t first, uint32_t count) {
  if (first >= options_.max_connections) return;
  count = std::min(count, options_.max_connections - first);
  records_.Populate(first, count);
  details_.Populate(first, count);
  measures_.Populate(first, count);
  if (windows_ != nullptr) windows_->Populate(first, count);
}

ConnectionSummary ConnectionTable::Summarize(uint32_t slot) const {
  const bool is_embryo = (slot & kEmbryoSlots) != 0;
  const uint32_t embryo = slot & ~kEmbryoSlots;
  ConnectionSummary summary =
      is_embryo ? SummaryOf(embryos_[embryo]) : SummaryOf(records_[slot], details_[slot], measures_[slot].latency);
  summary.id = IdOf(is_embryo ? embryos_[embryo].key : records_[slot].key, summary.start_time_ns);
  if (!is_embryo && details_[slot].first_view != ViewTable::kNone) summary.service = ServiceOf(slot);
  return summary;
}

double ConnectionTable::PayloadRate(uint32_t slot, bool of_client, int64_t time_ns) const {
  if (windows_ == nullptr || (slot & kEmbryoSlots) != 0) return 0;
  const End client = records_[slot].client_end();
  return windows_->Rate(slot, of_client ? client : OtherEnd(client), records_[slot], measures_[slot].marks, time_ns);
}

uint64_t ConnectionTable::WindowPayloadBytes(uint32_t slot, int64_t time_ns) const {
  if (windows_ == nullptr || (slot & kEmbryoSlots) != 0) return 0;
  return windows_->Weight(records_[slot], measures_[slot].marks, time_ns);
}

ConnectionState ConnectionTable::StateOf(uint32_t slot) const {
  return (slot & kEmbryoSlots) != 0 ? ConnectionState::kSynSent : records_[slot].state;
}

size_t ConnectionTable::InterfaceOf(uint32_t slot) const {
  if ((slot & kEmbryoSlots) != 0) return embryos_[slot & ~kEmbryoSlots].interface;
  return InterfacePins::InterfaceOf(records_[slot]);
}

bool ConnectionTable::IsOpenSince(uint32_t slot, int64_t time_ns) const {
  if ((slot & kEmbryoSlots) != 0) return embryos_[slot & ~kEmbryoSlots].time_ns <= time_ns;
  return IsOpen(records_[slot].state) && details_[slot].start_time_ns() <= time_ns;
}

bool ConnectionTable::IsStalled(uint32_t slot) const {
  return (slot & kEmbryoSlots) == 0 && tcpgauge::IsStalled(records_[slot], now_ns_, options_.stall_ns);
}

}  // namespace tcpgauge
