// SPDX-License-Identifier: Apache-2.0
#include "src/flow/edge_table.h"

#include "src/base/check.h"

namespace tcpgauge {

uint64_t EdgeTable::MemoryBytes(const EdgeTableOptions& options) {
  return EdgeChooser::MemoryBytes(options.max_exported) +
         EdgeChooser::SlotLimit(options.max_exported) * (sizeof(SlotAccount) + sizeof(EdgeServices)) +
         EdgeDistributionPool::MemoryBytes(EdgeChooser::SlotLimit(options.max_exported), options.max_exported) +
         WorkloadCells::MemoryBytes(options.max_workload_edges);
}

EdgeTable::EdgeTable(const EdgeTableOptions& options, const EdgeTimes& times, uint64_t seed, BindingTable* bindings)
    : options_(options),
      window_ns_(times.window_ns),
      groups_(options.v4_prefix_bits < 32 || options.v6_prefix_bits < 128 || options.v4_server_prefix_bits < 32 ||
              options.v6_server_prefix_bits < 128),
      bindings_(bindings),
      chooser_(options.max_exported, options.max_new_per_minute, times,
               options.first_window != nullptr ? options.first_window : std::make_shared<FirstWindow>(), seed, this),
      accounts_(EdgeChooser::SlotLimit(options.max_exported)),
      services_(accounts_.size()),
      distributions_(accounts_.size(), options.max_exported),
      cells_(options.max_workload_edges) {}

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

void EdgeTable::SetNames(const Binding& binding, EdgeKey* key) {
  key->local_ends = binding.local_ends;
  key->client_identity = binding.client_label();
  key->server_identity = binding.server_label();
}

EdgeKey EdgeTable::KeyOf(const IpAddress& client, const Endpoint& server, const Binding& binding) const {
  EdgeKey key = KeyOf(client, server);
  SetNames(binding, &key);
  return key;
}

bool EdgeTable::Supersede(const EdgeKey& key, const Binding& ends, int64_t now_ns) {
  EdgeKey successor = key;
  SetNames(ends, &successor);
  const BindingTable::Id binding = bindings_->Acquire(ends);
  // Without room for another binding, the edge keeps its place: the connections keep their bindings too.
  if (binding == BindingTable::kNobody) return false;
  const BoundEdge edge = WithCell({successor, {binding, 0}});
  const bool is_superseded = chooser_.Supersede(chooser_.Find(key), edge, now_ns);
  Release(edge.bound);
  return is_superseded;
}

WorkloadCellKey EdgeTable::CellOf(const EdgeKey& key, const Binding& ends) const {
  WorkloadCellKey cell;
  cell.local_ends = ends.local_ends;
  cell.edge.server_port = key.server.port;
  if (ends.client != nullptr) {
    cell.edge.client.workload_number = ends.client->workload_number;
    cell.client_zone = ends.client->identity.zone;
  }
  if (ends.server != nullptr) {
    cell.edge.server.workload_number = ends.server->workload_number;
    cell.server_zone = ends.server->identity.zone;
  }
  if (cell.edge.client.workload_number == 0 && !HasOneClient(key)) cell.edge.client.prefix = key.client;
  return cell;
}

BoundEdge EdgeTable::WithCell(BoundEdge edge) {
  const Binding& ends = bindings_->Get(edge.bound.binding);
  edge.bound.cell = cells_.Acquire(CellOf(edge.key, ends), ends);
  return edge;
}

void EdgeTable::Rebalance(int64_t now_ns) {
  chooser_.Rebalance(now_ns);
  if (now_ns < next_forget_ns_) return;
  next_forget_ns_ = now_ns + window_ns_;
  cells_.ForgetUnused();
}

void EdgeTable::AppendWorkloads(std::vector<WorkloadAccount>* accounts) const {
  const std::vector<uint32_t> places = cells_.AppendAccounts(accounts);
  for (size_t slot = 1; slot < accounts_.size(); ++slot) {
    const SlotAccount& account = accounts_[slot];
    WorkloadAccount& into = (*accounts)[places[chooser_.bound(static_cast<Slot>(slot)).cell]];
    AddEdgeCounters(account.counters, &into.counters);
    into.counters.connections += account.connections;
    if (const EdgeDistributions* values = distributions_.Find(slot)) AddEdgeDistributions(*values, &into.distributions);
  }
}

void EdgeTable::NoteService(Slot slot, const EdgeKey& key, const Endpoint& service) {
  if (!Holds(slot, key)) return;
  const Endpoint server = {key.is_server_prefix ? ServerPrefix(service.address) : service.address, service.port};
  if (server != key.server) services_[slot].Add(service);
}

void EdgeTable::Add(const EdgeTraffic& traffic, EdgeCounters* account) {
  account->client_payload_bytes += traffic.client_payload_bytes;
  account->server_payload_bytes += traffic.server_payload_bytes;
  account->segments += traffic.segments;
  account->retransmitted_segments += traffic.retransmitted_segments;
  account->out_of_order_segments += traffic.out_of_order_segments;
}

void EdgeTable::Open(const BoundEdge& edge, int64_t now_ns) {
  const Slot slot = chooser_.NoteAttempt(edge, now_ns);
  ++Account(slot, edge.bound).connections_opened;
  if (!chooser_.IsAdmitted(slot)) ++folded_;
  ++cells_.unadmitted(edge.bound.cell).connections;
}

void EdgeTable::CreditFailure(Slot slot, const BoundEdge& edge, EndReason reason, int64_t now_ns) {
  TCPGAUGE_CHECK(reason == EndReason::kRefused || reason == EndReason::kHandshakeTimeout);
  const Slot of_edge = Find(slot, edge.key);
  EdgeCounters& account = Account(of_edge, edge.bound);
  ++(reason == EndReason::kRefused ? account.connections_refused : account.connections_timed_out);
  chooser_.NoteFailures(of_edge, edge, 1, now_ns);
}

void EdgeTable::CreditSynRetransmissions(Slot slot, const BoundEdge& edge, uint64_t count, int64_t now_ns) {
  const Slot of_edge = Find(slot, edge.key);
  Account(of_edge, edge.bound).syn_retransmissions += count;
  chooser_.NoteFailures(of_edge, edge, count, now_ns);
}

EdgeBinding EdgeTable::Hold(Slot* slot, const BoundEdge& edge, bool is_open, uint64_t bytes, int64_t now_ns) {
  if (Holds(*slot, edge.key)) return edge.bound;
  // The edge was not watched before, or lost its slot. Another connection may have made it watched since.
  *slot = chooser_.Find(edge.key);
  if (*slot == kNone && bytes > 0) *slot = chooser_.TryWatch(edge, bytes, now_ns);
  if (*slot == kNone) return edge.bound;
  if (is_open) {
    --cells_.unadmitted(edge.bound.cell).connections;
    ++accounts_[*slot].connections;
  }
  const EdgeBinding now = {edge.bound.binding, chooser_.bound(*slot).cell};
  cells_.AcquireAgain(now.cell);
  cells_.Release(edge.bound.cell);
  return now;
}

EdgeBinding EdgeTable::Credit(Slot* slot, const BoundEdge& edge, bool is_open, const EdgeTraffic& traffic,
                              int64_t now_ns) {
  const EdgeBinding bound = Hold(slot, edge, is_open, traffic.payload_bytes(), now_ns);
  CreditSlot(*slot, bound, traffic, now_ns);
  return bound;
}

void EdgeTable::CreditUnopened(const EdgeKey& key, const Binding& ends, const EdgeTraffic& traffic) {
  Add(traffic, &Account(chooser_.Find(key), {BindingTable::kNobody, cells_.Find(CellOf(key, ends))}));
}

EdgeBinding EdgeTable::CreditHandshake(Slot* slot, const BoundEdge& edge, double rtt_seconds) {
  const EdgeBinding bound = Hold(slot, edge, /*is_open=*/true, /*bytes=*/0, /*now_ns=*/0);
  EdgeCounters& account = Account(*slot, bound);
  ++account.handshake_rtt_count;
  account.handshake_rtt_sum_seconds += rtt_seconds;
  Distributions(*slot, bound).handshake_rtt_seconds.Observe(rtt_seconds);
  return bound;
}

void EdgeTable::CreditResponse(Slot slot, const IpAddress& client, const Endpoint& server, EdgeBinding bound,
                               double response_seconds) {
  if (groups_ || !chooser_.Holds(slot, client, server, bound.binding)) {
    slot = Find(slot, EdgeOf(client, server, bound).key);
  }
  EdgeCounters& account = Account(slot, bound);
  ++account.response_count;
  account.response_sum_seconds += response_seconds;
  Distributions(slot, bound).response_seconds.Observe(response_seconds);
}

void EdgeTable::OnForgotten(Slot slot, EdgeBinding bound) {
  // The connections that hold the slot will notice this by the key.
  cells_.unadmitted(bound.cell).connections += accounts_[slot].connections;
  accounts_[slot] = SlotAccount();
  services_[slot] = EdgeServices();
}

void EdgeTable::OnSeriesEnded(Slot slot, EdgeBinding bound) {
  ++retired_edges_;
  AddEdgeCounters(accounts_[slot].counters, &retired_.counters);
  AddEdgeCounters(accounts_[slot].counters, &cells_.retired(bound.cell));
  accounts_[slot].counters = EdgeCounters();
  if (const EdgeDistributions* values = distributions_.Find(slot)) {
    AddEdgeDistributions(*values, &retired_.distributions);
    AddEdgeDistributions(*values, &cells_.distributions(bound.cell));
    distributions_.Release(slot);
  }
}

const EdgeDistributions& EdgeTable::DistributionsOf(const EdgeKey& key) const {
  static const EdgeDistributions kEmpty;
  const EdgeDistributions* values = distributions_.Find(chooser_.Find(key));
  return values != nullptr ? *values : kEmpty;
}

EdgeDistributions EdgeTable::other_distributions() const {
  EdgeDistributions other = cells_.Distributions();
  SubtractEdgeDistributions(retired_.distributions, &other);
  return other;
}

EdgeCounters EdgeTable::other() const {
  EdgeCounters other = cells_.Unadmitted();
  for (size_t slot = 1; slot < accounts_.size(); ++slot) {
    if (!chooser_.IsAdmitted(static_cast<Slot>(slot))) other.connections += accounts_[slot].connections;
  }
  return other;
}

}  // namespace tcpgauge
