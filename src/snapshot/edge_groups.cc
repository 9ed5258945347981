// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/edge_groups.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "src/base/time_units.h"
#include "src/flow/connection_summary.h"
#include "src/net/connection_state.h"

namespace tcpgauge {
namespace {

// How many edges, or connections, are added up between two calls of `must_stop`. An edge takes some 0.5 us.
constexpr size_t kBetweenStops = 256;

// The members of an EdgeGroup that say what its edges have in common.
struct GroupKey {
  IpAddress client;
  Endpoint server;
  bool is_server_prefix = false;
  uint32_t workload_number = 0;
  bool is_client_workload = false;

  friend bool operator==(const GroupKey& a, const GroupKey& b) {
    return a.client == b.client && a.server == b.server && a.is_server_prefix == b.is_server_prefix &&
           a.workload_number == b.workload_number && a.is_client_workload == b.is_client_workload;
  }
  template <typename H>
  friend H AbslHashValue(H state, const GroupKey& key) {
    return H::combine(std::move(state), key.client, key.server, key.is_server_prefix, key.workload_number,
                      key.is_client_workload);
  }
};

uint32_t WorkloadNumber(const IdentityRef& identity) { return identity == nullptr ? 0 : identity->workload_number; }

GroupKey KeyOf(const EdgeView& edge, EdgeGroupKind kind) {
  GroupKey key;
  if (kind == EdgeGroupKind::kClient || kind == EdgeGroupKind::kPair) key.client = edge.key.client;
  if (kind == EdgeGroupKind::kService || kind == EdgeGroupKind::kPair) {
    key.server.address = edge.key.server.address;
    key.is_server_prefix = edge.key.is_server_prefix;
  }
  if (kind == EdgeGroupKind::kService) key.server.port = edge.key.server.port;
  if (kind == EdgeGroupKind::kWorkload) {
    key.workload_number = WorkloadNumber(edge.server);
    if (key.workload_number == 0) {
      key.workload_number = WorkloadNumber(edge.client);
      key.is_client_workload = key.workload_number != 0;
    }
  }
  return key;
}

EdgeGroup BeginGroup(const GroupKey& key) {
  EdgeGroup group;
  group.client = key.client;
  group.server = key.server;
  group.is_server_prefix = key.is_server_prefix;
  group.workload_number = key.workload_number;
  group.is_client_workload = key.is_client_workload;
  return group;
}

// Who is at an end that all edges of a group have in common, as far as the edges so far tell.
class CommonIdentity {
 public:
  void Add(const IdentityRef& identity) {
    if (identity == nullptr) return;
    if (identity_ == nullptr) identity_ = identity;
    differs_ = differs_ || identity_->label_number != identity->label_number;
  }
  IdentityRef Get() const { return differs_ ? nullptr : identity_; }

 private:
  IdentityRef identity_;
  bool differs_ = false;
};

void AddSum(const EdgeSum& from, EdgeSum* to) {
  AddEdgeAccount(from, to);
  AddEdgeCounters(from.change, &to->change);
}

// Makes the groups of edges.
class Grouping {
 public:
  // Reserves memory for `edges` groups. That costs only address space until they are made.
  Grouping(EdgeGroupKind kind, size_t edges, EdgeGroups* into) : kind_(kind), into_(into) {
    into->groups.reserve(edges);
  }

  // Adds an edge to its group. `change` is null if no changes are known.
  void Add(const EdgeView& edge, const EdgeCounters* change) {
    const GroupKey key = KeyOf(edge, kind_);
    const auto [index, is_new] = indexes_.emplace(key, into_->groups.size());
    if (is_new) {
      into_->groups.push_back(BeginGroup(key));
      ends_.emplace_back();
    }
    EdgeGroup& group = into_->groups[index->second];
    AddEdgeAccount(edge, &group.sum);
    if (change != nullptr) AddEdgeCounters(*change, &group.sum.change);
    ++group.edges;
    AddNames(edge, index->second);
    if (kind_ != EdgeGroupKind::kService) return;
    for (const Endpoint& service : edge.services.endpoints()) group.services.Add(service);
    if (clients_.emplace(index->second, edge.key.client).second) ++group.clients;
  }

  // Fills in who is at the ends.
  void Finish() {
    for (size_t i = 0; i < ends_.size(); ++i) {
      into_->groups[i].client_identity = ends_[i].client.Get();
      into_->groups[i].server_identity = ends_[i].server.Get();
    }
  }

 private:
  struct Ends {
    CommonIdentity client;
    CommonIdentity server;
  };

  void AddNames(const EdgeView& edge, size_t index) {
    if (kind_ == EdgeGroupKind::kWorkload) {
      EdgeGroup& group = into_->groups[index];
      if (group.workload_number == 0 || group.edges > 1) return;
      // Pods of the workload differ in the other names, so the first one stands for all.
      (group.is_client_workload ? ends_[index].client : ends_[index].server)
          .Add(group.is_client_workload ? edge.client : edge.server);
      return;
    }
    if (kind_ != EdgeGroupKind::kService) ends_[index].client.Add(edge.client);
    if (kind_ != EdgeGroupKind::kClient) ends_[index].server.Add(edge.server);
  }

  const EdgeGroupKind kind_;
  EdgeGroups* const into_;
  absl::flat_hash_map<GroupKey, size_t> indexes_;  // into EdgeGroups::groups
  std::vector<Ends> ends_;                         // in the order of the groups
  absl::flat_hash_set<std::pair<size_t, IpAddress>> clients_;
};

// Returns what belongs to no edge with series. An attempt that no account counts yet is an open connection.
EdgeSum RestOf(const Snapshot& snapshot) {
  const EdgesView& edges = snapshot.edges;
  EdgeSum rest;
  rest.counters = edges.other;
  rest.distributions = edges.other_distributions;
  AddEdgeCounters(edges.retired, &rest.counters);
  AddEdgeDistributions(edges.retired_distributions, &rest.distributions);
  rest.counters.connections += static_cast<int64_t>(edges.pending_attempts);
  rest.change = snapshot.edge_changes.other;
  return rest;
}

// Returns the change of an edge with series, or null if it is not known.
const EdgeCounters* ChangeOf(const Snapshot& snapshot, size_t index) {
  const std::vector<EdgeCounters>& changes = snapshot.edge_changes.exported;
  return index < changes.size() ? &changes[index] : nullptr;
}

std::optional<EdgeGroups> GroupByKey(const Snapshot& snapshot, EdgeGroupKind kind,
                                     absl::FunctionRef<bool()> must_stop) {
  EdgeGroups groups;
  const std::vector<EdgeView>& edges = snapshot.edges.exported;
  Grouping grouping(kind, edges.size(), &groups);
  for (size_t i = 0; i < edges.size(); ++i) {
    if (i % kBetweenStops == 0 && must_stop()) return std::nullopt;
    grouping.Add(edges[i], ChangeOf(snapshot, i));
  }
  grouping.Finish();
  groups.change_seconds = snapshot.edge_changes.seconds;
  groups.other = RestOf(snapshot);
  groups.total = groups.other;
  for (size_t i = 0; i < groups.groups.size(); ++i) {
    if (i % kBetweenStops == 0 && must_stop()) return std::nullopt;
    AddSum(groups.groups[i].sum, &groups.total);
  }
  return groups;
}

// Adds a connection to the sum of its interface.
void AddConnection(const ConnectionSummary& connection, double rate_window_seconds, EdgeSum* sum) {
  const DirectionSummary& up = connection.client_sent;
  const DirectionSummary& down = connection.server_sent;
  EdgeCounters& counters = sum->counters;
  counters.client_payload_bytes += up.payload_bytes;
  counters.server_payload_bytes += down.payload_bytes;
  counters.retransmitted_segments += up.retransmitted_segments + down.retransmitted_segments;
  counters.connections += IsOpen(connection.state) ? 1 : 0;
  if (connection.handshake_rtt_ns != ConnectionSummary::kUnknown) {
    ++counters.handshake_rtt_count;
    counters.handshake_rtt_sum_seconds += ToSeconds(connection.handshake_rtt_ns);
  }
  if (connection.response_ns != ConnectionSummary::kUnknown) {
    counters.response_count += connection.responses;
    counters.response_sum_seconds += ToSeconds(connection.response_ns) * connection.responses;
  }
  sum->change.client_payload_bytes += static_cast<uint64_t>(up.payload_bytes_per_second * rate_window_seconds);
  sum->change.server_payload_bytes += static_cast<uint64_t>(down.payload_bytes_per_second * rate_window_seconds);
}

// Returns `change`, of a period of `seconds`, as that of a period of `wanted_seconds`. Payload alone.
EdgeCounters Stretched(const EdgeCounters& change, double seconds, double wanted_seconds) {
  const double factor = seconds > 0 ? wanted_seconds / seconds : 0;
  EdgeCounters stretched;
  stretched.client_payload_bytes = static_cast<uint64_t>(static_cast<double>(change.client_payload_bytes) * factor);
  stretched.server_payload_bytes = static_cast<uint64_t>(static_cast<double>(change.server_payload_bytes) * factor);
  return stretched;
}

// Adds the group of an interface, which is not part of `groups->other` then.
void AddInterface(size_t interface, const EdgeSum& sum, EdgeGroups* groups) {
  TakeEdgeCountersAway(sum.counters, &groups->other.counters);
  TakeEdgeCountersAway(sum.change, &groups->other.change);
  EdgeGroup& group = groups->groups.emplace_back();
  group.interface = static_cast<uint32_t>(interface);
  group.sum = sum;
}

// Makes the groups of interfaces from their accounts. `*groups` has `total` and `other`.
void GroupAccounts(const Snapshot& snapshot, EdgeGroups* groups) {
  const std::vector<EdgeCounters>& changes = snapshot.edge_changes.interfaces;
  for (size_t i = 0; i < snapshot.interfaces.size(); ++i) {
    const InterfaceView& interface = snapshot.interfaces[i];
    if (interface.is_forgotten && interface.open_connections == 0) continue;
    EdgeSum sum;
    sum.counters = interface.account;
    sum.counters.connections = interface.open_connections;
    sum.counters.stalled = interface.stalled_connections;
    if (i < changes.size()) sum.change = changes[i];
    AddInterface(i, sum, groups);
  }
}

// Makes the groups of interfaces from the listed connections. `*groups` has `total` and `other`. Returns false soon
// after `must_stop` has returned true.
bool GroupConnections(const Snapshot& snapshot, absl::FunctionRef<bool()> must_stop, EdgeGroups* groups) {
  groups->is_of_connections = true;
  groups->change_seconds = snapshot.rate_window_seconds;
  groups->total.change = Stretched(groups->total.change, snapshot.edge_changes.seconds, groups->change_seconds);
  groups->other.change = groups->total.change;
  std::vector<EdgeSum> sums(snapshot.interfaces.size());
  std::vector<bool> is_used(sums.size());
  for (size_t i = 0; i < snapshot.connections.size(); ++i) {
    if (i % kBetweenStops == 0 && must_stop()) return false;
    const ConnectionSummary& connection = snapshot.connections[i];
    if (connection.interface >= sums.size()) continue;
    AddConnection(connection, snapshot.rate_window_seconds, &sums[connection.interface]);
    is_used[connection.interface] = true;
  }
  for (size_t i = 0; i < sums.size(); ++i) {
    if (!snapshot.interfaces[i].is_forgotten || is_used[i]) AddInterface(i, sums[i], groups);
  }
  groups->other.counters.segments = 0;  // those of the groups are not known, so neither are these
  return true;
}

std::optional<EdgeGroups> GroupByInterface(const Snapshot& snapshot, absl::FunctionRef<bool()> must_stop) {
  std::optional<EdgeTotals> totals = AddUpEdges(snapshot, must_stop);
  if (!totals.has_value()) return std::nullopt;
  EdgeGroups groups;
  groups.change_seconds = snapshot.edge_changes.seconds;
  groups.total = std::move(totals->total);
  groups.other = groups.total;
  if (snapshot.has_interface_accounts) {
    GroupAccounts(snapshot, &groups);
  } else if (!GroupConnections(snapshot, must_stop, &groups)) {
    return std::nullopt;
  }
  return groups;
}

std::string NetworkText(const IpAddress& address, std::optional<int> prefix_bits) {
  return prefix_bits.has_value() ? absl::StrCat(address.ToString(), "/", *prefix_bits) : address.ToString();
}

// Returns the length for the family of `address`, or nullopt if it is that of a whole address.
std::optional<int> PrefixBits(const IpAddress& address, int v4_bits, int v6_bits) {
  if (address.is_v4()) return v4_bits == 32 ? std::nullopt : std::optional<int>(v4_bits);
  return v6_bits == 128 ? std::nullopt : std::optional<int>(v6_bits);
}

std::string WorkloadFilter(const IdentityRef& identity) {
  if (identity == nullptr) return "";
  const std::string workload(std::string_view(identity->identity.workload));
  const std::string space(std::string_view(identity->identity.namespace_name));
  return space.empty() ? absl::StrCat("workload:", workload) : absl::StrCat("workload:", workload, " ns:", space);
}

std::optional<double> Mean(double sum, uint64_t count) {
  if (count == 0) return std::nullopt;
  return sum / static_cast<double>(count);
}

}  // namespace

EdgeGroups GroupEdges(const Snapshot& snapshot, EdgeGroupKind kind) {
  return *GroupEdges(snapshot, kind, [] { return false; });
}

std::optional<EdgeGroups> GroupEdges(const Snapshot& snapshot, EdgeGroupKind kind,
                                     absl::FunctionRef<bool()> must_stop) {
  return kind == EdgeGroupKind::kInterface ? GroupByInterface(snapshot, must_stop)
                                           : GroupByKey(snapshot, kind, must_stop);
}

std::optional<EdgeTotals> AddUpEdges(const Snapshot& snapshot, absl::FunctionRef<bool()> must_stop) {
  EdgeTotals totals;
  totals.other = RestOf(snapshot);
  totals.total = totals.other;
  for (size_t i = 0; i < snapshot.edges.exported.size(); ++i) {
    if (i % kBetweenStops == 0 && must_stop()) return std::nullopt;
    AddEdgeAccount(snapshot.edges.exported[i], &totals.total);
    if (const EdgeCounters* change = ChangeOf(snapshot, i)) AddEdgeCounters(*change, &totals.total.change);
  }
  return totals;
}

std::optional<int> ClientPrefixBits(const EdgesView& edges, const IpAddress& client) {
  return PrefixBits(client, edges.v4_prefix_bits, edges.v6_prefix_bits);
}

std::optional<int> ServerPrefixBits(const EdgesView& edges, const IpAddress& server, bool is_server_prefix) {
  if (!is_server_prefix) return std::nullopt;
  return PrefixBits(server, edges.v4_server_prefix_bits, edges.v6_server_prefix_bits);
}

uint64_t EdgeGroupsBytes(size_t edges) {
  constexpr uint64_t kLookupBytes = 320;  // in the tables of Grouping
  return edges * (sizeof(EdgeGroup) + kLookupBytes);
}

std::string FilterOf(const EdgeGroup& group, EdgeGroupKind kind, const Snapshot& snapshot) {
  const auto client = [&] {
    return absl::StrCat("client:", NetworkText(group.client, ClientPrefixBits(snapshot.edges, group.client)));
  };
  const auto server = [&] {
    const IpAddress& address = group.server.address;
    return absl::StrCat("server:",
                        NetworkText(address, ServerPrefixBits(snapshot.edges, address, group.is_server_prefix)));
  };
  switch (kind) {
    case EdgeGroupKind::kService:
      return absl::StrCat(server(), " port:", group.server.port);
    case EdgeGroupKind::kClient:
      return client();
    case EdgeGroupKind::kPair:
      return absl::StrCat(client(), " ", server());
    case EdgeGroupKind::kWorkload:
      return WorkloadFilter(group.is_client_workload ? group.client_identity : group.server_identity);
    case EdgeGroupKind::kInterface: {
      const std::string& name = snapshot.interfaces[group.interface].name;
      return name.empty() ? "" : absl::StrCat("interface:", name);
    }
    case EdgeGroupKind::kCount:
      break;
  }
  return "";
}

std::optional<double> LossShare(const EdgeCounters& counters) {
  return Mean(static_cast<double>(counters.retransmitted_segments), counters.segments);
}

std::optional<double> MeanResponseSeconds(const EdgeCounters& counters) {
  return Mean(counters.response_sum_seconds, counters.response_count);
}

std::optional<double> MeanHandshakeRttSeconds(const EdgeCounters& counters) {
  return Mean(counters.handshake_rtt_sum_seconds, counters.handshake_rtt_count);
}

}  // namespace tcpgauge
