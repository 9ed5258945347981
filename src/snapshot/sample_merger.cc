// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/sample_merger.h"

#include <algorithm>

namespace tcpgauge {

uint64_t SampleMerger::MemoryBytes(size_t max_edges) {
  // A flat_hash_map that grows has at least 7/16 of its places in use, and each has a byte of its own.
  constexpr auto kPlaces = [](size_t bytes) { return (bytes + 1) * 16 / 7; };
  constexpr size_t kEdgeBytes = kPlaces(sizeof(std::pair<EdgeKey, Before>)) +
                                kPlaces(sizeof(std::pair<EdgeKey, size_t>)) + sizeof(HistoryEdgeCounts);
  return max_edges * kEdgeBytes;
}

void SampleMerger::Clear(std::vector<HistoryEdgeCounts>* edges) const {
  size_t most = 0;
  for (const TripleBuffer<WorkerSample>* worker : workers_) most += worker->front().edges.size();
  edges->clear();
  if (most <= edges->capacity()) return;
  // The old memory is given back first: with both, it would be twice as much.
  edges->shrink_to_fit();
  edges->reserve(most);
}

void SampleMerger::Merge() {
  int64_t second = INT64_MAX;
  for (TripleBuffer<WorkerSample>* worker : workers_) {
    worker->TakeLatest();
    second = std::min(second, worker->front().second);
  }
  if (second == second_) return;
  second_ = second;
  sample_.time_ns = INT64_MAX;
  sample_.totals = HistoryCounts();
  Clear(&sample_.edges);
  indexes_.clear();
  for (size_t i = 0; i < workers_.size(); ++i) {
    const WorkerSample& worker = workers_[i]->front();
    if (second == INT64_MAX || worker.second != INT64_MAX) {
      sample_.time_ns = std::min(sample_.time_ns, worker.time_ns);
      sample_.clock_stepped_ns = worker.clock_stepped_ns;
    }
    sample_.totals.Add(worker.totals);
    AddEdges(worker, &before_[i], &sample_);
  }
  history_.Record(sample_);
}

void SampleMerger::AddEdges(const WorkerSample& from, Edges* before, HistorySample* sample) {
  Edges now;
  now.reserve(from.edges.size());
  for (const SampledEdge& edge : from.edges) {
    now[edge.key] = {edge.start_time_ns, edge.counts, edge.response_times};
    const auto old = before->find(edge.key);
    const bool goes_on = old != before->end() && old->second.start_time_ns == edge.start_time_ns;
    EdgeKey shown = edge.key;
    shown.local_ends = 0;
    const auto [index, is_new] = indexes_.emplace(shown, sample->edges.size());
    if (is_new) sample->edges.push_back({{shown, edge.client, edge.server}, HistoryCounts(), ResponseCounts()});
    HistoryEdgeCounts& counts = sample->edges[index->second];
    counts.counts.Add(goes_on ? edge.counts.Since(old->second.counts) : edge.counts);
    counts.response_times.Add(goes_on ? edge.response_times.Since(old->second.response_times) : edge.response_times);
  }
  *before = std::move(now);
}

}  // namespace tcpgauge
