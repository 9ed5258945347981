// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/workload_edge_merger.h"

#include <algorithm>
#include <utility>

#include "src/flow/binding_table.h"

namespace tcpgauge {
namespace {

constexpr char kOtherZone[] = "other";

// Calls `visit(Reporter)` for each reporter of connections of which these ends are local.
template <typename Visitor>
void VisitReporters(uint8_t local_ends, Visitor visit) {
  if (local_ends == 0) visit(Reporter::kTransit);
  if ((local_ends & Binding::kClientIsLocal) != 0) visit(Reporter::kClient);
  if ((local_ends & Binding::kServerIsLocal) != 0) visit(Reporter::kServer);
}

// Calls `visit(WorkloadEdgeKey)` for each workload edge to which the cell belongs.
template <typename Visitor>
void VisitEdges(const WorkloadCellKey& cell, Visitor visit) {
  VisitReporters(cell.local_ends, [&](Reporter reporter) {
    WorkloadEdgeKey key = cell.edge;
    key.reporter = reporter;
    visit(key);
  });
}

void ClearGauges(EdgeCounters* counters) { counters->connections = counters->stalled = 0; }

bool HasCounted(const EdgeCounters& counters) {
  return (counters.client_payload_bytes | counters.server_payload_bytes | counters.segments |
          counters.retransmitted_segments | counters.out_of_order_segments | counters.syn_retransmissions |
          counters.connections_opened | counters.connections_refused | counters.connections_timed_out |
          counters.handshake_rtt_count | counters.response_count) != 0;
}

// Whether the server ever answered. Otherwise a scan of all ports, with or without payload, would take all places.
bool WasAnswered(const EdgeCounters& counters) {
  return (counters.server_payload_bytes | counters.handshake_rtt_count) != 0;
}

}  // namespace

uint32_t WorkloadEdgeMerger::NumberOf(const IdentityRef& workload) {
  if (workload == nullptr) return 0;
  const auto [number, is_new] =
      numbers_.emplace(std::make_pair(workload->identity.namespace_name, workload->identity.workload), 0);
  if (is_new) number->second = ++last_number_;
  return number->second;
}

WorkloadCellKey WorkloadEdgeMerger::KeyOf(const WorkloadAccount& account) {
  WorkloadCellKey key = account.key;
  key.edge.client.workload_number = NumberOf(account.client);
  key.edge.server.workload_number = NumberOf(account.server);
  return key;
}

void WorkloadEdgeMerger::ForgetNumbers() {
  if (numbers_.size() < most_numbers_) return;
  absl::flat_hash_set<uint32_t> used;
  const auto use = [&used](const WorkloadEdgeKey& key) {
    used.insert(key.client.workload_number);
    used.insert(key.server.workload_number);
  };
  for (const auto& [key, edge] : exported_) use(key);
  for (const auto& [key, ended_ns] : ended_) use(key);
  for (const Accounts& accounts : before_) {
    for (const auto& [number, account] : accounts) use(account.key.edge);
  }
  for (auto it = numbers_.begin(); it != numbers_.end();) {
    const auto here = it++;
    if (!used.contains(here->second)) numbers_.erase(here);
  }
  most_numbers_ = std::max(kFewNumbers, 2 * numbers_.size());
}

void WorkloadEdgeMerger::AddZones(const WorkloadCellKey& key, const EdgeCounters& counters,
                                  std::vector<ZonePayload>* zones) {
  // The agents of both nodes see a connection between them. The client's counts it.
  if ((key.local_ends & Binding::kClientIsLocal) == 0) return;
  if (key.client_zone.empty() && key.server_zone.empty()) return;
  const uint64_t payload_bytes = counters.client_payload_bytes + counters.server_payload_bytes;
  if (payload_bytes == 0) return;
  const auto find = [this](const std::string& client, const std::string& server) {
    return static_cast<size_t>(std::find_if(zones_.begin(), zones_.end(),
                                            [&](const ZonePayload& zone) {
                                              return zone.client_zone == client && zone.server_zone == server;
                                            }) -
                               zones_.begin());
  };
  size_t index = find(key.client_zone, key.server_zone);
  if (index == zones_.size() && index >= kMaxZonePairs) index = find(kOtherZone, kOtherZone);
  if (index == zones_.size()) {
    ZonePayload added = {key.client_zone, key.server_zone, 0};
    if (index >= kMaxZonePairs) added = {kOtherZone, kOtherZone, 0};
    zones_.push_back(added);
    if (zones != &zones_) zones->push_back(added);
  }
  (*zones)[index].payload_bytes += payload_bytes;
}

void WorkloadEdgeMerger::KeepForgotten(const std::vector<WorkloadAccount>& worker, Accounts* before) {
  absl::flat_hash_set<uint64_t> now;
  now.reserve(worker.size());
  for (const WorkloadAccount& account : worker) now.insert(account.number);
  for (auto it = before->begin(); it != before->end();) {
    const auto here = it++;
    const auto& [number, forgotten] = *here;
    if (now.contains(number)) continue;
    AddZones(forgotten.key, forgotten.account.counters, &zones_);
    VisitEdges(forgotten.key, [&, &account = forgotten.account](const WorkloadEdgeKey& key) {
      if (const auto found = exported_.find(key); found != exported_.end()) {
        AddEdgeAccount(account, &found->second.kept);
      }
    });
    before->erase(here);
  }
  for (const WorkloadAccount& account : worker) {
    if (account.is_fold) continue;
    Before& copy = (*before)[account.number];
    copy = {KeyOf(account), {account.counters, account.distributions}};
    ClearGauges(&copy.account.counters);
  }
}

void WorkloadEdgeMerger::EndIdle(int64_t now_ns) {
  for (auto it = ended_.begin(); it != ended_.end();) {
    const auto here = it++;
    if (now_ns - here->second >= options_.window_ns) ended_.erase(here);
  }
  for (auto it = exported_.begin(); it != exported_.end();) {
    const auto here = it++;
    const Exported& edge = here->second;
    if (edge.shown.counters.connections > 0 || now_ns - edge.last_active_ns < options_.idle_timeout_ns) continue;
    ended_.emplace(here->first, now_ns);
    exported_.erase(here);
  }
}

void WorkloadEdgeMerger::Begin(const Sum& sum, int64_t now_ns) {
  const bool in_first_window = first_ns_ < 0 || now_ns - first_ns_ < options_.window_ns;
  Exported edge;
  edge.client = sum.client;
  edge.server = sum.server;
  edge.last_active_ns = now_ns;
  if (in_first_window && !seen_.contains(sum.key)) {
    // It has counted since the last call.
    edge.start_time_ns = last_ns_ == 0 ? options_.capture_start_time_ns : last_ns_;
  } else {
    edge.start_time_ns = now_ns;
    edge.admitted_ns = now_ns + options_.window_ns;
  }
  Update(sum.account, now_ns, &edge);
  exported_.emplace(sum.key, std::move(edge));
}

void WorkloadEdgeMerger::Update(const EdgeAccount& now, int64_t now_ns, Exported* edge) const {
  EdgeAccount shown = now;
  AddEdgeAccount(edge->kept, &shown);
  if (now_ns < edge->admitted_ns) {
    edge->before = shown;
    ClearGauges(&edge->before.counters);
  }
  SubtractEdgeAccount(edge->before, &shown);
  // A sum of fractions is rounded. So it may fall a little when its parts are added in another order.
  const EdgeCounters& last = edge->shown.counters;
  EdgeCounters& counters = shown.counters;
  counters.handshake_rtt_sum_seconds = std::max(counters.handshake_rtt_sum_seconds, last.handshake_rtt_sum_seconds);
  counters.response_sum_seconds = std::max(counters.response_sum_seconds, last.response_sum_seconds);
  EdgeCounters change = counters;
  SubtractEdgeCounters(last, &change);
  if (HasCounted(change) || now_ns < edge->admitted_ns) edge->last_active_ns = now_ns;
  edge->shown = shown;
}

WorkloadEdgesView WorkloadEdgeMerger::Merge(const std::vector<const std::vector<WorkloadAccount>*>& workers,
                                            int64_t now_ns) {
  WorkloadEdgesView merged;
  before_.resize(workers.size());
  std::vector<Sum> sums;
  absl::flat_hash_map<WorkloadEdgeKey, size_t> indexes;
  for (size_t i = 0; i < workers.size(); ++i) KeepForgotten(*workers[i], &before_[i]);
  merged.zones = zones_;
  for (const std::vector<WorkloadAccount>* worker : workers) {
    for (const WorkloadAccount& account : *worker) {
      if (first_ns_ < 0 && HasCounted(account.counters)) first_ns_ = now_ns;
      VisitReporters(account.key.local_ends, [&](Reporter reporter) {
        AddEdgeCounters(account.counters, &merged.other[static_cast<size_t>(reporter)]);
        AddEdgeDistributions(account.distributions, &merged.other_distributions[static_cast<size_t>(reporter)]);
      });
      if (account.is_fold) continue;
      AddZones(account.key, account.counters, &merged.zones);
      VisitEdges(KeyOf(account), [&](const WorkloadEdgeKey& key) {
        const auto [index, is_new] = indexes.emplace(key, sums.size());
        if (is_new) sums.push_back({key, account.client, account.server, EdgeAccount()});
        AddEdgeAccount(account, &sums[index->second].account);
      });
    }
  }
  for (auto& [key, edge] : exported_) {
    const auto index = indexes.find(key);
    Update(index == indexes.end() ? EdgeAccount() : sums[index->second].account, now_ns, &edge);
  }
  EndIdle(now_ns);
  for (const Sum& sum : sums) {
    if (exported_.size() >= options_.max_exported) break;
    if (!WasAnswered(sum.account.counters) || exported_.contains(sum.key) || ended_.contains(sum.key)) continue;
    Begin(sum, now_ns);
  }
  for (const auto& [key, edge] : exported_) {
    const auto& [counters, distributions] = edge.shown;
    merged.exported.push_back({key, edge.client, edge.server, counters, edge.start_time_ns, distributions});
    SubtractEdgeCounters(counters, &merged.other[static_cast<size_t>(key.reporter)]);
    SubtractEdgeDistributions(distributions, &merged.other_distributions[static_cast<size_t>(key.reporter)]);
  }
  for (size_t reporter = 0; reporter < merged.other.size(); ++reporter) {
    // As in Update().
    double& rtts = merged.other[reporter].handshake_rtt_sum_seconds;
    rtts = other_rtt_sums_[reporter] = std::max(rtts, other_rtt_sums_[reporter]);
    double& responses = merged.other[reporter].response_sum_seconds;
    responses = other_response_sums_[reporter] = std::max(responses, other_response_sums_[reporter]);
  }
  seen_.clear();
  for (const Sum& sum : sums) seen_.insert(sum.key);
  last_ns_ = now_ns;
  ForgetNumbers();
  return merged;
}

}  // namespace tcpgauge
