// SPDX-License-Identifier: Apache-2.0
#include "tests/support/model_table.h"

#include <algorithm>

namespace tcpgauge {
namespace {

constexpr int64_t kSecond = 1000000000;
constexpr int64_t kSixteenth = kSecond / 16;
constexpr double kMaxRttUs = 60e6;
constexpr int64_t kFullSized = 1220;
constexpr size_t kMaxGaps = 4;
constexpr int64_t kHalf = 1LL << 31;
constexpr int32_t kLargestWindow = 1 << 30;
constexpr int64_t kLongestNoted = 214748364700;  // ns since the start: 31 bits in units of 100 ns

// Two numbers at a distance of exactly 2^31 are each before the other, as in the table.
bool Before(uint32_t a, uint32_t b) { return a != b && b - a <= 0x80000000u; }
bool IsSyn(const DecodedPacket& p) { return (p.tcp_flags & (kTcpSyn | kTcpAck | kTcpRst)) == kTcpSyn; }
bool IsSynAck(const DecodedPacket& p) { return (p.tcp_flags & (kTcpSyn | kTcpAck | kTcpRst)) == (kTcpSyn | kTcpAck); }

// Keeps the twelve highest bits.
int64_t Rounded(int64_t us) {
  int64_t unit = 1;
  while (us / unit >= 4096) unit *= 2;
  return us / unit * unit;
}

std::optional<int> WindowShiftOf(const DecodedPacket& p) {
  if (p.window_scale == DecodedPacket::kNoWindowScale) return std::nullopt;
  return p.window_scale;
}

EndReason ReasonOf(ConnectionState state, bool refused) {
  switch (state) {
    case ConnectionState::kSynSent:
    case ConnectionState::kSynReceived:
      return EndReason::kHandshakeTimeout;
    case ConnectionState::kEstablished:
      return EndReason::kIdleTimeout;
    case ConnectionState::kReset:
      return refused ? EndReason::kRefused : EndReason::kReset;
    default:
      return EndReason::kFin;
  }
}

// A connection with a higher value is more useful.
int Usefulness(ConnectionState state, bool both_fins, bool confirmed) {
  switch (state) {
    case ConnectionState::kSynSent:
    case ConnectionState::kSynReceived:
      return 0;
    case ConnectionState::kClosed:
    case ConnectionState::kReset:
      return 1;
    case ConnectionState::kClosing:
      if (both_fins) return 2;
      [[fallthrough]];
    default:
      return confirmed ? 3 : 0;
  }
}

}  // namespace

std::optional<int64_t> ModelTable::Peer::min_rtt_us() const {
  std::optional<int64_t> least;
  for (const auto& [window, us] : least_rtt_us) least = least ? std::min(*least, us) : us;
  return least;
}

ModelTable::Key ModelTable::KeyOf(const Encapsulation& encapsulation, const Endpoint& x, const Endpoint& y) {
  Key key;
  for (size_t i = 0; i < encapsulation.vlan_count; ++i) std::get<0>(key).push_back(encapsulation.vlans[i]);
  for (size_t i = 0; i < encapsulation.tunnel_count; ++i) {
    const Tunnel& tunnel = encapsulation.tunnels[i];
    std::get<1>(key).emplace_back(static_cast<int>(tunnel.type), tunnel.has_id, tunnel.id);
  }
  std::get<2>(key) = std::min(x, y);
  std::get<3>(key) = std::max(x, y);
  return key;
}

int64_t ModelTable::TimeoutOf(const Connection& connection) const {
  switch (connection.state) {
    case ConnectionState::kSynSent:
      return connection.attempt_timeout_ns;
    case ConnectionState::kSynReceived:
      return 127 * kSecond;
    case ConnectionState::kClosing:
      if (connection.ends[0].sent_fin && connection.ends[1].sent_fin) return 60 * kSecond;
      [[fallthrough]];
    case ConnectionState::kEstablished:
      return connection.confirmed ? options_.idle_timeout_ns : 60 * kSecond;
    default:
      return options_.remove_after_ns;
  }
}

int ModelTable::GuessClient(const Endpoint& a, const Endpoint& b) const {
  const bool known_a = servers_.count(a) > 0;
  const bool known_b = servers_.count(b) > 0;
  if (known_a && !known_b) return 1;
  if (known_b && !known_a) return 0;
  const bool popular_a = popular_.count(a) > 0;
  const bool popular_b = popular_.count(b) > 0;
  if (popular_a && !popular_b) return 1;
  if (popular_b && !popular_a) return 0;
  // A client of NFS and the like: a reserved port without a service, below the port of the server.
  const Endpoint& low = a.port < b.port ? a : b;
  const Endpoint& high = a.port < b.port ? b : a;
  if (low.port >= 512 && low.port < 1024 && high.port >= 1024) {
    static const std::set<int> kRemoteProcedures = {2049, 4045, 20048, 24007, 24008};
    static const std::set<int> kServices = {512, 513, 514, 515, 523, 524, 530, 532, 540, 543, 544, 548, 554, 556,
                                            563, 587, 591, 593, 601, 631, 636, 646, 647, 648, 655, 666, 674, 691,
                                            700, 706, 749, 750, 751, 754, 783, 808, 830, 843, 847, 853, 860, 873,
                                            888, 901, 902, 903, 953, 981, 989, 990, 991, 992, 993, 994, 995};
    if (kRemoteProcedures.count(high.port) > 0 || (high.port < 32768 && kServices.count(low.port) == 0)) {
      return low == a ? 0 : 1;
    }
  }
  return b.port > a.port ? 1 : 0;
}

void ModelTable::RememberMidstream(const Endpoint& x, const Endpoint& y, int64_t time_ns) {
  if ((servers_.count(x) > 0) != (servers_.count(y) > 0)) return;
  for (const auto& [end, other] : {std::make_pair(x, y), std::make_pair(y, x)}) {
    if (other.port < 512) continue;
    const auto& [first, first_ns] = partners_.insert({end, {other, time_ns}}).first->second;
    if (time_ns > first_ns + 300 * kSecond) {
      partners_[end] = {other, time_ns};
    } else if (first != other && (first.port != other.port || other.port >= 32768)) {
      popular_.insert(end);
    }
  }
}

void ModelTable::Take(const DecodedPacket& packet, const std::vector<EndedConnection>& announced) {
  announced_ = &announced;
  const bool is_segment = packet.kind == DecodedPacket::Kind::kTcpSegment;
  if (!is_segment && packet.kind != DecodedPacket::Kind::kTcpFragment) return;
  now_ns_ = std::max(now_ns_, packet.time_ns);
  const int64_t time_ns = now_ns_ - packet.time_ns > kSecond ? now_ns_ : packet.time_ns;

  DecodedPacket known = packet;  // has the ports, which a following fragment lacks
  if (packet.is_fragment && is_segment) {
    fragments_.push_front({packet.source.address, packet.destination.address, packet.fragment_id, packet.encapsulation,
                           packet.source.port, packet.destination.port, time_ns});
    if (fragments_.size() > 256) fragments_.pop_back();
  } else if (packet.is_fragment) {
    const auto first = std::find_if(fragments_.begin(), fragments_.end(), [&](const Fragmented& f) {
      return f.source == packet.source.address && f.destination == packet.destination.address &&
             f.id == packet.fragment_id && f.encapsulation == packet.encapsulation &&
             time_ns - f.time_ns <= 30 * kSecond;
    });
    if (first == fragments_.end()) {
      ++unmatched_fragments_;
      return;
    }
    known.source.port = first->source_port;
    known.destination.port = first->destination_port;
  }
  Arrival arrival = {known,           time_ns, KeyOf(known.encapsulation, known.source, known.destination),
                     SenderOf(known), 0,       {}};
  Connections::iterator found = FindFor(&arrival);
  if (found == connections_.end()) {
    const auto decided = Resolve(&arrival);
    if (!decided) return;
    found = *decided;
  }
  if (found != connections_.end() && time_ns - found->second.last_ns >= TimeoutOf(found->second)) {
    End(found, ReasonOf(found->second.state, found->second.refused));
    found = connections_.end();
  }
  if (found != connections_.end()) found->second.has_only_bare_syn = false;
  if (!is_segment) {
    if (found == connections_.end()) {
      ++unmatched_fragments_;
    } else if (!IsDuplicate(&found->second, arrival)) {
      Credit(&found->second, arrival);
    }
    return;
  }
  if (found != connections_.end()) {
    const auto candidate = found->second.ends[static_cast<size_t>(1 - arrival.sender)].candidate;
    if (IsSynAck(known) && candidate && known.acknowledgment_number == candidate->sequence + 1) {
      found = BeginFromCandidate(found, &arrival);
    } else if (BeginsAnother(found->second, arrival.sender, known)) {
      const Peer& end = found->second.ends[static_cast<size_t>(arrival.sender)];
      if (end.initial_sequence == known.sequence_number && IsDuplicate(&found->second, arrival)) return;
      End(found, ReasonOf(found->second.state, found->second.refused));
      found = connections_.end();
    }
  }
  if (found == connections_.end()) {
    Place(nullptr, &arrival);
    const bool is_late = IsLate(known, time_ns);
    if (MayHaveCopies(known) && !is_late) {
      NoteStretch(known);
      if (IsSyn(known)) {
        if (BeginProvisional(arrival)) return;
      } else {
        found = Join(&arrival);
      }
    }
    if (found == connections_.end()) {
      if (options_.new_only && !IsSyn(known)) return;
      if (is_late && known.payload_length_bytes == 0) {
        ++ended_.late_segments;
        return;
      }
      found = Begin(known, arrival.sender, time_ns);
      found->second.doubtful = is_late || (known.tcp_flags & kTcpRst);
      Remember(found->second, arrival);
      Credit(&found->second, arrival);
      return;
    }
  } else if (!found->second.confirmed) {
    found = JoinUnconfirmed(found, &arrival);
  }
  if (IsDuplicate(&found->second, arrival)) return;
  Remember(found->second, arrival);
  Credit(&found->second, arrival);
}

// The new connection begins on the key on which its SYN came: that of the view to which the client was pinned. The key
// of the SYN-ACK is another view, unless it is the same key.
ModelTable::Connections::iterator ModelTable::BeginFromCandidate(Connections::iterator old, Arrival* arrival) {
  const int client = 1 - arrival->sender;
  const Peer& end = old->second.ends[static_cast<size_t>(client)];
  const Peer::Syn candidate = *end.candidate;
  const std::optional<Pin> pin = end.pin;
  const int64_t last_counted_ns = end.last_counted_ns;
  View of_syn = old->second.views[0];
  for (const View& view : old->second.views) {
    if (end.pin && view.number == end.pin->view) of_syn = view;
  }
  const int server = of_syn.end(arrival->sender);  // of the key of the SYN
  DecodedPacket first = arrival->packet;
  first.encapsulation = of_syn.encapsulation;
  first.source = of_syn.endpoint(arrival->sender);
  first.destination = of_syn.endpoint(client);
  End(old, ReasonOf(old->second.state, old->second.refused));
  const Connections::iterator begun = Begin(first, server, arrival->time_ns);
  Connection& connection = begun->second;
  if (of_syn.key == arrival->key) {
    Place(nullptr, arrival);
  } else if (!AddView(begun, server, arrival)) {
    Place(nullptr, arrival);
    arrival->sender = server;
  }
  connection.start_ns = std::min(candidate.time_ns, arrival->time_ns);
  connection.state = ConnectionState::kSynSent;
  connection.syn_ns = 0;
  Peer& of_client = connection.ends[static_cast<size_t>(1 - server)];
  if (pin) of_client.pin = {pin->interface, pin->direction};
  of_client.last_counted_ns = last_counted_ns;
  of_client.initial_sequence = candidate.sequence;
  of_client.window_shift = candidate.window_shift;
  of_client.next = int64_t{candidate.sequence} + 1;
  of_client.sample_from = candidate.sequence + 1;
  return begun;
}

bool ModelTable::BeginsAnother(const Connection& connection, int sender, const DecodedPacket& packet) const {
  const auto& initial = connection.ends[static_cast<size_t>(sender)].initial_sequence;
  const bool repeated = initial == packet.sequence_number;
  const bool one_way = connection.ends[static_cast<size_t>(1 - sender)].packets == 0;
  const ConnectionState state = connection.state;
  if (IsSyn(packet)) {
    switch (state) {
      case ConnectionState::kSynSent:
        return initial.has_value() && !repeated;  // without `initial`, it is a simultaneous open
      case ConnectionState::kSynReceived:
        return false;
      case ConnectionState::kEstablished:
        return !connection.confirmed && !repeated;
      case ConnectionState::kClosing:
        return one_way && !repeated;
      case ConnectionState::kClosed:
        return true;
      case ConnectionState::kReset:
        return !(connection.refused && repeated);
    }
  }
  const bool is_over = state == ConnectionState::kClosed || state == ConnectionState::kReset ||
                       (state == ConnectionState::kClosing && one_way);
  const auto& syn = connection.ends[static_cast<size_t>(connection.client)].initial_sequence;
  const bool answers_refused_syn = connection.refused && sender != connection.client && syn &&
                                   packet.acknowledgment_number == static_cast<uint32_t>(*syn + 1);
  return IsSynAck(packet) && !repeated && is_over && connection.observed && !answers_refused_syn;
}

bool ModelTable::IsLate(const DecodedPacket& packet, int64_t time_ns) {
  if (IsSyn(packet)) return false;
  const auto found = remembered_.find(KeyOf(packet.encapsulation, packet.source, packet.destination));
  if (found == remembered_.end()) return false;
  const int64_t second = time_ns / kSecond;
  if (second - found->second.second > 240) return false;
  found->second.second = std::max(found->second.second, second);
  const size_t sender = static_cast<size_t>(SenderOf(packet));
  return !IsSynAck(packet) || found->second.initial_sequences[sender] == packet.sequence_number;
}

bool ModelTable::IsIgnoredReset(const Connection& connection, int sender, const DecodedPacket& packet) const {
  if (connection.state == ConnectionState::kClosed || connection.state == ConnectionState::kReset) return false;
  const Peer& end = connection.ends[static_cast<size_t>(sender)];
  const Peer& receiver = connection.ends[static_cast<size_t>(1 - sender)];
  const uint32_t number = packet.sequence_number;
  const uint32_t sent = static_cast<uint32_t>(end.next.value_or(0));
  const bool was_sent = end.initial_sequence && number - *end.initial_sequence <= sent - *end.initial_sequence;
  if (connection.state == ConnectionState::kSynSent && sender == connection.client) return !was_sent;
  if (!receiver.acknowledged) {
    if (receiver.initial_sequence) {
      const uint32_t acknowledged = packet.acknowledgment_number;
      const bool acknowledges_syn = (packet.tcp_flags & kTcpAck) && Before(*receiver.initial_sequence, acknowledged) &&
                                    !Before(static_cast<uint32_t>(*receiver.next), acknowledged);
      return !acknowledges_syn && !was_sent;
    }
    const int32_t beyond = static_cast<int32_t>(number - sent);
    return end.next && (beyond < -kLargestWindow || beyond >= kLargestWindow);
  }
  // Whether the number of its FIN is acceptable is a choice of the table.
  if (end.next && end.sent_fin && number + 1 == *receiver.acknowledged) return false;
  int shift = receiver.initial_sequence ? receiver.window_shift.value_or(0) : 14;
  if (end.initial_sequence && !end.window_shift) shift = 0;  // either end without the option: neither scales
  uint32_t window = receiver.window << shift;
  // The window of a SYN is not scaled. The table rounds it up to a multiple of the later windows' unit.
  if (receiver.window_is_of_syn) window = (receiver.window + (1u << shift) - 1) >> shift << shift;
  window = std::max(window, 1u);
  const uint32_t beyond = number - *receiver.acknowledged;
  const bool is_in_flight = end.next && Before(*receiver.acknowledged, sent) && beyond <= sent - *receiver.acknowledged;
  return beyond >= window && !is_in_flight;
}

ModelTable::Connections::iterator ModelTable::Begin(const DecodedPacket& packet, int sender, int64_t time_ns) {
  if (connections_.size() + provisional_.size() == options_.max_connections) Evict();
  const Key key = KeyOf(packet.encapsulation, packet.source, packet.destination);
  Connection& connection = connections_[key];
  connection = Connection();
  connection.encapsulation = packet.encapsulation;
  connection.ends[0].endpoint = std::get<2>(key);
  connection.ends[1].endpoint = std::get<3>(key);
  connection.views = {{key, packet.encapsulation}};
  connection.start_ns = connection.last_ns = connection.last_syn_ns = time_ns;
  const uint8_t flags = packet.tcp_flags;
  connection.has_only_bare_syn = flags == kTcpSyn && packet.payload_length_bytes == 0 && !packet.is_fragment;
  connection.embryo_number = next_embryo_++;
  if (flags & kTcpRst) {
    connection.state = ConnectionState::kReset;
  } else if (flags & kTcpSyn) {
    connection.state = flags & kTcpAck ? ConnectionState::kSynReceived : ConnectionState::kSynSent;
    connection.observed = true;
    connection.client = flags & kTcpAck ? 1 - sender : sender;
    if (flags & kTcpAck) servers_.insert(packet.source);
    Confirm(&connection);
  } else {
    connection.state = flags & kTcpFin ? ConnectionState::kClosing : ConnectionState::kEstablished;
  }
  if (!connection.observed) {
    connection.midstream = true;
    RememberMidstream(connection.ends[0].endpoint, connection.ends[1].endpoint, time_ns);
    connection.client = GuessClient(connection.ends[0].endpoint, connection.ends[1].endpoint);
  }
  return connections_.find(key);
}

bool ModelTable::IsDuplicate(Connection* connection, const Arrival& arrival) {
  Peer& end = connection->ends[static_cast<size_t>(arrival.sender)];
  if (!end.pin) return false;
  const Pin& here = arrival.pin;
  const bool other_direction = end.pin->direction != PacketDirection::kUnknown &&
                               here.direction != PacketDirection::kUnknown && end.pin->direction != here.direction;
  const bool other_view = end.pin->view != here.view || end.pin->is_wrapped != here.is_wrapped;
  if (end.pin->interface == here.interface && !other_direction && !other_view) return false;
  if (arrival.time_ns / kSixteenth - end.last_counted_ns / kSixteenth >= 16) {
    end.pin = here;
    return false;
  }
  DuplicateKind kind = DuplicateKind::kInterface;
  if (other_view) {
    kind = end.pin->is_wrapped || here.is_wrapped ? DuplicateKind::kEncapsulated : DuplicateKind::kTranslated;
  }
  ++duplicates_[here.interface][static_cast<size_t>(kind)];
  return true;
}

void ModelTable::Credit(Connection* connection, const Arrival& arrival) {
  const int sender = arrival.sender;
  const int64_t time_ns = arrival.time_ns;
  Peer& end = connection->ends[static_cast<size_t>(sender)];
  Peer& other = connection->ends[static_cast<size_t>(1 - sender)];
  DecodedPacket packet = arrival.packet;  // a probe counts as a segment without payload
  if (packet.kind == DecodedPacket::Kind::kTcpSegment && end.next && end.acknowledged && other.next) {
    const bool probe_was_seen = other.ip_bytes > other.payload_bytes;
    const bool accepts = probe_was_seen && (packet.tcp_flags & (kTcpAck | kTcpSyn | kTcpRst)) == kTcpAck &&
                         end.window == 0 && packet.acknowledgment_number == static_cast<uint32_t>(*other.next + 1);
    if (accepts) {
      ++*other.next;
      ++other.payload_bytes;
      ++other.payload_segments;
    }
  }
  if (packet.kind == DecodedPacket::Kind::kTcpSegment && end.next && other.acknowledged &&
      (packet.tcp_flags & (kTcpAck | kTcpSyn | kTcpFin | kTcpRst)) == kTcpAck && packet.payload_length_bytes <= 1) {
    const uint32_t expected = *other.acknowledged;
    const bool is_below = packet.sequence_number + 1 == expected;
    const bool is_at = packet.sequence_number == expected;
    const bool is_window_probe = other.window == 0 && (is_below || (is_at && packet.payload_length_bytes == 1));
    const bool is_keep_alive = other.window != 0 && is_below && static_cast<uint32_t>(*end.next) == expected;
    if (is_window_probe) ++ended_.window_probes;
    if (is_keep_alive) ++ended_.keep_alives;
    if (is_window_probe || is_keep_alive) packet.payload_length_bytes = 0;
  }
  if (packet.kind == DecodedPacket::Kind::kTcpSegment) NoteRepeatedSyn(connection, sender, packet, time_ns);
  if (!end.pin) end.pin = arrival.pin;
  end.last_counted_ns = time_ns;
  if (connection->awaits_addresses && (sender != connection->client || packet.payload_length_bytes > 0)) {
    ChooseAddresses(connection);
  }
  connection->last_ns = std::max(connection->last_ns, time_ns);
  ++end.packets;
  end.ip_bytes += packet.ip_length_bytes;
  end.payload_bytes += packet.payload_length_bytes;
  if (packet.kind == DecodedPacket::Kind::kTcpSegment) {
    if (packet.payload_length_bytes > 0) ++end.payload_segments;
    CountRepeatedSyn(connection, sender, packet);
    const Peer before = end;
    Follow(connection, sender, packet, time_ns);
    if (connection->confirmed) FollowExchange(connection, sender, before, packet, time_ns);
    if (connection->awaits_addresses && !IsOpen(connection->state)) ChooseAddresses(connection);
  }
  if (connection->confirmed) return;
  // What a doubtful connection repeats does not confirm it.
  const auto payload_segments = [connection](const Peer& peer) {
    return peer.payload_segments - (connection->doubtful ? static_cast<int>(peer.retransmitted) : 0);
  };
  const bool both_directions = connection->doubtful ? payload_segments(end) > 0 && payload_segments(other) > 0
                                                    : end.packets > 0 && other.packets > 0;
  const bool is_due = both_directions || payload_segments(end) >= 3 || payload_segments(other) >= 3;
  if (is_due) Confirm(connection);
}

void ModelTable::NoteRepeatedSyn(Connection* connection, int sender, const DecodedPacket& packet,
                                 int64_t time_ns) const {
  const bool begins_it = connection->ends[0].packets + connection->ends[1].packets == 0;
  if (!IsSyn(packet) || sender != connection->client || begins_it) return;
  const int64_t next_gap_ns = 2 * (time_ns - connection->last_syn_ns) + kSecond / 2;
  // The table notes the time as that of a step of the handshake.
  connection->last_syn_ns =
      connection->start_ns + std::clamp<int64_t>(time_ns - connection->start_ns, 0, kLongestNoted);
  if (connection->state != ConnectionState::kSynSent) return;
  int64_t timeout_ns = 127 * kSecond;
  if (next_gap_ns <= 66 * kSecond) timeout_ns = 66 * kSecond;
  if (next_gap_ns <= kFirstAttemptNs) timeout_ns = kFirstAttemptNs;
  connection->attempt_timeout_ns = std::max(connection->attempt_timeout_ns, timeout_ns);
}

void ModelTable::CountRepeatedSyn(Connection* connection, int sender, const DecodedPacket& packet) {
  const Peer& end = connection->ends[static_cast<size_t>(sender)];
  const bool repeats_candidate = end.candidate && end.candidate->sequence == packet.sequence_number;
  const bool repeats = end.initial_sequence == packet.sequence_number || repeats_candidate;
  if (!IsSyn(packet) || sender != connection->client || !connection->confirmed || !repeats) return;
  ++ended_.syn_retransmissions;
  if (!connection->awaits_addresses) return;
  ++connection->repeated_syns;
  if (connection->provisional_views == 0 && connection->repeated_syns >= 2) {
    connection->waits_ns.push_back(std::max(now_ns_, batch_end_ns_));
  }
}

void ModelTable::EndWaits() {
  for (auto& [key, connection] : connections_) {
    const auto kept = std::remove_if(connection.waits_ns.begin(), connection.waits_ns.end(),
                                     [this](int64_t since_ns) { return now_ns_ - since_ns >= kSecond / 10; });
    const bool is_over = kept != connection.waits_ns.end();
    connection.waits_ns.erase(kept, connection.waits_ns.end());
    if (is_over && connection.awaits_addresses && connection.provisional_views == 0) ChooseAddresses(&connection);
  }
}

void ModelTable::Confirm(Connection* connection) {
  connection->confirmed = true;
  ChooseAddresses(connection);
  connection->awaits_addresses = !connection->midstream && AwaitsAddresses();
  if (!connection->observed) {
    connection->client = GuessClient(connection->ends[0].endpoint, connection->ends[1].endpoint);
  }
  ++(connection->midstream ? ended_.opened_midstream : ended_.opened_handshake);
}

void ModelTable::Follow(Connection* connection, int sender, const DecodedPacket& packet, int64_t time_ns) {
  Peer& end = connection->ends[static_cast<size_t>(sender)];
  const uint8_t flags = packet.tcp_flags;
  const ConnectionState before = connection->state;
  const bool past_its_syn = before == ConnectionState::kEstablished || before == ConnectionState::kClosing ||
                            (before == ConnectionState::kSynReceived && end.initial_sequence.has_value());
  if (IsSyn(packet) && past_its_syn && end.initial_sequence != packet.sequence_number) {
    end.candidate = {packet.sequence_number, time_ns, WindowShiftOf(packet)};
    end.sample.reset();
    end.repeating_since_ns.reset();
    return;
  }
  if ((flags & kTcpRst) && IsIgnoredReset(*connection, sender, packet)) {
    ++ended_.resets_ignored;
    return;
  }
  if ((flags & kTcpSyn) && !end.initial_sequence) {
    end.initial_sequence = packet.sequence_number;
    end.window_shift = WindowShiftOf(packet);
  }
  if (flags & kTcpFin) end.sent_fin = true;
  if (!(flags & kTcpRst)) {
    const auto sent = end.next;
    const auto acknowledged = end.acknowledged;
    Analyze(connection, sender, packet, time_ns);
    if (end.next != sent || end.acknowledged != acknowledged) end.went_on = true;
  }
  if (IsSynAck(packet) && !connection->confirmed) {
    connection->observed = true;
    connection->client = 1 - sender;
    servers_.insert(packet.source);
  }

  const bool from_client = sender == connection->client;
  ConnectionState& state = connection->state;
  const bool sent_fin = connection->ends[0].sent_fin || connection->ends[1].sent_fin;
  const bool undoes_refusal =
      before == ConnectionState::kReset && connection->refused && (from_client ? IsSyn(packet) : IsSynAck(packet));
  if (undoes_refusal) {
    state = from_client ? ConnectionState::kSynSent : ConnectionState::kSynReceived;
  } else if (before == ConnectionState::kReset && connection->ends[0].went_on && connection->ends[1].went_on) {
    state = sent_fin ? ConnectionState::kClosing : ConnectionState::kEstablished;
  } else if (before == ConnectionState::kSynSent || before == ConnectionState::kSynReceived) {
    const bool completes = !(flags & kTcpSyn) && (flags & kTcpAck);
    if (before == ConnectionState::kSynSent) {
      if ((flags & kTcpSyn) && !from_client) state = ConnectionState::kSynReceived;
      if (!(flags & kTcpSyn) && (packet.payload_length_bytes > 0 || (from_client && completes))) {
        state = ConnectionState::kEstablished;
      }
    } else if (completes) {
      state = ConnectionState::kEstablished;
    }
  }
  if (state != ConnectionState::kReset) connection->refused = false;
  if (state != ConnectionState::kReset && state != ConnectionState::kClosed && !undoes_refusal) {
    const auto fin_is_acknowledged = [connection](size_t i) {
      const Peer& fin = connection->ends[i];
      const Peer& other = connection->ends[1 - i];
      return fin.sent_fin && other.acknowledged &&
             !Before(*other.acknowledged, static_cast<uint32_t>(fin.next.value_or(0)));
    };
    // The segment with the second FIN cannot be acknowledged yet, so only a later segment closes.
    const bool was_closing = before == ConnectionState::kClosing || before == ConnectionState::kReset;
    if (flags & kTcpFin) state = ConnectionState::kClosing;
    if (was_closing && state == ConnectionState::kClosing && fin_is_acknowledged(0) && fin_is_acknowledged(1)) {
      state = ConnectionState::kClosed;
    }
    if (flags & kTcpRst) {
      connection->refused = before == ConnectionState::kSynSent && !from_client;
      state = ConnectionState::kReset;
      for (Peer& each : connection->ends) each.went_on = false;
    }
  }
  if (before == ConnectionState::kSynSent || before == ConnectionState::kSynReceived || undoes_refusal) {
    NoteHandshake(connection, sender, packet, time_ns, before);
  }
}

void ModelTable::Analyze(Connection* connection, int sender, const DecodedPacket& packet, int64_t time_ns) {
  Peer& end = connection->ends[static_cast<size_t>(sender)];
  Peer& other = connection->ends[static_cast<size_t>(1 - sender)];
  const bool syn = packet.tcp_flags & kTcpSyn;
  const bool fin = packet.tcp_flags & kTcpFin;
  const auto age_us = [time_ns](const Peer::Sample& sample) {
    return 1e-3 * static_cast<double>(time_ns - sample.time_ns);
  };
  if (packet.tcp_flags & kTcpAck) {
    if (!end.acknowledged || Before(*end.acknowledged, packet.acknowledgment_number)) {
      end.acknowledged = packet.acknowledgment_number;
      other.repeating_since_ns.reset();
    }
    if (other.sample && !Before(packet.acknowledgment_number, other.sample->acknowledgment)) {
      const double rtt_us = age_us(*other.sample);
      const bool answers_another =
          other.sample->timestamp && packet.has_timestamps && *other.sample->timestamp != packet.timestamp_echo_reply;
      if (!answers_another && rtt_us >= 0 && rtt_us <= kMaxRttUs) {
        other.rtt_us = other.rtt_us ? *other.rtt_us + (rtt_us - *other.rtt_us) / 4 : rtt_us;
        const int64_t rounded_us = Rounded(time_ns / 1000 - other.sample->time_ns / 1000);
        const int64_t last_window = other.least_rtt_us.empty() ? 0 : other.least_rtt_us.rbegin()->first;
        const int64_t window = std::max(last_window, time_ns / (30 * kSecond));
        const std::optional<int64_t> least_us = other.min_rtt_us();
        if (!other.sample->may_be_delayed || (least_us && rounded_us < *least_us)) {
          const int64_t of_window =
              other.least_rtt_us.count(window) == 0 ? rounded_us : std::min(rounded_us, other.least_rtt_us[window]);
          other.least_rtt_us[window] = of_window;
          while (other.least_rtt_us.begin()->first < window - 1) other.least_rtt_us.erase(other.least_rtt_us.begin());
        }
      }
      other.sample.reset();
      // The next sample begins at a point in the next flight that the table chooses by this formula.
      const uint32_t sent = static_cast<uint32_t>(other.next.value_or(0));
      const uint64_t flight = sent - packet.acknowledgment_number;
      const uint64_t share = static_cast<uint32_t>(time_ns / 1000) * 0x9e3779b1u >> 24;
      other.sample_from = sent + static_cast<uint32_t>(flight * share / 256);
    }
  }
  if (packet.window == 0 && !syn && !fin) ++end.zero_windows;
  end.window = packet.window;
  end.window_is_of_syn = syn && other.initial_sequence;

  const bool first = !end.next.has_value();
  if (first) {
    end.next = packet.sequence_number;
    end.sample_from = packet.sequence_number;
  }
  const int64_t next = *end.next;
  const int64_t begin = next + static_cast<int32_t>(packet.sequence_number - static_cast<uint32_t>(next));
  const int64_t payload_begin = begin + (syn ? 1 : 0);
  const int64_t payload_end = payload_begin + packet.payload_length_bytes;
  const int64_t finish = payload_end + (fin ? 1 : 0);
  if (finish == begin) return;
  const auto start_sample = [&] {
    const int64_t unacknowledged = other.acknowledged
                                       ? static_cast<int32_t>(static_cast<uint32_t>(finish) - *other.acknowledged)
                                       : int64_t{packet.payload_length_bytes};
    end.sample = Peer::Sample{static_cast<uint32_t>(finish), time_ns, std::nullopt,
                              /*may_be_delayed=*/!syn && unacknowledged < kFullSized};
    // The table does not keep the timestamp of the SYN that begins a connection.
    const bool begins_it = first && packet.tcp_flags == kTcpSyn && end.payload_bytes == 0 && !packet.is_fragment &&
                           end.packets + other.packets == 1;
    if (packet.has_timestamps && !begins_it) end.sample->timestamp = packet.timestamp_value;
    end.sample_from = static_cast<uint32_t>(finish);
    end.candidate.reset();
  };
  if (first) {
    end.next = finish;
    start_sample();
    return;
  }
  if (begin < next) {
    if (end.candidate) end.sample_from = static_cast<uint32_t>(next);
    end.sample.reset();
    end.candidate.reset();
    if (packet.payload_length_bytes > 0 && payload_begin < next) {
      bool fills = false;
      std::vector<std::pair<int64_t, int64_t>> left;
      for (const auto& [from, to] : end.gaps) {
        if (from <= payload_begin && payload_end <= to) fills = true;
        if (from < std::min(to, payload_begin)) left.emplace_back(from, std::min(to, payload_begin));
        if (std::max(from, payload_end) < to) left.emplace_back(std::max(from, payload_end), to);
      }
      while (left.size() > kMaxGaps) left.erase(left.begin());
      end.gaps = left;
      ++(fills ? end.out_of_order : end.retransmitted);
      const bool needs_repeating =
          !other.acknowledged || Before(*other.acknowledged, static_cast<uint32_t>(std::min(payload_end, next)));
      const bool is_probe = other.acknowledged && other.window == 0;
      if (!fills && needs_repeating && !is_probe && !end.repeating_since_ns) end.repeating_since_ns = time_ns;
    }
  } else {
    if (begin > next) {
      end.gaps.emplace_back(next, begin);
      if (end.gaps.size() > kMaxGaps) end.gaps.erase(end.gaps.begin());
    }
    // If sample_from is more than 2^30 ahead, it is left over from long ago.
    const bool is_due = packet.sequence_number - end.sample_from < 0xc0000000u;
    const bool is_over = end.sample && (age_us(*end.sample) < 0 || age_us(*end.sample) > kMaxRttUs);
    if (!other.acknowledged) end.repeating_since_ns.reset();
    const bool may_begin = !end.sample && is_due && !end.repeating_since_ns;
    if (end.candidate || is_over || may_begin) start_sample();
  }
  end.next = std::max(next, finish);
  while (!end.gaps.empty() && *end.next - end.gaps.front().first > kHalf) end.gaps.erase(end.gaps.begin());
}

bool ModelTable::IsExchange(const Connection& connection, PayloadStart start) {
  const Exchanges& exchanges = connection.exchanges;
  if (exchanges.in_tls_handshake || exchanges.awaits_first_request) return false;
  if (start == PayloadStart::kOther) return !exchanges.saw_client_hello;
  if (start == PayloadStart::kNotCaptured) return exchanges.turns >= 2;
  if (start != PayloadStart::kApplicationData) return false;
  return exchanges.saw_client_hello || exchanges.turns >= (connection.midstream ? 1 : 2);
}

void ModelTable::FollowExchange(Connection* connection, int sender, const Peer& before, const DecodedPacket& packet,
                                int64_t time_ns) {
  Exchanges& exchanges = connection->exchanges;
  const Peer& end = connection->ends[static_cast<size_t>(sender)];
  const Peer& other = connection->ends[static_cast<size_t>(1 - sender)];
  const bool syn = packet.tcp_flags & kTcpSyn;
  const bool fin = packet.tcp_flags & kTcpFin;
  const uint32_t payload_begin = packet.sequence_number + (syn ? 1 : 0);
  const uint32_t payload_end = payload_begin + packet.payload_length_bytes;
  if (packet.payload_length_bytes == 0 && !fin) return;
  const bool is_new = end.next != before.next;
  const bool has_new_payload = is_new && packet.payload_length_bytes > 0 &&
                               (!before.next || Before(static_cast<uint32_t>(*before.next), payload_end));
  if (sender != connection->client) {
    const bool answers = exchanges.request_ns && has_new_payload && packet.payload_start != PayloadStart::kAlert &&
                         (packet.tcp_flags & kTcpAck) &&
                         !Before(packet.acknowledgment_number, static_cast<uint32_t>(other.next.value_or(0)));
    if (!answers) return;
    const int64_t response_ns = std::max<int64_t>(time_ns - *exchanges.request_ns, 0);
    exchanges.request_ns.reset();
    if (!exchanges.counts) return;
    const double response = static_cast<double>(response_ns);
    exchanges.smoothed_ns =
        exchanges.count == 0 ? response : exchanges.smoothed_ns + (response - exchanges.smoothed_ns) / 8;
    ++exchanges.count;
    ended_.response_seconds.Observe(1e-9 * response);
    return;
  }
  const bool is_client_hello = packet.payload_start == PayloadStart::kClientHello ||
                               packet.payload_start == PayloadStart::kChangeCipherSpecAndClientHello;
  if (exchanges.request_ns) {
    const bool is_acknowledged = other.acknowledged && !Before(*other.acknowledged, payload_end);
    const bool fills_gap = end.out_of_order > before.out_of_order && !is_acknowledged;
    if (is_new || fills_gap) exchanges.request_ns = std::max(*exchanges.request_ns, time_ns);
    const bool has_data = packet.payload_start == PayloadStart::kApplicationData;
    if (has_new_payload && exchanges.awaits_finished) {
      exchanges.awaits_finished = !has_data && packet.payload_start != PayloadStart::kHandshake;
    } else if (has_new_payload && has_data) {
      exchanges.awaits_first_request = false;
    }
  } else if (has_new_payload) {
    const bool is_whole = syn || (before.next && static_cast<uint32_t>(*before.next) == payload_begin);
    const PayloadStart start = is_whole ? packet.payload_start : PayloadStart::kNotCaptured;
    exchanges.counts = IsExchange(*connection, start);
    if (exchanges.in_tls_handshake) {
      exchanges.awaits_first_request = start != PayloadStart::kHandshake;
      exchanges.awaits_finished = start == PayloadStart::kChangeCipherSpec && packet.payload_length_bytes == 6;
    } else {
      exchanges.awaits_first_request = exchanges.awaits_first_request && exchanges.awaits_finished;
      exchanges.awaits_finished = false;
    }
    exchanges.in_tls_handshake = false;
    ++exchanges.turns;
    exchanges.request_ns = time_ns;
  }
  if (has_new_payload && is_client_hello) {
    exchanges.saw_client_hello = exchanges.in_tls_handshake = true;
    exchanges.awaits_finished = exchanges.awaits_first_request = false;
    exchanges.counts = false;
  }
}

void ModelTable::NoteHandshake(Connection* connection, int sender, const DecodedPacket& packet, int64_t time_ns,
                               ConnectionState before) {
  const int64_t now = std::clamp<int64_t>(time_ns - connection->start_ns, 0, kLongestNoted);
  const Peer& client = connection->ends[static_cast<size_t>(connection->client)];
  const Peer& server = connection->ends[static_cast<size_t>(1 - connection->client)];
  if (sender != connection->client) {
    if (IsSynAck(packet) &&
        (!client.initial_sequence || Before(*client.initial_sequence, packet.acknowledgment_number))) {
      connection->syn_ack_ns = now;
      servers_.insert(packet.source);
    }
  } else if (IsSyn(packet)) {
    connection->syn_ns = now;
  } else if (before == ConnectionState::kSynReceived && connection->state != ConnectionState::kReset &&
             (packet.tcp_flags & kTcpAck) && !(packet.tcp_flags & kTcpSyn) && server.initial_sequence &&
             Before(*server.initial_sequence, packet.acknowledgment_number)) {
    connection->ack_ns = now;
    if (connection->syn_ns && connection->syn_ack_ns) {
      ended_.handshake_rtt_seconds.Observe(1e-9 * static_cast<double>(std::max<int64_t>(now - *connection->syn_ns, 0)));
    }
  }
}

void ModelTable::Evict() {
  std::map<Key, Provisional>::iterator oldest;
  if (OldestEmbryoIsProvisional(&oldest)) {
    Drop(oldest);
    return;
  }
  if (ended_count_ >= announced_->size() || (*announced_)[ended_count_].reason != EndReason::kEvicted) {
    return Fail("the table is full, but none was evicted");
  }
  const EndedConnection& victim = (*announced_)[ended_count_];
  const auto found = FindShown(victim.summary, victim.encapsulation, victim.views, victim.view_encapsulations);
  if (found == connections_.end()) return Fail("evicted a connection that there is not");
  const Connection& chosen = found->second;
  const auto usefulness_of = [](const Connection& c) {
    return Usefulness(c.state, c.ends[0].sent_fin && c.ends[1].sent_fin, c.confirmed);
  };
  const int usefulness = usefulness_of(chosen);
  // The table evicts connections that have only a SYN before all others.
  int64_t longest_idle_ns = chosen.last_ns;
  for (const auto& [key, connection] : connections_) {
    const int other = usefulness_of(connection);
    if (other < usefulness || (connection.has_only_bare_syn && !chosen.has_only_bare_syn)) {
      return Fail("evicted a more useful connection");
    }
    if (other == usefulness && connection.has_only_bare_syn == chosen.has_only_bare_syn)
      longest_idle_ns = std::min(longest_idle_ns, connection.last_ns);
  }
  // Connections without a handshake have one of several time-outs; allow for the longest one. Overtaken packets add a
  // second.
  const int64_t timeout_ns = usefulness == 0 ? 127 * kSecond : TimeoutOf(chosen);
  // After a jump of the clock, several may have timed out already. Any of them may go.
  const bool has_timed_out = now_ns_ - chosen.last_ns >= TimeoutOf(chosen);
  if (!has_timed_out && chosen.last_ns - longest_idle_ns > timeout_ns / 64 + kSecond) {
    return Fail("evicted a connection that is not idle the longest");
  }
  End(found, EndReason::kEvicted);
}

void ModelTable::AdvanceTime(int64_t now_ns, const std::vector<EndedConnection>& announced) {
  announced_ = &announced;
  now_ns_ = std::max(now_ns_, now_ns);
  while (error_.empty() && ended_count_ < announced.size()) {
    const EndedConnection& ended = announced[ended_count_];
    const auto found = FindShown(ended.summary, ended.encapsulation, ended.views, ended.view_encapsulations);
    if (found == connections_.end()) return Fail("ended a connection that there is not");
    const Connection& connection = found->second;
    if (now_ns_ - connection.last_ns < TimeoutOf(connection)) return Fail("ended before its time-out");
    End(found, ReasonOf(connection.state, connection.refused));
  }
  EndWaits();
  DropProvisional();
  for (const auto& [key, connection] : connections_) {
    const int64_t latest = TimeoutOf(connection) / 64 * 65 + kSecond + 64;
    if (now_ns_ - connection.last_ns > latest) {
      return Fail("lives beyond its time-out of " + std::to_string(TimeoutOf(connection)) + " ns, idle for " +
                  std::to_string(now_ns_ - connection.last_ns) + " ns, " +
                  std::string(ConnectionStateName(connection.state)));
    }
  }
}

void ModelTable::EndAll(const std::vector<EndedConnection>& announced) {
  announced_ = &announced;
  while (error_.empty() && ended_count_ < announced.size()) {
    const EndedConnection& ended = announced[ended_count_];
    const auto found = FindShown(ended.summary, ended.encapsulation, ended.views, ended.view_encapsulations);
    if (found == connections_.end()) return Fail("ended a connection that there is not");
    End(found, std::nullopt);
  }
  while (!provisional_.empty()) Drop(provisional_.begin());
  if (!connections_.empty()) Fail("did not end all");
}

void ModelTable::End(Connections::iterator connection, std::optional<EndReason> reason) {
  Connection& c = connection->second;
  if (c.awaits_addresses) ChooseAddresses(&c);
  if (ended_count_ >= announced_->size()) {
    Fail("did not end a connection");
    return Erase(connection);
  }
  const EndedConnection& announced = (*announced_)[ended_count_++];
  const auto text = [](std::optional<EndReason> r) { return r ? std::string(EndReasonName(*r)) : "no reason"; };
  if (announced.reason != reason) {
    Fail("ended for " + text(announced.reason) + " instead of " + text(reason) + ": " +
         Differences(c, announced.summary));
  }
  const std::string differences =
      Differences(c, announced.summary) + ViewDifferences(c, announced.views, announced.view_encapsulations);
  if (!differences.empty()) Fail("ended (" + text(reason) + "): " + differences);
  if (!(announced.encapsulation == c.encapsulation)) {
    Fail("ended (" + text(reason) + ") with another encapsulation: " + c.ends[0].endpoint.ToString() + ", " +
         c.ends[1].endpoint.ToString());
  }
  AddTo(c, &ended_);
  if (c.confirmed && reason) {
    ++ended_.closed[static_cast<size_t>(*reason)];
    ended_.connection_duration_seconds.Observe(1e-9 * static_cast<double>(c.last_ns - c.start_ns));
    ended_.connection_payload_bytes.Observe(static_cast<double>(c.ends[0].payload_bytes + c.ends[1].payload_bytes));
  }
  const bool is_over = c.state == ConnectionState::kClosed || c.state == ConnectionState::kReset;
  if (c.confirmed && reason && (is_over || reason == EndReason::kFin)) {
    for (const View& view : c.views) {
      const auto number = [&](int end) {
        return c.ends[static_cast<size_t>(view.end(end))].initial_sequence.value_or(0);
      };
      remembered_[view.key] = {{number(0), number(1)}, c.last_ns / kSecond};
    }
  }
  Erase(connection);
}

}  // namespace tcpgauge
