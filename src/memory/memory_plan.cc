// SPDX-License-Identifier: Apache-2.0
#include "src/memory/memory_plan.h"

#include <malloc.h>

#include <algorithm>

#include "src/capture/handover.h"
#include "src/flow/connection_summary.h"
#include "src/flow/connection_view.h"
#include "src/flow/encapsulation_table.h"
#include "src/flow/workload_cells.h"
#include "src/identity/identity_memory.h"
#include "src/naming/end_identity.h"
#include "src/net/encapsulation.h"
#include "src/snapshot/edge_change_meter.h"
#include "src/snapshot/edge_groups.h"
#include "src/snapshot/ended_queue.h"
#include "src/snapshot/history.h"
#include "src/snapshot/sample_merger.h"
#include "src/snapshot/stalled_by_edge.h"
#include "src/snapshot/worker_publisher.h"
#include "src/snapshot/worker_sampler.h"

namespace tcpgauge {
namespace {

constexpr uint64_t kMiB = 1 << 20;

// An idle agent: 9 MB of its own and 15 MB of the program and its libraries (as /proc/PID/status shows it), the
// kernel's page tables and sockets, and a reserve for memory that is not counted.
constexpr uint64_t kProgramBytes = 26 * kMiB;
// Of one worker: batches under way, the file's buffer or the inbox, fragments, time-out wheels.
constexpr uint64_t kWorkerBytes = 2 * kMiB;
constexpr uint64_t kTopViewBytes = 4 * kMiB;

// An open HTTP connection: the kernel's buffers of 64 kB for sending and 32 kB for receiving (ListenSocket), and the
// objects of both. While it receives the head of a request, which may have 32 kB, it sends nothing.
constexpr uint64_t kHttpConnectionBytes = 104 << 10;
constexpr uint64_t kTlsBytes = 64 << 10;
// Expositions that are made at a time, beside those that are being sent and those that MetricsPage keeps.
constexpr uint64_t kExpositions = 2;
// Listings that are made at a time: HttpLane::kCostly has two threads.
constexpr uint64_t kListings = 2;
// A sample takes some 190 bytes as text, in a string that reserves about as much as it needs, and a tenth of that
// compressed. The rest is for the copies of edges in the exposition.
constexpr uint64_t kSampleBytes = 300;
// A sample in what MetricsPage keeps: two texts without room to grow, and the same compressed.
constexpr uint64_t kKeptSampleBytes = 420;
// A row takes some 800 bytes as JSON, and at most 1,504 besides the interface's name, in a string that is allocated
// once. The compressed text takes an eighth of that, and exists twice while it is copied. Each row takes 50 bytes while
// rows are chosen. A process was seen to grow by 1,020 bytes for each of 10,000 listed rows.
constexpr uint64_t kListedRowBytes = 1950;
// A view of a listed row takes some 120 bytes as JSON, and at most 384. Compressed text takes an eighth, twice.
constexpr uint64_t kListedViewBytes = 480;
// An edge in the answer of /api/v1/edges takes some 1,400 bytes as JSON, and 3,000 if its times are spread over all
// buckets. A service, which is one edge at worst, takes 1,200 bytes and its group. Compressed text takes an eighth,
// twice.
constexpr uint64_t kListedEdgeBytes = 4500;
// The answer of /api/v1/history has 1 MB at most, of ten minutes. Compressed text takes a tenth, twice.
constexpr uint64_t kListedSecondBytes = 2000;
// A data point takes this much as an OTLP message and as encoded bytes together.
constexpr uint64_t kPointBytes = 1200;

// Snapshots that exist at a time: the hub's, the one being made, and two that answers are written from.
constexpr uint64_t kSnapshots = 4;
constexpr uint64_t kBufferPlaces = 3;                   // of a TripleBuffer
constexpr uint64_t kRankBytes = 32;                     // per row, while the collector sorts the rows
constexpr uint64_t kViewRangeBytes = sizeof(uint32_t);  // per view; see ViewRanges

// An ended connection in a queue, with its views.
constexpr uint64_t kEndedBytes =
    sizeof(NamedEndedConnection) + ConnectionView::kMaxPerConnection * (sizeof(ConnectionView) + sizeof(Encapsulation));

constexpr size_t kLeastEndpoints = 500;
constexpr size_t kLeastHttpConnections = 40;  // more than one client's share of them
constexpr uint64_t kLeastResponseBytes = 1 * kMiB;
constexpr size_t kLeastRows = 200;
constexpr size_t kLeastQueueBytes = 2 * kMiB;
constexpr uint32_t kLeastEncapsulations = 256;
// The plan has room for one encapsulation per this many connections. Further encapsulations share one number, and are
// counted.
constexpr uint32_t kConnectionsPerEncapsulation = 16;

bool HasReaders(const MemoryDemand& demand) { return demand.table.keep_rates; }

uint32_t EncapsulationsFor(uint32_t max_connections, const MemoryDemand& demand) {
  const uint32_t share = max_connections / static_cast<uint32_t>(demand.workers) / kConnectionsPerEncapsulation;
  return std::clamp(share, kLeastEncapsulations, EncapsulationTable::kCapacity);
}

uint32_t ConnectionsPerWorker(const MemoryDemand& demand, const MemoryPlan& plan) {
  return std::max<uint32_t>(plan.max_connections / static_cast<uint32_t>(demand.workers), 1);
}

// The names in the snapshots of a worker, and the accounts of its workloads.
uint64_t NameBytes(const TableOptions& table, const MemoryPlan& plan) {
  // The merger has a copy of each account too.
  const uint64_t accounts = WorkloadCells::CellLimit(table.edges.max_workload_edges) * (kBufferPlaces + 1);
  return accounts * sizeof(WorkloadAccount) + (kBufferPlaces + kSnapshots) * sizeof(IdentityRef) * plan.max_endpoints;
}

// The edges of a worker's table that have series. CaptureEngine divides them so.
size_t EdgesPerWorker(const MemoryDemand& demand) { return demand.table.edges.max_exported / demand.workers; }

// The copies of a worker's edges with series, with their distributions. The edge merger keeps one copy of each edge
// and, with several workers, another one of what some of them retired. Snapshots have the changes of each edge too.
uint64_t EdgeBytes(const TableOptions& table, size_t workers) {
  const uint64_t merger_copies = workers > 1 ? 2 : 1;
  return table.edges.max_exported * (kBufferPlaces + merger_copies + kSnapshots) * sizeof(EdgeView) +
         table.edges.max_exported * kSnapshots * sizeof(EdgeCounters) +
         EdgeChangeMeter::MemoryBytes(table.edges.max_exported);
}

// The workload edges with series, of all workers together. Their merger keeps three accounts of each.
uint64_t WorkloadEdgeBytes(const MemoryDemand& demand) {
  constexpr uint64_t kMergerAccounts = 3;
  return demand.table.edges.max_workload_edges *
         (kSnapshots * sizeof(WorkloadEdgeView) + kMergerAccounts * sizeof(EdgeAccount));
}

uint64_t TableBytes(const MemoryDemand& demand, const MemoryPlan& plan) {
  TableOptions table = demand.table;
  table.max_connections = ConnectionsPerWorker(demand, plan);
  table.max_encapsulations = plan.max_encapsulations;
  table.edges.max_exported = EdgesPerWorker(demand);
  uint64_t bytes = ConnectionTable::MemoryBytes(table);
  if (HasReaders(demand)) {
    bytes += (kBufferPlaces + kSnapshots) * sizeof(Encapsulation) * plan.max_encapsulations;
    bytes += (kBufferPlaces + kSnapshots) * sizeof(ConnectionSummary) * table.max_recently_ended;
    bytes += StalledByEdge::MemoryBytes(table.edges.max_exported);
    bytes += EdgeBytes(table, demand.workers);
    if (table.has_identities) bytes += NameBytes(table, plan);
  }
  bytes *= demand.workers;
  if (HasReaders(demand)) bytes += WorkloadEdgeBytes(demand);
  if (demand.workers > 1) {
    table.max_connections = plan.max_connections;
    bytes += HandoverGroup::MemoryBytes(table, demand.workers);
  }
  return bytes;
}

// The history, and the samples that it is made from.
uint64_t HistoryBytes(const MemoryDemand& demand, const MemoryPlan& plan) {
  if (!demand.keeps_history || plan.history_seconds == 0) return 0;
  const size_t edges = EdgesPerWorker(demand);
  return History::MemoryBytes(demand.table.edges.max_exported, plan.history_seconds) +
         demand.workers * (WorkerSampler::MemoryBytes(edges) + SampleMerger::MemoryBytes(edges));
}

// The views of all listed rows.
uint64_t Views(const MemoryDemand& demand, const MemoryPlan& plan) {
  return WorkerPublisher::MaxViews(ConnectionsPerWorker(demand, plan), plan.rows_per_worker) * demand.workers;
}

// The listed rows and their views.
uint64_t RowBytes(const MemoryDemand& demand, const MemoryPlan& plan) {
  if (!HasReaders(demand)) return 0;
  const uint64_t rows = plan.rows_per_worker * demand.workers;
  return rows * ((kBufferPlaces + kSnapshots) * sizeof(ConnectionSummary) + kRankBytes) +
         Views(demand, plan) * ((kBufferPlaces + kSnapshots) * sizeof(ConnectionView) + kViewRangeBytes);
}

uint64_t ScrapeBytes(const MemoryDemand& demand) {
  return demand.series_limit * (kExpositions * kSampleBytes + kKeptSampleBytes);
}

uint64_t HttpConnectionBytes(const MemoryDemand& demand) { return kHttpConnectionBytes + (demand.tls ? kTlsBytes : 0); }

uint64_t ListingBytes(const MemoryDemand& demand, const MemoryPlan& plan) {
  const uint64_t rows = std::min(plan.rows_per_worker * demand.workers, demand.max_listed_rows);
  const uint64_t views = std::min(rows * ConnectionView::kMaxPerConnection, Views(demand, plan));
  const uint64_t history_seconds = demand.keeps_history ? plan.history_seconds : 0;
  return std::max({rows * kListedRowBytes + views * kListedViewBytes,
                   demand.table.edges.max_exported * kListedEdgeBytes, history_seconds * kListedSecondBytes});
}

// The responses that are made and sent. A single body may be larger than the bound: a listing.
uint64_t ResponseBytes(const MemoryDemand& demand, const MemoryPlan& plan) {
  const uint64_t listing = ListingBytes(demand, plan);
  return ScrapeBytes(demand) + kListings * listing + std::max(plan.response_bytes, listing);
}

uint64_t Total(const MemoryDemand& demand, const MemoryPlan& plan) {
  uint64_t bytes = kProgramBytes + demand.workers * kWorkerBytes + demand.capture_buffer_bytes;
  if (demand.shows_top_view) {
    bytes += kTopViewBytes + plan.rows_per_worker * demand.workers * sizeof(ConnectionSummary) +
             Views(demand, plan) * sizeof(ConnectionView) + EdgeGroupsBytes(demand.table.edges.max_exported);
  }
  if (demand.logs_connections) {
    bytes += demand.workers * EndedQueue::kCapacity * kEndedBytes;
  }
  if (demand.pushes) bytes += plan.push_queue_bytes + 2 * demand.series_limit * kPointBytes;
  if (demand.listeners > 0) {
    bytes += plan.http_connections * HttpConnectionBytes(demand) + ResponseBytes(demand, plan);
  }
  bytes += HistoryBytes(demand, plan);
  return bytes + IdentityMemoryBytes(plan.max_endpoints) + TableBytes(demand, plan) + RowBytes(demand, plan);
}

MemoryPlan Finished(const MemoryDemand& demand, MemoryPlan plan) {
  plan.bytes = Total(demand, plan);
  return plan;
}

// Sets one number of the plan, by `set`, to the greatest value from `least` to `most` that keeps the plan within the
// limit.
// REQUIRES: `least` keeps the plan within the limit.
template <typename Number, typename Set>
void Raise(const MemoryDemand& demand, uint64_t limit_bytes, Number least, Number most, Set set, MemoryPlan* plan) {
  while (least < most) {
    const Number middle = static_cast<Number>(least + (most - least + 1) / 2);
    set(middle, plan);
    if (Total(demand, *plan) <= limit_bytes) {
      least = middle;
    } else {
      most = static_cast<Number>(middle - 1);
    }
  }
  set(least, plan);
}

}  // namespace

MemoryPlan PlanWithoutLimit(const MemoryDemand& demand) {
  MemoryPlan plan;
  plan.max_connections = demand.table.max_connections;
  plan.max_encapsulations = demand.table.max_encapsulations;
  plan.max_endpoints = demand.max_endpoints;
  return Finished(demand, plan);
}

MemoryPlan LeastPlan(const MemoryDemand& demand) {
  MemoryPlan plan;
  plan.max_connections = std::min(demand.table.max_connections, kLeastConnections);
  plan.max_encapsulations = kLeastEncapsulations;
  plan.max_endpoints = std::min(demand.max_endpoints, kLeastEndpoints);
  plan.history_seconds = 0;
  plan.rows_per_worker = kLeastRows;
  plan.http_connections = kLeastHttpConnections;
  plan.response_bytes = kLeastResponseBytes;
  plan.push_queue_bytes = kLeastQueueBytes;
  return Finished(demand, plan);
}

std::optional<MemoryPlan> PlanMemory(const MemoryDemand& demand, uint64_t limit_bytes) {
  const MemoryPlan full = PlanWithoutLimit(demand);
  if (full.bytes <= limit_bytes) return full;
  MemoryPlan plan = LeastPlan(demand);
  if (plan.bytes > limit_bytes) return std::nullopt;

  const auto set_connections = [&demand](uint32_t connections, MemoryPlan* to) {
    to->max_connections = connections;
    to->max_encapsulations = EncapsulationsFor(connections, demand);
  };
  const auto set_rows = [](size_t rows, MemoryPlan* to) { to->rows_per_worker = rows; };
  const auto set_endpoints = [](size_t endpoints, MemoryPlan* to) { to->max_endpoints = endpoints; };
  Raise(
      demand, plan.bytes + (limit_bytes - plan.bytes) / 2, plan.history_seconds, full.history_seconds,
      [](size_t seconds, MemoryPlan* to) { to->history_seconds = seconds; }, &plan);
  // An eighth is for readers, because slow readers would soon take all of a few places.
  uint64_t so_far = Total(demand, plan);
  const uint64_t for_readers = (limit_bytes - so_far) / 8;
  const auto raise_readers = [&](uint64_t for_responses, uint64_t for_all) {
    Raise(
        demand, for_responses, plan.response_bytes, full.response_bytes,
        [](uint64_t bytes, MemoryPlan* to) { to->response_bytes = bytes; }, &plan);
    Raise(
        demand, for_all, plan.http_connections, full.http_connections,
        [](size_t connections, MemoryPlan* to) { to->http_connections = connections; }, &plan);
  };
  raise_readers(so_far + for_readers / 2, so_far + for_readers);
  so_far = Total(demand, plan);
  Raise(demand, so_far + (limit_bytes - so_far) / 16, plan.max_endpoints, full.max_endpoints, set_endpoints, &plan);
  so_far = Total(demand, plan);
  const uint64_t for_connections = so_far + (limit_bytes - so_far) / 3 * 2;
  Raise(demand, for_connections, plan.max_connections, full.max_connections, set_connections, &plan);
  Raise(demand, limit_bytes, plan.rows_per_worker,
        std::min<size_t>(full.rows_per_worker, plan.max_connections / demand.workers + kLeastRows), set_rows, &plan);
  // When the rows did not need all their memory, track more connections.
  Raise(demand, limit_bytes, plan.max_connections, full.max_connections, set_connections, &plan);
  Raise(demand, limit_bytes, plan.max_endpoints, full.max_endpoints, set_endpoints, &plan);
  raise_readers(limit_bytes, limit_bytes);
  Raise(
      demand, limit_bytes, plan.push_queue_bytes, full.push_queue_bytes,
      [](size_t bytes, MemoryPlan* to) { to->push_queue_bytes = bytes; }, &plan);
  return Finished(demand, plan);
}

void KeepHeapTight() {
  constexpr int kLargeBytes = 256 << 10;
  mallopt(M_MMAP_THRESHOLD, kLargeBytes);
  mallopt(M_TRIM_THRESHOLD, kLargeBytes);
  mallopt(M_ARENA_MAX, 2);
}

}  // namespace tcpgauge
