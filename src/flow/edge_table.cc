// SPDX-License-Identifier: Apache-2.0
#include "src/flow/edge_table.h"

#include "src/base/check.h"

namespace tcpgauge {
namespace {

void SetNames(const Binding& binding, EdgeKey* key) {
  key->local_ends = binding.local_ends;
  key->client_identity = binding.client_number();
  key->server_identity = binding.server_number();
}

}  // namespace

uint64_t EdgeTable::MemoryBytes(const EdgeTableOptions& options) {
  return EdgeChooser::MemoryBytes(options.max_exported) +
         EdgeChooser::SlotLimit(options.max_exported) * (sizeof(EdgeAccount) + sizeof(EdgeServices));
}

EdgeTable::EdgeTable(const EdgeTableOptions& options, const EdgeTimes& times, uint64_t seed, BindingTable* bindings)
    : options_(options),
      groups_(options.v4_prefix_bits < 32 || options.v6_prefix_bits < 128 || options.v4_server_prefix_bits < 32 ||
              options.v6_server_prefix_bits < 128),
      bindings_(bindings),
      chooser_(options.max_exported, options.max_new_per_minute, times,
               options.first_window != nullptr ? options.first_window : std::make_shared<FirstWindow>(), seed, this),
      accounts_(EdgeChooser::SlotLimit(options.max_exported)),
      services_(accounts_.size()) {}

EdgeKey EdgeTable::GroupedKeyOf(const IpAddress& client, const Endpoint& server) const {
  EdgeKey key = {client.Prefix(options_.v4_prefix_bits, options_.v6_prefix_bits), server};
  const bool is_grouped =
      server.address.is_v4() ? options_.v4_server_prefix_bits < 32 : options_.v6_server_prefix_bits < 128;
  if (!is_grouped) return key;
  for (const IpNetwork& network : options_.single_servers) {
    if (network.Contains(server.address)) return key;
  }
  key.server.address = ServerPrefix(server.address);
  key.is_server_prefix = true;
  return key;
}

EdgeKey EdgeTable::KeyOf(const IpAddress& client, const Endpoint& server, const Binding& binding) const {
  EdgeKey key = KeyOf(client, server);
  SetNames(binding, &key);
  return key;
}

bool EdgeTable::Supersede(const EdgeKey& key, const Binding& ends, int64_t now_ns) {
  EdgeKey successor = key;
  SetNames(ends, &successor);
  const EdgeBinding bound = {bindings_->Acquire(ends), 0};
  // Without room for another binding, the edge keeps its place: the connections keep their bindings too.
  const bool is_superseded =
      bound.binding != BindingTable::kNobody && chooser_.Supersede(chooser_.Find(key), {successor, bound}, now_ns);
  Release(bound);
  return is_superseded;
}

void EdgeTable::NoteService(Slot slot, const EdgeKey& key, const Endpoint& service) {
  if (!Holds(slot, key)) return;
  const Endpoint server = {key.is_server_prefix ? ServerPrefix(service.address) : service.address, service.port};
  if (server != key.server) services_[slot].Add(service);
}

void EdgeTable::Add(const EdgeTraffic& traffic, EdgeCounters* account) {
  (traffic.of_client ? account->client_payload_bytes : account->server_payload_bytes) += traffic.payload_bytes;
  account->segments += traffic.segments;
  account->retransmitted_segments += traffic.retransmitted_segments;
  account->out_of_order_segments += traffic.out_of_order_segments;
}

void EdgeTable::Open(const BoundEdge& edge, int64_t now_ns) {
  EdgeCounters& account = Account(chooser_.NoteAttempt(edge, now_ns));
  ++account.connections_opened;
  if (&account == &other_) ++folded_;
  ++other_.connections;
}

void EdgeTable::CreditFailure(Slot slot, const BoundEdge& edge, EndReason reason, int64_t now_ns) {
  TCPGAUGE_CHECK(reason == EndReason::kRefused || reason == EndReason::kHandshakeTimeout);
  const Slot of_edge = Find(slot, edge.key);
  EdgeCounters& account = Account(of_edge);
  ++(reason == EndReason::kRefused ? account.connections_refused : account.connections_timed_out);
  chooser_.NoteFailures(of_edge, edge, 1, now_ns);
}

void EdgeTable::CreditSynRetransmissions(Slot slot, const BoundEdge& edge, uint64_t count, int64_t now_ns) {
  const Slot of_edge = Find(slot, edge.key);
  Account(of_edge).syn_retransmissions += count;
  chooser_.NoteFailures(of_edge, edge, count, now_ns);
}

void EdgeTable::Hold(Slot* slot, const BoundEdge& edge, bool is_open, uint64_t bytes, int64_t now_ns) {
  if (Holds(*slot, edge.key)) return;
  // The edge was not watched before, or lost its slot. Another connection may have made it watched since.
  *slot = chooser_.Find(edge.key);
  if (*slot == kNone && bytes > 0) *slot = chooser_.TryWatch(edge, bytes, now_ns);
  if (*slot == kNone || !is_open) return;
  --other_.connections;
  ++accounts_[*slot].connections;
}

void EdgeTable::Credit(Slot* slot, const BoundEdge& edge, bool is_open, const EdgeTraffic& traffic, int64_t now_ns) {
  Hold(slot, edge, is_open, traffic.payload_bytes, now_ns);
  CreditSlot(*slot, edge.bound, traffic, now_ns);
}

void EdgeTable::CreditUnopened(const EdgeKey& key, const EdgeTraffic& traffic) {
  Add(traffic, &Account(chooser_.Find(key)));
}

void EdgeTable::CreditHandshake(Slot* slot, const BoundEdge& edge, double rtt_seconds) {
  Hold(slot, edge, /*is_open=*/true, /*bytes=*/0, /*now_ns=*/0);
  EdgeCounters& account = Account(*slot);
  ++account.handshake_rtt_count;
  account.handshake_rtt_sum_seconds += rtt_seconds;
}

void EdgeTable::OnForgotten(Slot slot) {
  // The connections that hold the slot will notice this by the key.
  other_.connections += accounts_[slot].connections;
  accounts_[slot] = EdgeAccount();
  services_[slot] = EdgeServices();
}

void EdgeTable::OnSeriesEnded(Slot slot) {
  ++retired_edges_;
  AddEdgeCounters(accounts_[slot].counters, &retired_);
  accounts_[slot].counters = EdgeCounters();
}

EdgeCounters EdgeTable::other() const {
  EdgeCounters other = other_;
  for (size_t slot = 1; slot < accounts_.size(); ++slot) {
    if (!chooser_.IsAdmitted(static_cast<Slot>(slot))) other.connections += accounts_[slot].connections;
  }
  return other;
}

}  // namespace tcpgauge
