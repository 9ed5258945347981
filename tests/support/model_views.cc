// SPDX-License-Identifier: Apache-2.0
// ModelTable's methods that find the views of a connection.
#include <algorithm>
#include <cstdlib>

#include "tests/support/model_table.h"

namespace tcpgauge {
namespace {

constexpr int64_t kSecond = 1000000000;
constexpr int64_t kUnit = 1 << 20;  // ns, of the times of segments that were seen
constexpr int64_t kHandshakeUnits = kSecond / kUnit;
constexpr int64_t kOtherUnits = kSecond / 10 / kUnit;
constexpr size_t kMaxViews = 8;  // with the first
constexpr uint32_t kMaxDistance = 1 << 24;
constexpr uint32_t kLongestProvisionalBytes = 2047;

bool IsSyn(const DecodedPacket& p) { return (p.tcp_flags & (kTcpSyn | kTcpAck | kTcpRst)) == kTcpSyn; }
bool IsSynAck(const DecodedPacket& p) { return (p.tcp_flags & (kTcpSyn | kTcpAck | kTcpRst)) == (kTcpSyn | kTcpAck); }

bool IsNear(uint32_t number, int64_t position) {
  const int32_t distance = static_cast<int32_t>(number - static_cast<uint32_t>(position));
  return distance >= -static_cast<int32_t>(kMaxDistance) && distance <= static_cast<int32_t>(kMaxDistance);
}

}  // namespace

bool ModelTable::AreApart(const Stretch& a, const Stretch& b) {
  const bool direction = a.direction != PacketDirection::kUnknown && b.direction != PacketDirection::kUnknown &&
                         a.direction != b.direction;
  return direction || a.interface != b.interface || !(a.encapsulation == b.encapsulation);
}

ModelTable::Stretch ModelTable::StretchOf(const DecodedPacket& packet) {
  return {packet.encapsulation, std::min<size_t>(packet.interface, 1023), packet.direction};
}

ModelTable::Seen ModelTable::SeenOf(Seen::Kind kind, const Arrival& arrival) {
  const DecodedPacket& p = arrival.packet;
  Seen seen = {kind, {}, arrival.key, arrival.key, arrival.key_sender, StretchOf(p), arrival.time_ns / kUnit};
  seen.numbers = {p.has_timestamps, p.has_timestamps ? p.timestamp_value : 0};
  if (kind == Seen::Kind::kSyn || kind == Seen::Kind::kSynCopy) {
    seen.numbers.insert(seen.numbers.end(), {p.window, p.window_scale, p.option_kinds});
  } else {
    seen.numbers.insert(seen.numbers.end(), {p.has_timestamps ? p.timestamp_echo_reply : 0, p.acknowledgment_number});
  }
  return seen;
}

bool ModelTable::HaveSameNumbers(const Seen& a, const Seen& b) {
  return a.numbers == b.numbers || a.numbers.empty() || b.numbers.empty();
}

bool ModelTable::MayHaveCopies(const DecodedPacket& packet) const {
  return !options_.count_views && packet.kind == DecodedPacket::Kind::kTcpSegment && packet.error == DecodeError::kNone;
}

// Whether copies may come: a second stretch was seen, or the capture began so shortly ago that one may follow.
bool ModelTable::ExpectsCopies() const { return has_several_stretches_ || now_ns_ - first_stretch_ns_ < kSecond / 10; }

// Whether a connection that begins now gets its addresses later.
bool ModelTable::AwaitsAddresses() const { return !options_.count_views && ExpectsCopies(); }

void ModelTable::NoteStretch(const DecodedPacket& packet) {
  const Stretch stretch = StretchOf(packet);
  if (!first_stretch_) {
    first_stretch_ = stretch;
    first_stretch_ns_ = now_ns_;
  }
  if (has_several_stretches_) return;
  if (!AreApart(stretch, *first_stretch_) && (!remembers_other_stretch_ || IsSyn(packet))) return;
  has_several_stretches_ = true;
  // From here on, the last SYNs that are unanswered are known, except for their options.
  std::map<uint64_t, const Connection*> unanswered;
  for (const auto& [key, connection] : connections_) {
    if (connection.has_only_bare_syn) unanswered[connection.embryo_number] = &connection;
  }
  for (const auto& [number, connection] : unanswered) {
    const Key& key = connection->views[0].key;
    const Peer& client = connection->ends[static_cast<size_t>(connection->client)];
    const Stretch of_syn = {connection->encapsulation, client.pin->interface, client.pin->direction};
    Remember({Seen::Kind::kSyn, {}, key, key, connection->client, of_syn, connection->start_ns / kUnit},
             *client.initial_sequence);
  }
}

ModelTable::Connections::iterator ModelTable::Find(const Key& key) {
  const auto further = further_views_.find(key);
  return connections_.find(further == further_views_.end() ? key : further->second);
}

void ModelTable::Place(const View* view, Arrival* arrival) const {
  arrival->sender = view == nullptr ? arrival->key_sender : view->end(arrival->key_sender);
  arrival->pin = {std::min<size_t>(arrival->packet.interface, 1023),
                  options_.count_views ? PacketDirection::kUnknown : arrival->packet.direction,
                  view == nullptr ? 0 : view->number, view != nullptr && view->is_wrapped};
}

ModelTable::Connections::iterator ModelTable::FindFor(Arrival* arrival) {
  const Connections::iterator found = Find(arrival->key);
  Place(nullptr, arrival);
  if (found == connections_.end()) return found;
  for (const View& view : found->second.views) {
    if (view.key == arrival->key) Place(&view, arrival);
  }
  return found;
}

void ModelTable::Remember(const Connection& connection, const Arrival& arrival) {
  if (!MayHaveCopies(arrival.packet) || !ExpectsCopies()) return;
  if (first_stretch_ && AreApart(StretchOf(arrival.packet), *first_stretch_)) remembers_other_stretch_ = true;
  Seen::Kind kind = Seen::Kind::kOther;
  if (IsSyn(arrival.packet)) {
    kind = Seen::Kind::kSyn;
  } else if (IsSynAck(arrival.packet)) {
    kind = Seen::Kind::kSynAck;
  } else if (connection.confirmed) {
    // The first segments after a handshake that was not captured count too.
    const Peer& client = connection.ends[static_cast<size_t>(connection.client)];
    if (client.initial_sequence || connection.ends[static_cast<size_t>(arrival.sender)].packets >= 4) return;
  }
  Remember(SeenOf(kind, arrival), arrival.packet.sequence_number);
}

void ModelTable::Remember(const Seen& seen, uint32_t sequence) {
  std::deque<Seen>& same_number = seen_[sequence];
  const auto same = std::find_if(same_number.begin(), same_number.end(), [&](const Seen& old) {
    return old.kind == seen.kind && HaveSameNumbers(old, seen) && old.owner == seen.owner;
  });
  if (same != same_number.end()) same_number.erase(same);
  same_number.push_front(seen);
}

const ModelTable::Seen* ModelTable::FindCopy(const Arrival& arrival, Seen::Kind kind) const {
  const auto found = seen_.find(arrival.packet.sequence_number);
  if (found == seen_.end()) return nullptr;
  const Seen segment = SeenOf(kind, arrival);
  const int64_t window = kind == Seen::Kind::kOther ? kOtherUnits : kHandshakeUnits;
  for (const Seen& seen : found->second) {
    if (seen.kind == kind && HaveSameNumbers(seen, segment) && seen.key != segment.key &&
        AreApart(seen.stretch, segment.stretch) && std::abs(seen.time - segment.time) <= window) {
      return &seen;
    }
  }
  return nullptr;
}

// Returns the connection with this key, if the key's client has sent a SYN with this number: the SYN that began the
// connection, or a candidate.
ModelTable::Connections::iterator ModelTable::FindBySyn(const Key& key, uint32_t sequence) {
  const Connections::iterator found = Find(key);
  if (found == connections_.end()) return found;
  const Peer& client = found->second.ends[static_cast<size_t>(found->second.client)];
  const bool has_syn =
      client.initial_sequence == sequence || (client.candidate && client.candidate->sequence == sequence);
  return has_syn ? found : connections_.end();
}

bool ModelTable::BeginProvisional(const Arrival& arrival) {
  const DecodedPacket& syn = arrival.packet;
  if (!has_several_stretches_ || syn.is_fragment || syn.ip_length_bytes > kLongestProvisionalBytes) return false;
  const Seen* const copy = FindCopy(arrival, Seen::Kind::kSyn);
  if (copy == nullptr) return false;
  const Connections::iterator original = FindBySyn(copy->key, syn.sequence_number);
  if (original == connections_.end()) return false;
  if (original->second.awaits_addresses) {
    original->second.provisional_views = std::min(original->second.provisional_views + 1, 3);
  }
  const Key owner = copy->key;
  const bool is_wrapped = !(copy->stretch.encapsulation == syn.encapsulation);
  if (connections_.size() + provisional_.size() == options_.max_connections) Evict();
  provisional_[arrival.key] = {syn, arrival.time_ns, owner, is_wrapped, next_embryo_++};
  Seen seen = SeenOf(Seen::Kind::kSynCopy, arrival);
  seen.owner = owner;
  Remember(seen, syn.sequence_number);
  return true;
}

bool ModelTable::Fits(const Connection& connection, bool from_client, const DecodedPacket& packet) {
  const Peer& client = connection.ends[static_cast<size_t>(connection.client)];
  const Peer& server = connection.ends[static_cast<size_t>(1 - connection.client)];
  const bool acknowledges = packet.tcp_flags & kTcpAck;
  if (from_client) {
    if (acknowledges && server.next) return IsNear(packet.acknowledgment_number, *server.next);
    return IsNear(packet.sequence_number, client.next.value_or(0));
  }
  if (IsSynAck(packet) && server.initial_sequence) return packet.sequence_number == *server.initial_sequence;
  if (server.next) return IsNear(packet.sequence_number, *server.next);
  return !acknowledges || IsNear(packet.acknowledgment_number, client.next.value_or(0));
}

std::optional<ModelTable::Connections::iterator> ModelTable::Resolve(Arrival* arrival) {
  const auto at = provisional_.find(arrival->key);
  if (at == provisional_.end()) return connections_.end();
  const Provisional provisional = at->second;
  if (arrival->time_ns - provisional.time_ns >= kFirstAttemptNs) {
    Drop(at);
    return connections_.end();
  }
  const DecodedPacket& packet = arrival->packet;
  if (packet.kind != DecodedPacket::Kind::kTcpSegment || packet.error != DecodeError::kNone) {
    CountDuplicate(provisional, packet);
    return std::nullopt;
  }
  const bool from_client = arrival->key_sender == SenderOf(provisional.syn);
  const uint32_t number = provisional.syn.sequence_number;
  Connections::iterator owner = FindBySyn(provisional.owner, number);
  if (from_client && IsSyn(packet)) {
    if (packet.sequence_number == number) {
      if (owner != connections_.end() && RepeatsTogether(owner->second, packet, arrival->time_ns) &&
          AddView(owner, owner->second.client, arrival)) {
        Drop(at);
        if (--owner->second.provisional_views <= 0) ChooseAddresses(&owner->second);
        return owner;
      }
      CountDuplicate(provisional, packet);
      return std::nullopt;
    }
    Drop(at);
    return connections_.end();
  }
  if (owner != connections_.end()) {
    Connection& connection = owner->second;
    connection.has_only_bare_syn = false;
    const Peer& client = connection.ends[static_cast<size_t>(connection.client)];
    const int sender = from_client ? connection.client : 1 - connection.client;
    const auto& candidate = connection.ends[static_cast<size_t>(1 - sender)].candidate;
    if (IsSynAck(packet) && candidate && packet.acknowledgment_number == candidate->sequence + 1) {
      Drop(at);
      arrival->sender = sender;
      return BeginFromCandidate(owner, arrival);
    }
    if (client.initial_sequence == number && Fits(connection, from_client, packet) && AddView(owner, sender, arrival)) {
      Drop(at);
      return owner;
    }
  }
  if (IsSynAck(packet) && !from_client) {
    owner = JoinSynAck(arrival);
    if (owner != connections_.end()) {
      Drop(at);
      return owner;
    }
  }
  // A connection of its own after all.
  provisional_.erase(at);
  DecodedPacket syn = provisional.syn;
  syn.tcp_flags = kTcpSyn;
  syn.payload_length_bytes = 0;
  const Connections::iterator begun = Begin(syn, SenderOf(syn), provisional.time_ns);
  begun->second.awaits_addresses = true;
  Arrival first = {syn, provisional.time_ns, arrival->key, 1 - arrival->key_sender, 0, {}};
  if (from_client) first.key_sender = arrival->key_sender;
  Place(nullptr, &first);
  Credit(&begun->second, first);
  begun->second.has_only_bare_syn = false;
  Place(nullptr, arrival);
  return begun;
}

bool ModelTable::RepeatsTogether(const Connection& connection, const DecodedPacket& syn, int64_t time_ns) {
  const Peer& client = connection.ends[static_cast<size_t>(connection.client)];
  return connection.awaits_addresses && connection.repeated_syns > 0 &&
         client.initial_sequence == syn.sequence_number && std::abs(time_ns - connection.last_ns) <= kSecond / 10;
}

ModelTable::Connections::iterator ModelTable::FindRemembered(const Seen& seen, int* sender) {
  const Connections::iterator found = Find(seen.key);
  if (found == connections_.end() || found->second.has_only_bare_syn) return connections_.end();
  for (const View& view : found->second.views) {
    if (view.key == seen.key) *sender = view.end(seen.sender);
  }
  return found;
}

// If another stretch showed the same SYN-ACK, makes the key a view of that connection.
ModelTable::Connections::iterator ModelTable::JoinSynAck(Arrival* arrival) {
  const Seen* const copy = FindCopy(*arrival, Seen::Kind::kSynAck);
  if (copy == nullptr) return connections_.end();
  int sender = 0;
  const Connections::iterator owner = FindRemembered(*copy, &sender);
  return owner != connections_.end() && AddView(owner, sender, arrival) ? owner : connections_.end();
}

ModelTable::Connections::iterator ModelTable::Join(Arrival* arrival) {
  if (!has_several_stretches_) return connections_.end();
  const DecodedPacket& packet = arrival->packet;
  const bool refuses = (packet.tcp_flags & (kTcpSyn | kTcpAck | kTcpRst)) == (kTcpRst | kTcpAck);
  if (!IsSynAck(packet) && !refuses) {
    const Seen* const copy = FindCopy(*arrival, Seen::Kind::kOther);
    if (copy == nullptr) return connections_.end();
    int sender = 0;
    const Connections::iterator owner = FindRemembered(*copy, &sender);
    return owner != connections_.end() && AddView(owner, sender, arrival) ? owner : connections_.end();
  }
  const Seen* const syn = FindAnsweredSyn(*arrival);
  if (syn != nullptr) {
    const Connections::iterator owner = FindBySyn(syn->owner, packet.acknowledgment_number - 1);
    if (owner != connections_.end()) {
      Connection& connection = owner->second;
      connection.has_only_bare_syn = false;
      if (Fits(connection, /*from_client=*/false, packet)) {
        return AddView(owner, 1 - connection.client, arrival) ? owner : connections_.end();
      }
    }
  }
  return JoinSynAck(arrival);
}

// Returns the SYN that the arrival answers, or a copy of it, or null. A SYN with the same addresses and ports counts
// before others.
const ModelTable::Seen* ModelTable::FindAnsweredSyn(const Arrival& arrival) {
  const auto same_number = seen_.find(arrival.packet.acknowledgment_number - 1);
  if (same_number == seen_.end()) return nullptr;
  const Seen* recent = nullptr;
  for (const Seen& seen : same_number->second) {
    const bool is_syn = seen.kind == Seen::Kind::kSynCopy || (seen.kind == Seen::Kind::kSyn && seen.key != arrival.key);
    if (!is_syn || !AreApart(seen.stretch, StretchOf(arrival.packet))) continue;
    const bool is_recent = std::abs(seen.time - arrival.time_ns / kUnit) <= kHandshakeUnits;
    if (std::get<2>(seen.key) == std::get<2>(arrival.key) && std::get<3>(seen.key) == std::get<3>(arrival.key)) {
      if (!is_recent) is_open_ = true;
      return seen.sender != arrival.key_sender ? &seen : nullptr;
    }
    if (recent == nullptr && is_recent) recent = &seen;
  }
  return recent;
}

ModelTable::Connections::iterator ModelTable::JoinUnconfirmed(Connections::iterator found, Arrival* arrival) {
  if (!MayHaveCopies(arrival->packet) || !has_several_stretches_) return found;
  const Seen* const copy = FindCopy(*arrival, Seen::Kind::kOther);
  if (copy == nullptr || found->second.views.size() > 1) return found;
  int sender = 0;
  const Connections::iterator owner = FindRemembered(*copy, &sender);
  if (owner == connections_.end() || owner == found) return found;
  Connection& kept = owner->second;
  if (!HasRoomForView(kept)) return found;
  if (found->second.last_ns < kept.start_ns && !kept.confirmed) {
    // What came before the other connection began has no copies there.
    const bool is_swapped = sender != arrival->key_sender;
    for (size_t i = 0; i < 2; ++i) {
      const Peer& from = found->second.ends[is_swapped ? 1 - i : i];
      kept.ends[i].packets += from.packets;
      kept.ends[i].payload_bytes += from.payload_bytes;
      kept.ends[i].ip_bytes += from.ip_bytes;
      kept.ends[i].payload_segments +=
          from.payload_segments - (found->second.doubtful ? static_cast<int>(from.retransmitted) : 0);
    }
    kept.start_ns = std::min(kept.start_ns, found->second.start_ns);
  } else {
    const bool is_wrapped = !(found->second.encapsulation == kept.encapsulation);
    const DuplicateKind kind = is_wrapped ? DuplicateKind::kEncapsulated : DuplicateKind::kTranslated;
    for (const Peer& end : found->second.ends) {
      if (end.pin) duplicates_[end.pin->interface][static_cast<size_t>(kind)] += end.packets;
    }
  }
  Erase(found);
  AddView(owner, sender, arrival);
  return owner;
}

// The key with which a connection began takes no room as long as the connection shows it.
size_t ModelTable::CountViews() const {
  size_t count = 0;
  for (const auto& [key, each] : connections_) count += each.views.size() - (each.shows_other_key ? 0 : 1);
  return count;
}

bool ModelTable::HasRoomForView(const Connection& connection) const {
  return connection.views.size() < kMaxViews && CountViews() < options_.max_connections;
}

bool ModelTable::AddView(Connections::iterator connection, int sender, Arrival* arrival) {
  Connection& c = connection->second;
  if (!HasRoomForView(c)) return false;
  View view;
  view.key = arrival->key;
  view.encapsulation = arrival->packet.encapsulation;
  view.is_swapped = sender != arrival->key_sender;
  view.is_wrapped = !(view.encapsulation == c.encapsulation);
  view.number = static_cast<int>(c.views.size());
  c.views.push_back(view);
  further_views_[view.key] = connection->first;
  Place(&view, arrival);
  return true;
}

void ModelTable::Erase(Connections::iterator connection) {
  for (const View& view : connection->second.views) further_views_.erase(view.key);
  connections_.erase(connection);
}

// Each end gets the address that it has on the view on which its packets are counted.
void ModelTable::ChooseAddresses(Connection* connection) {
  connection->awaits_addresses = false;
  if (connection->views.size() == 1) return;
  for (int i = 0; i < 2; ++i) {
    Peer& end = connection->ends[static_cast<size_t>(i)];
    const View* chosen = &connection->views.back();  // for an end that was silent
    for (const View& view : connection->views) {
      if (end.pin && view.number == end.pin->view) chosen = &view;
    }
    if (chosen->endpoint(i) == end.endpoint) continue;
    if (!connection->shows_other_key) {
      if (CountViews() == options_.max_connections) continue;
      connection->shows_other_key = true;
    }
    end.endpoint = chosen->endpoint(i);
  }
}

// The server on the first view on which the client has the address that is shown, if the server was translated there.
Endpoint ModelTable::ServiceOf(const Connection& connection) const {
  const Endpoint& client = connection.ends[static_cast<size_t>(connection.client)].endpoint;
  const Endpoint& server = connection.ends[static_cast<size_t>(1 - connection.client)].endpoint;
  for (const View& view : connection.views) {
    const Endpoint& addressed = view.endpoint(1 - connection.client);
    if (view.endpoint(connection.client) == client && addressed != server) return addressed;
  }
  return server;
}

bool ModelTable::OldestEmbryoIsProvisional(std::map<Key, Provisional>::iterator* oldest) {
  *oldest = std::min_element(provisional_.begin(), provisional_.end(), [](const auto& a, const auto& b) {
    return a.second.embryo_number < b.second.embryo_number;
  });
  if (*oldest == provisional_.end()) return false;
  return std::none_of(connections_.begin(), connections_.end(), [&](const auto& each) {
    return each.second.has_only_bare_syn && each.second.embryo_number < (*oldest)->second.embryo_number;
  });
}

void ModelTable::DropProvisional() {
  std::map<Key, Provisional>::iterator oldest;
  while (OldestEmbryoIsProvisional(&oldest) && now_ns_ - oldest->second.time_ns >= kFirstAttemptNs) Drop(oldest);
}

// Ends a provisional view that is not a connection of its own: its SYN was a duplicate.
void ModelTable::Drop(std::map<Key, Provisional>::iterator provisional) {
  CountDuplicate(provisional->second, provisional->second.syn);
  provisional_.erase(provisional);
}

void ModelTable::CountDuplicate(const Provisional& provisional, const DecodedPacket& syn) {
  const DuplicateKind kind = provisional.is_wrapped ? DuplicateKind::kEncapsulated : DuplicateKind::kTranslated;
  ++duplicates_[std::min<size_t>(syn.interface, 1023)][static_cast<size_t>(kind)];
}

}  // namespace tcpgauge
