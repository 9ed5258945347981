// SPDX-License-Identifier: Apache-2.0
// The part of ConnectionTable that finds the views of one connection, and chooses the addresses that are shown.
#include <algorithm>
#include <cstdlib>

#include "src/flow/connection_table.h"
#include "src/flow/reuse.h"
#include "src/flow/segment_kind.h"
#include "src/flow/segment_shape.h"

namespace tcpgauge {
namespace {

// When a second stretch is seen, the SYNs of this many of the newest embryos are remembered.
constexpr int kRecentSyns = 256;
// How far a number of a segment may be from the number that the connection has reached, if it is to fit.
constexpr uint32_t kMaxDistance = 1u << 24;

// Whether the segment may answer a SYN: a SYN-ACK, or the RST of a server that refuses (RFC 9293 section 3.5.2).
bool AnswersSyn(const DecodedPacket& segment) {
  return IsSynAck(segment) || (segment.tcp_flags & (kTcpSyn | kTcpRst | kTcpAck)) == (kTcpRst | kTcpAck);
}

bool IsNear(uint32_t a, uint32_t b) { return a - b + kMaxDistance <= 2 * kMaxDistance; }

// Whether a segment that this end sends now may be the first packet of the connection on another stretch. That is not
// so if the SYN was captured, because then the SYN is the first packet on every stretch.
bool MayBeginElsewhere(const ConnectionRecord& record, End sender) {
  constexpr uint64_t kFirstSegments = 4;  // enough for the segments after a handshake
  if (!record.has(ConnectionRecord::kConfirmed)) return true;
  return record.end(sender).packets < kFirstSegments && !record.client().has(EndRecord::kSynSeen);
}

// Whether the client of the connection has sent a SYN with this number. The SYN began the connection, or is a candidate
// that may begin another (see reuse.h).
bool HasSyn(const ConnectionRecord& record, uint32_t sequence_number) {
  const EndRecord& client = record.client();
  return (client.has(EndRecord::kSynSeen) && client.initial_sequence == sequence_number) ||
         (client.timing == EndRecord::Timing::kCandidateSyn && client.rtt_sequence == sequence_number + 1);
}

}  // namespace

Stretch ConnectionTable::StretchOf(const Arrival& arrival) const {
  return {arrival.key.encapsulation, InterfacePins::Bounded(arrival.packet->interface), arrival.packet->direction};
}

uint32_t ConnectionTable::PathHash(const ConnectionKey& key) const {
  ConnectionKey path = key;
  path.encapsulation = EncapsulationTable::kNone;
  return static_cast<uint32_t>(index_.HashOf(path));
}

Fingerprint ConnectionTable::FingerprintOf(Fingerprint::Kind kind, const Arrival& arrival) const {
  const DecodedPacket& packet = *arrival.packet;
  const bool is_bare = arrival.key.encapsulation == EncapsulationTable::kNone;
  const uint32_t shape = kind == Fingerprint::Kind::kSyn ? SynShape(packet) : SegmentShape(packet);
  return {packet.sequence_number,
          shape,
          arrival.hash,
          is_bare ? arrival.hash : PathHash(arrival.key),
          FingerprintTable::TimeOf(arrival.time_ns),
          StretchOf(arrival),
          kind,
          arrival.key_sender,
          /*was_found=*/false};
}

void ConnectionTable::NoteStretch(const Arrival& arrival) {
  const Stretch stretch = StretchOf(arrival);
  if (first_stretch_ns_ == 0) {
    first_stretch_ = stretch;
    first_stretch_ns_ = now_ns_;
    first_pin_bits_ = arrival.pin.bits();
  } else if (stretch.DiffersFrom(first_stretch_) || (remembers_other_stretch_ && !IsSyn(*arrival.packet))) {
    has_several_stretches_ = true;
    // The segment may be a copy of one of the last SYNs. These were not remembered if no second stretch was expected
    // then.
    uint32_t first = embryos_.newest();
    for (int i = 1; i < kRecentSyns && first != EmbryoTable::kNone && embryos_[first].older != EmbryoTable::kNone;
         ++i) {
      first = embryos_[first].older;
    }
    for (uint32_t slot = first; slot != EmbryoTable::kNone; slot = embryos_[slot].newer) RememberEmbryo(embryos_[slot]);
  }
}

void ConnectionTable::RememberEmbryo(const Embryo& embryo) {
  const uint32_t hash = static_cast<uint32_t>(index_.HashOf(embryo.key));
  const Stretch stretch = {embryo.key.encapsulation, static_cast<uint16_t>(embryo.interface),
                           static_cast<PacketDirection>(embryo.direction)};
  fingerprints_.Add({embryo.sequence_number, Fingerprint::kAnyShape, hash, PathHash(embryo.key),
                     FingerprintTable::TimeOf(embryo.time_ns), stretch, Fingerprint::Kind::kSyn, embryo.sender(),
                     /*was_found=*/false});
}

void ConnectionTable::Remember(uint32_t slot, const Arrival& arrival) {
  const DecodedPacket& packet = *arrival.packet;
  if (!has_several_stretches_ && first_stretch_ns_ != 0 && StretchOf(arrival).DiffersFrom(first_stretch_)) {
    remembers_other_stretch_ = true;
  }
  if (IsSyn(packet)) {
    fingerprints_.Add(FingerprintOf(Fingerprint::Kind::kSyn, arrival));
  } else if (IsSynAck(packet)) {
    fingerprints_.Add(FingerprintOf(Fingerprint::Kind::kSynAck, arrival));
  } else if (!ConnectionIndex::IsEmbryo(slot) && MayBeginElsewhere(records_[slot], arrival.sender)) {
    fingerprints_.Add(FingerprintOf(Fingerprint::Kind::kMidstream, arrival));
  }
}

uint32_t ConnectionTable::BeginProvisionalView(const Arrival& arrival) {
  if (!has_several_stretches_ || arrival.packet->is_fragment ||
      arrival.packet->ip_length_bytes > Embryo::kMaxIpLengthBytes) {
    return ConnectionIndex::kNotFound;
  }
  Fingerprint fingerprint = FingerprintOf(Fingerprint::Kind::kSyn, arrival);
  const Fingerprint* const copy = fingerprints_.FindCopy(fingerprint);
  if (copy == nullptr) return ConnectionIndex::kNotFound;
  const uint32_t owner_hash = copy->key_hash;
  const uint32_t owner = FindBySyn(owner_hash, arrival.packet->sequence_number);
  if (owner == ConnectionIndex::kNotFound) return ConnectionIndex::kNotFound;
  CountProvisionalView(owner);
  const bool is_wrapped = copy->stretch.encapsulation != arrival.key.encapsulation;
  const uint32_t slot = AddEmbryo(arrival);  // may evict the owner
  embryos_[slot & ~kEmbryoSlots].is_provisional = true;
  embryos_[slot & ~kEmbryoSlots].is_wrapped = is_wrapped;
  embryo_notes_[slot & ~kEmbryoSlots] = owner_hash;
  fingerprint.kind = Fingerprint::Kind::kSynCopy;
  fingerprint.key_hash = owner_hash;
  fingerprints_.Add(fingerprint);
  return slot;
}

uint32_t ConnectionTable::FindBySyn(uint32_t key_hash, uint32_t sequence_number) const {
  return index_.FindIf(key_hash, [&](uint32_t slot) {
    if (ConnectionIndex::IsEmbryo(slot)) {
      const Embryo& embryo = embryos_[slot & ~kEmbryoSlots];
      return !embryo.is_provisional && embryo.sequence_number == sequence_number;
    }
    return HasSyn(records_[ConnectionIndex::IsView(slot) ? views_[slot & ~ConnectionIndex::kView].record : slot],
                  sequence_number);
  });
}

uint32_t ConnectionTable::FindRecordBySyn(uint32_t key_hash, uint32_t sequence_number) {
  const uint32_t found = FindBySyn(key_hash, sequence_number);
  if (found == ConnectionIndex::kNotFound) return found;
  if (ConnectionIndex::IsView(found)) return views_[found & ~ConnectionIndex::kView].record;
  return ConnectionIndex::IsEmbryo(found) ? Promote(found & ~kEmbryoSlots, key_hash) : found;
}

bool ConnectionTable::Fits(const ConnectionRecord& record, const DecodedPacket& segment, bool from_client) {
  const EndRecord& client = record.client();
  const EndRecord& server = record.server();
  if (!from_client) {
    if (IsSynAck(segment) && server.has(EndRecord::kSynSeen)) return segment.sequence_number == server.initial_sequence;
    if (!server.has(EndRecord::kSeen)) {
      return (segment.tcp_flags & kTcpAck) == 0 || IsNear(segment.acknowledgment_number, client.next_sequence);
    }
    return IsNear(segment.sequence_number, server.next_sequence);
  }
  if ((segment.tcp_flags & kTcpAck) == 0 || !server.has(EndRecord::kSeen)) {
    return IsNear(segment.sequence_number, client.next_sequence);
  }
  return IsNear(segment.acknowledgment_number, server.next_sequence);
}

uint32_t ConnectionTable::ResolveProvisionalView(uint32_t slot, Arrival* arrival) {
  const DecodedPacket& packet = *arrival->packet;
  Embryo& embryo = embryos_[slot];
  const bool from_client = arrival->key_sender == embryo.sender();
  if (packet.kind != DecodedPacket::Kind::kTcpSegment || packet.error != DecodeError::kNone) {
    pins_.CountDuplicate(packet.interface, embryo.duplicate_kind(), 1);
    return kHeld;
  }
  if (IsSyn(packet) && from_client) {
    if (packet.sequence_number != embryo.sequence_number) {
      EndEmbryo(slot, std::nullopt);
      return ConnectionIndex::kNotFound;
    }
    const uint32_t repeating = ConfirmByRepetition(slot, arrival);
    if (repeating != ConnectionIndex::kNotFound) return repeating;
    pins_.CountDuplicate(packet.interface, embryo.duplicate_kind(), 1);
    return kHeld;
  }
  uint32_t owner = FindRecordBySyn(embryo_notes_[slot], embryo.sequence_number);
  if (owner != ConnectionIndex::kNotFound) {
    const ConnectionRecord& record = records_[owner];
    const End sender = from_client ? record.client_end() : OtherEnd(record.client_end());
    if (AnswersCandidate(record, packet, sender)) {
      // The new connection takes another way than the old one.
      EndEmbryo(slot, std::nullopt);
      arrival->sender = sender;
      return BeginFromCandidate(owner, arrival);
    }
    if (record.client().has(EndRecord::kSynSeen) && record.client().initial_sequence == embryo.sequence_number &&
        Fits(record, packet, from_client) && AddView(owner, sender, slot | kEmbryoSlots, arrival)) {
      return owner;
    }
  }
  if (IsSynAck(packet) && !from_client) {
    owner = JoinBySynAck(slot | kEmbryoSlots, arrival);
    if (owner != ConnectionIndex::kNotFound) return owner;
  }
  // The provisional view is a connection of its own after all.
  embryo.is_provisional = false;
  embryo.is_edge_pending = true;
  ledger_.Open(/*midstream=*/false);
  ledger_.Enter(ConnectionState::kSynSent);
  return Promote(slot, arrival->hash);
}

void ConnectionTable::CountProvisionalView(uint32_t owner) {
  constexpr uint16_t kMost = PendingEdge::kMaxProvisionalViews;
  if (ConnectionIndex::IsEmbryo(owner)) {
    Embryo& embryo = embryos_[owner & ~kEmbryoSlots];
    uint32_t& copies = embryo_notes_[owner & ~kEmbryoSlots];
    copies = embryo.has_copies ? std::min<uint32_t>(copies + 1, kMost) : 1;
    embryo.has_copies = true;
    return;
  }
  ConnectionRecord& record =
      records_[ConnectionIndex::IsView(owner) ? views_[owner & ~ConnectionIndex::kView].record : owner];
  if (record.is_edge_pending && record.pending_edge.provisional_views < kMost) ++record.pending_edge.provisional_views;
}

uint32_t ConnectionTable::ConfirmByRepetition(uint32_t slot, Arrival* arrival) {
  const uint32_t found = FindBySyn(embryo_notes_[slot], embryos_[slot].sequence_number);
  // An embryo has not repeated its SYN yet.
  if (found == ConnectionIndex::kNotFound || ConnectionIndex::IsEmbryo(found)) return ConnectionIndex::kNotFound;
  const uint32_t owner = ConnectionIndex::IsView(found) ? views_[found & ~ConnectionIndex::kView].record : found;
  ConnectionRecord& record = records_[owner];
  const bool has_repeated = record.is_edge_pending && record.pending_edge.syn_retransmissions > 0;
  if (!has_repeated || !IsSameSyn(record.client(), *arrival->packet) ||
      std::abs(arrival->time_ns - record.last_packet_time_ns) > kRepetitionNs ||
      !AddView(owner, record.client_end(), slot | kEmbryoSlots, arrival)) {
    return ConnectionIndex::kNotFound;
  }
  if (record.pending_edge.provisional_views > 0) --record.pending_edge.provisional_views;
  if (record.pending_edge.provisional_views == 0) OpenEdge(owner);
  return owner;
}

uint32_t ConnectionTable::FindRemembered(const Fingerprint& fingerprint, End* sender) const {
  const uint32_t found = index_.FindIf(fingerprint.key_hash, [&](uint32_t slot) {
    if (ConnectionIndex::IsEmbryo(slot)) return false;
    const ConnectionKey& key = index_.KeyOf(slot);
    return key.encapsulation == fingerprint.stretch.encapsulation && PathHash(key) == fingerprint.path_hash;
  });
  if (found == ConnectionIndex::kNotFound || !ConnectionIndex::IsView(found)) {
    *sender = fingerprint.sender;
    return found;
  }
  const View& view = views_[found & ~ConnectionIndex::kView];
  *sender = view.is_swapped ? OtherEnd(fingerprint.sender) : fingerprint.sender;
  return view.record;
}

uint32_t ConnectionTable::JoinBySynAck(uint32_t replaced, Arrival* arrival) {
  const Fingerprint* const copy = fingerprints_.FindCopy(FingerprintOf(Fingerprint::Kind::kSynAck, *arrival));
  if (copy == nullptr) return ConnectionIndex::kNotFound;
  End sender;
  const uint32_t owner = FindRemembered(*copy, &sender);
  if (owner == ConnectionIndex::kNotFound || !AddView(owner, sender, replaced, arrival)) {
    return ConnectionIndex::kNotFound;
  }
  return owner;
}

uint32_t ConnectionTable::JoinConnection(Arrival* arrival) {
  if (!has_several_stretches_) return ConnectionIndex::kNotFound;
  const DecodedPacket& packet = *arrival->packet;
  uint32_t owner = ConnectionIndex::kNotFound;
  End sender = arrival->key_sender;
  if (AnswersSyn(packet)) {
    const Fingerprint fingerprint = FingerprintOf(Fingerprint::Kind::kSynAck, *arrival);
    const uint32_t syn_number = packet.acknowledgment_number - 1;
    const Fingerprint* const syn = fingerprints_.FindAnsweredSyn(syn_number, fingerprint);
    if (syn != nullptr && (syn->path_hash != fingerprint.path_hash || syn->sender != arrival->key_sender)) {
      owner = FindRecordBySyn(syn->key_hash, syn_number);
      if (owner != ConnectionIndex::kNotFound) {
        const ConnectionRecord& record = records_[owner];
        sender = OtherEnd(record.client_end());
        if (!Fits(record, packet, /*from_client=*/false)) owner = ConnectionIndex::kNotFound;
      }
    }
    if (owner == ConnectionIndex::kNotFound) return JoinBySynAck(ConnectionIndex::kNotFound, arrival);
  } else {
    const Fingerprint* const copy = fingerprints_.FindCopy(FingerprintOf(Fingerprint::Kind::kMidstream, *arrival));
    if (copy != nullptr) owner = FindRemembered(*copy, &sender);
  }
  if (owner == ConnectionIndex::kNotFound || !AddView(owner, sender, ConnectionIndex::kNotFound, arrival)) {
    return ConnectionIndex::kNotFound;
  }
  return owner;
}

uint32_t ConnectionTable::JoinUnconfirmed(uint32_t slot, Arrival* arrival) {
  if (!has_several_stretches_) return slot;
  const Fingerprint* const copy = fingerprints_.FindCopy(FingerprintOf(Fingerprint::Kind::kMidstream, *arrival));
  if (copy == nullptr) return slot;
  End sender;
  const uint32_t owner = FindRemembered(*copy, &sender);
  if (owner == ConnectionIndex::kNotFound || owner == slot || details_[slot].first_view != ViewTable::kNone ||
      !views_.HasRoom(details_[owner].first_view)) {
    return slot;
  }
  const bool is_swapped = sender != arrival->key_sender;
  if (records_[slot].last_packet_time_ns < details_[owner].start_time_ns() &&
      !records_[owner].has(ConnectionRecord::kConfirmed)) {
    TakeCounts(slot, is_swapped, owner);
  } else {
    CountAsDuplicates(slot, owner);
  }
  FreeRecord(slot);
  arrival->LeaveView();
  AddView(owner, sender, ConnectionIndex::kNotFound, arrival);
  return owner;
}

void ConnectionTable::TakeCounts(uint32_t from, bool is_swapped, uint32_t to) {
  for (const End end : {End::kA, End::kB}) {
    const EndRecord& source = records_[from].end(is_swapped ? OtherEnd(end) : end);
    EndRecord& target = records_[to].end(end);
    target.packets += source.packets;
    target.payload_bytes += source.payload_bytes;
    target.header_bytes += source.header_bytes;
    target.untold_segments =
        std::min<unsigned>(target.untold_segments + source.untold_segments, EndRecord::kMaxUntoldSegments) & 0x7f;
  }
  details_[to].set_start_time_ns(std::min(details_[from].start_time_ns(), details_[to].start_time_ns()));
}

void ConnectionTable::CountAsDuplicates(uint32_t slot, uint32_t owner) {
  const ConnectionRecord& record = records_[slot];
  const DuplicateKind kind = record.key.encapsulation == records_[owner].key.encapsulation
                                 ? DuplicateKind::kTranslated
                                 : DuplicateKind::kEncapsulated;
  for (const End end : {End::kA, End::kB}) {
    const uint16_t pin = record.pins[static_cast<size_t>(end)];
    if (pin == ConnectionRecord::kNoPin) continue;
    pins_.CountDuplicate(InterfacePins::Pin(pin).interface(), kind, record.end(end).packets);
  }
}

bool ConnectionTable::AddView(uint32_t slot, End sender, uint32_t replaced, Arrival* arrival) {
  const uint32_t added = views_.Add(&details_[slot].first_view);
  if (added == ViewTable::kNone) return false;
  View& view = views_[added];
  view.key = arrival->key;
  view.record = slot;
  view.is_swapped = sender != arrival->key_sender;
  view.is_wrapped = arrival->key.encapsulation != records_[slot].key.encapsulation;
  encapsulations_.AcquireAgain(arrival->key.encapsulation);
  if (replaced == ConnectionIndex::kNotFound) {
    index_.Insert(added | ConnectionIndex::kView, arrival->hash);
  } else {
    const uint32_t embryo = replaced & ~kEmbryoSlots;
    pins_.CountDuplicate(embryos_[embryo].interface, embryos_[embryo].duplicate_kind(), 1);
    index_.Replace(replaced, added | ConnectionIndex::kView, arrival->hash);
    encapsulations_.Release(arrival->key.encapsulation);
    embryos_.Remove(embryo);
  }
  arrival->EnterView(added, view);
  return true;
}

void ConnectionTable::EraseKeys(uint32_t slot) {
  const ConnectionKey& own = records_[slot].key;
  if (HasOwnKey(slot)) index_.Erase(slot, static_cast<uint32_t>(index_.HashOf(own)));
  encapsulations_.Release(own.encapsulation);
  for (uint32_t at = details_[slot].first_view; at != ViewTable::kNone; at = views_[at].next) {
    index_.Erase(at | ConnectionIndex::kView, static_cast<uint32_t>(index_.HashOf(views_[at].key)));
    encapsulations_.Release(views_[at].key.encapsulation);
  }
  views_.RemoveAll(&details_[slot].first_view);
}

ConnectionTable::KeyOfView ConnectionTable::FindView(uint32_t slot, uint8_t number) const {
  for (uint32_t at = details_[slot].first_view; at != ViewTable::kNone; at = views_[at].next) {
    if (views_[at].number == number) return {views_[at].key, views_[at].is_swapped};
  }
  return {records_[slot].key, false};
}

void ConnectionTable::SettleAddresses(uint32_t slot) {
  if (details_[slot].first_view == ViewTable::kNone) return;
  uint8_t newest = View::kFirstNumber;
  for (uint32_t at = details_[slot].first_view; at != ViewTable::kNone; at = views_[at].next) {
    newest = std::max(newest, views_[at].number);
  }
  for (const End end : {End::kA, End::kB}) {
    const uint16_t pin = records_[slot].pins[static_cast<size_t>(end)];
    // An end without a pin was silent. The packets of the other end reach the stretches one after the other, so the
    // newest view is the nearest to the silent end.
    const KeyOfView view =
        FindView(slot, pin == ConnectionRecord::kNoPin ? newest : InterfacePins::Pin(pin).view_number());
    SetEndpoint(slot, end, view.key.endpoint(view.is_swapped ? OtherEnd(end) : end));
  }
}

void ConnectionTable::SetEndpoint(uint32_t slot, End end, const Endpoint& endpoint) {
  ConnectionKey& key = records_[slot].key;
  if (key.endpoint(end) == endpoint) return;
  if (HasOwnKey(slot)) {
    const uint32_t added = views_.AddOwnKey(&details_[slot].first_view);
    if (added == ViewTable::kNone) return;
    View& view = views_[added];
    view.key = key;
    view.record = slot;
    view.is_swapped = view.is_wrapped = false;
    encapsulations_.AcquireAgain(key.encapsulation);
    index_.Replace(slot, added | ConnectionIndex::kView, static_cast<uint32_t>(index_.HashOf(key)));
    records_[slot].is_key_of_views = true;
  }
  (end == End::kA ? key.address_a : key.address_b) = endpoint.address;
  (end == End::kA ? key.port_a : key.port_b) = endpoint.port;
}

void ConnectionTable::OpenEdge(uint32_t slot, size_t interface) {
  SettleAddresses(slot);
  ConnectionRecord& record = records_[slot];
  ledger_.OpenEdge(interface, BegunOfSocket(slot), now_ns_, &record);
  if (!IsOpen(record.state)) ledger_.CloseEdge(record.key, record.client_end(), record.edge, record.bound);
}

Endpoint ConnectionTable::ServiceOf(uint32_t slot) const {
  const ConnectionRecord& record = records_[slot];
  const Endpoint client = record.key.endpoint(record.client_end());
  const Endpoint server = record.key.endpoint(OtherEnd(record.client_end()));
  // The list has the newest view first. The first view, which may be anywhere in it, has the lowest number.
  Endpoint service = server;
  uint8_t lowest = View::kMaxNumber;
  for (uint32_t at = details_[slot].first_view; at != ViewTable::kNone; at = views_[at].next) {
    const View& view = views_[at];
    const End of_client = view.is_swapped ? OtherEnd(record.client_end()) : record.client_end();
    const Endpoint addressed = view.key.endpoint(OtherEnd(of_client));
    if (view.number <= lowest && view.key.endpoint(of_client) == client && !(addressed == server)) {
      service = addressed;
      lowest = view.number;
    }
  }
  return service;
}

void ConnectionTable::NoteService(uint32_t slot) {
  if (details_[slot].first_view == ViewTable::kNone) return;
  ledger_.NoteService(records_[slot], ServiceOf(slot));
}

void ConnectionTable::AppendViews(uint32_t slot, std::vector<ConnectionView>* views) const {
  if ((slot & kEmbryoSlots) != 0 || details_[slot].first_view == ViewTable::kNone) return;
  const End client = records_[slot].client_end();
  const auto append = [views](const ConnectionKey& key, End client_of_key) {
    views->push_back({key.endpoint(client_of_key), key.endpoint(OtherEnd(client_of_key)), key.encapsulation});
  };
  if (HasOwnKey(slot)) append(records_[slot].key, client);
  for (uint32_t at = details_[slot].first_view; at != ViewTable::kNone; at = views_[at].next) {
    append(views_[at].key, views_[at].is_swapped ? OtherEnd(client) : client);
  }
}

}  // namespace tcpgauge
