// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/worker_sampler.h"

#include "src/base/time_units.h"
#include "src/flow/binding_table.h"
#include "src/flow/edge_services.h"
#include "src/flow/edge_table.h"
#include "src/snapshot/response_counts.h"

namespace tcpgauge {
namespace {

constexpr uint64_t kBufferPlaces = 3;  // of a TripleBuffer

}  // namespace

uint64_t WorkerSampler::MemoryBytes(size_t max_edges) { return kBufferPlaces * max_edges * sizeof(SampledEdge); }

WorkerSampler::Progress WorkerSampler::Step(int64_t steady_ns) {
  const int64_t second = steady_ns / kNanosecondsPerSecond;
  if (second != second_) {
    second_ = second;
    is_due_ = true;
  }
  if (!is_due_) return Progress::kIdle;
  if (!table_.TellSomeEdges()) return Progress::kTelling;
  is_due_ = false;
  Publish(second, table_.now_ns());
  return Progress::kPublished;
}

void WorkerSampler::SampleBefore(int64_t second) {
  table_.TellAllEdges();
  Publish(second, second * kNanosecondsPerSecond);
}

void WorkerSampler::SampleLast() {
  table_.TellAllEdges();
  Publish(INT64_MAX, table_.now_ns());
}

void WorkerSampler::Publish(int64_t second, int64_t time_ns) {
  WorkerSample& back = buffer_.back();
  back.second = second;
  back.time_ns = time_ns;
  back.clock_stepped_ns = counters_.clock_stepped_ns;
  back.totals = HistoryCountsOf(table_.told_totals());
  back.edges.clear();
  if (const EdgeTable* edges = table_.edges()) {
    back.edges.reserve(edges->max_exported());
    edges->VisitExported(
        [&](const EdgeKey& key, const EdgeCounters& counters, const EdgeServices&, int64_t start_time_ns) {
          const Binding& ends = edges->EndsOf(key);
          back.edges.push_back({key, ends.client, ends.server, start_time_ns, HistoryCountsOf(counters),
                                ResponseCountsOf(edges->DistributionsOf(key).response_seconds)});
        });
  }
  buffer_.Publish();
}

}  // namespace tcpgauge
