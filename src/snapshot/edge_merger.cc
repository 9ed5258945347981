// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/edge_merger.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"

namespace tcpgauge {
namespace {

// Whether a counter fell from `before` to `now`.
bool Fell(const EdgeCounters& before, const EdgeCounters& now) {
  return now.client_payload_bytes < before.client_payload_bytes ||
         now.server_payload_bytes < before.server_payload_bytes || now.segments < before.segments ||
         now.retransmitted_segments < before.retransmitted_segments ||
         now.out_of_order_segments < before.out_of_order_segments ||
         now.syn_retransmissions < before.syn_retransmissions || now.connections_opened < before.connections_opened ||
         now.connections_refused < before.connections_refused ||
         now.connections_timed_out < before.connections_timed_out ||
         now.handshake_rtt_count < before.handshake_rtt_count || now.response_count < before.response_count;
}

// The edge as a snapshot shows it: edges that differ only in the ends that are local are one.
EdgeKey Shown(EdgeKey key) {
  key.local_ends = 0;
  return key;
}

}  // namespace

bool EdgeMerger::IsExported(const EdgeKey& shown) const {
  for (const auto& exported : exported_) {
    EdgeKey key = shown;
    for (; key.local_ends <= kMaxLocalEnds; ++key.local_ends) {
      if (exported.contains(key)) return true;
    }
  }
  return false;
}

void EdgeMerger::CountRepeated(const EdgesView& worker, size_t index) {
  absl::flat_hash_set<EdgeKey> begun;  // the edges that the worker began to export, of those that differ in local ends
  for (const EdgeView& edge : worker.exported) {
    if (exported_[index].contains(edge.key)) continue;
    const bool is_again = !begun.insert(Shown(edge.key)).second;
    if (is_again || IsExported(Shown(edge.key))) ++repeated_edges_;
  }
}

bool EdgeMerger::WasReadmitted(const Before& before, const EdgeView& now) {
  // Counters may have caught up since then, but counts of single buckets may still be lower.
  return now.start_time_ns != before.start_time_ns || Fell(before.counters, now.counters);
}

void EdgeMerger::KeepRetired(const EdgesView& worker, Exported* exported) {
  absl::flat_hash_map<EdgeKey, const EdgeView*> now;
  now.reserve(worker.exported.size());
  for (const EdgeView& edge : worker.exported) now.emplace(edge.key, &edge);
  for (auto it = exported->begin(); it != exported->end();) {
    const auto here = it++;
    const auto& [key, before] = *here;
    const auto found = now.find(key);
    const bool is_exported = found != now.end();
    if (is_exported && !WasReadmitted(before, *found->second)) continue;
    Kept& kept = kept_[Shown(key)];
    const bool is_first = kept.retired_edges == 0;
    kept.start_time_ns = is_first ? before.start_time_ns : std::min(kept.start_time_ns, before.start_time_ns);
    AddEdgeAccount(before, &kept.account);
    // Gauges: these connections have ended, or the table counts them under `other`.
    kept.account.counters.connections = kept.account.counters.stalled = 0;
    ++kept.retired_edges;
    if (!is_exported) exported->erase(here);
  }
  for (const EdgeView& edge : worker.exported) {
    (*exported)[edge.key] = {edge.counters, edge.distributions, edge.start_time_ns};
  }
}

EdgesView EdgeMerger::Merge(const std::vector<const EdgesView*>& workers) {
  EdgesView merged;
  absl::flat_hash_map<EdgeKey, size_t> indexes;
  exported_.resize(workers.size());
  size_t most_edges = 0;
  for (const EdgesView* worker : workers) most_edges += worker->exported.size();
  merged.exported.reserve(most_edges);
  for (size_t i = 0; i < workers.size(); ++i) {
    const EdgesView& worker = *workers[i];
    CountRepeated(worker, i);
    KeepRetired(worker, &exported_[i]);
    for (const EdgeView& edge : worker.exported) {
      const auto [index, is_new] = indexes.emplace(Shown(edge.key), merged.exported.size());
      if (is_new) {
        merged.exported.push_back(edge);
        merged.exported.back().key = index->first;
      } else {
        EdgeView& into = merged.exported[index->second];
        AddEdgeAccount(edge, &into);
        for (const Endpoint& service : edge.services.endpoints()) into.services.Add(service);
        into.start_time_ns = std::min(into.start_time_ns, edge.start_time_ns);
      }
    }
    AddEdgeCounters(worker.other, &merged.other);
    AddEdgeDistributions(worker.other_distributions, &merged.other_distributions);
    AddEdgeCounters(worker.retired, &merged.retired);
    AddEdgeDistributions(worker.retired_distributions, &merged.retired_distributions);
    merged.retired_edges += worker.retired_edges;
    merged.new_edges += worker.new_edges;
    merged.folded += worker.folded;
    merged.renamed += worker.renamed;
    merged.pending_attempts += worker.pending_attempts;
    merged.v4_prefix_bits = worker.v4_prefix_bits;
    merged.v6_prefix_bits = worker.v6_prefix_bits;
    merged.v4_server_prefix_bits = worker.v4_server_prefix_bits;
    merged.v6_server_prefix_bits = worker.v6_server_prefix_bits;
  }
  merged.new_edges -= repeated_edges_;
  // A sum of fractions is rounded. So it falls a little when a table moves a part of it from one cell to another.
  other_rtt_sum_seconds_ = std::max(other_rtt_sum_seconds_, merged.other.handshake_rtt_sum_seconds);
  merged.other.handshake_rtt_sum_seconds = other_rtt_sum_seconds_;
  other_response_sum_seconds_ = std::max(other_response_sum_seconds_, merged.other.response_sum_seconds);
  merged.other.response_sum_seconds = other_response_sum_seconds_;
  for (auto it = kept_.begin(); it != kept_.end();) {
    const auto index = indexes.find(it->first);
    if (index == indexes.end()) {
      kept_.erase(it++);  // no table exports it any more
      continue;
    }
    const Kept& kept = it->second;
    EdgeView& into = merged.exported[index->second];
    AddEdgeAccount(kept.account, &into);
    into.start_time_ns = std::min(into.start_time_ns, kept.start_time_ns);
    SubtractEdgeCounters(kept.account.counters, &merged.retired);
    SubtractEdgeDistributions(kept.account.distributions, &merged.retired_distributions);
    merged.retired_edges -= kept.retired_edges;
    ++it;
  }
  return merged;
}

}  // namespace tcpgauge
