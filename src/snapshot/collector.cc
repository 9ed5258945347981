// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/collector.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/types/span.h"
#include "src/base/fetch_ahead.h"
#include "src/flow/connection_summary.h"
#include "src/flow/connection_view.h"
#include "src/flow/identity_lookups.h"
#include "src/flow/overflow.h"
#include "src/naming/end_identity.h"
#include "src/naming/identity_map.h"

namespace tcpgauge {
namespace {

// One of the heaviest keeps its place unless another connection outweighs it by this factor.
constexpr double kHysteresis = 1.25;

// What decides the place of a worker's row in the snapshot. A row is large, so keys are sorted, and each row is copied
// to its place once.
struct RowKey {
  double rank;  // ConnectionSummary::rank
  uint64_t payload_bytes;
  uint64_t id;
  uint32_t worker;
  uint32_t row;
};

bool IsHeavier(const RowKey& a, const RowKey& b) {
  if (a.rank != b.rank) return a.rank > b.rank;
  if (a.payload_bytes != b.payload_bytes) return a.payload_bytes > b.payload_bytes;
  return a.id < b.id;
}

// The rows lie at random places, and are copied in the order of their keys. So each is fetched this many keys ahead.
constexpr size_t kKeysAhead = 8;

void FetchRow(const ConnectionSummary& row) {
  constexpr size_t kCacheLine = 64;
  for (size_t at = 0; at < sizeof(row); at += kCacheLine) FetchAhead(reinterpret_cast<const char*>(&row) + at);
}

// A worker's snapshot, and what its indexes are in the new snapshot.
struct MappedWorker {
  const WorkerSnapshot* snapshot;
  const std::vector<uint32_t>* interfaces;
  std::vector<uint32_t> encapsulations;
  std::vector<uint32_t> identities;
};

uint32_t Mapped(const std::vector<uint32_t>& indexes, uint32_t index) {
  return index < indexes.size() ? indexes[index] : 0;
}

// Where a row of a snapshot comes from: the index of the worker, and the slot in its table.
struct RowOrigin {
  uint32_t worker;
  uint32_t slot;
};

// Appends the rows to `*to`, the heaviest first, their origins to `*origins`, unless that is null, and the views of the
// rows to the snapshot. `rows` is the list of each worker. Rows of connections that are among `heaviest` rank higher.
void AddRows(const std::vector<MappedWorker>& workers, std::vector<ConnectionSummary> WorkerSnapshot::*rows,
             const absl::flat_hash_set<uint64_t>& heaviest, Snapshot* snapshot, std::vector<ConnectionSummary>* to,
             std::vector<RowOrigin>* origins) {
  std::vector<RowKey> keys;
  size_t count = 0;
  for (const MappedWorker& worker : workers) count += (worker.snapshot->*rows).size();
  keys.reserve(count);
  for (uint32_t i = 0; i < workers.size(); ++i) {
    const std::vector<ConnectionSummary>& of_worker = workers[i].snapshot->*rows;
    for (uint32_t j = 0; j < of_worker.size(); ++j) {
      const ConnectionSummary& row = of_worker[j];
      const double rank = static_cast<double>(row.window_payload_bytes) * (heaviest.contains(row.id) ? kHysteresis : 1);
      keys.push_back({rank, row.payload_bytes(), row.id, i, j});
    }
  }
  std::sort(keys.begin(), keys.end(), IsHeavier);
  const auto row_of = [&](const RowKey& key) -> const ConnectionSummary& {
    return (workers[key.worker].snapshot->*rows)[key.row];
  };
  to->reserve(count);
  for (size_t i = 0; i < keys.size(); ++i) {
    if (i + kKeysAhead < keys.size()) FetchRow(row_of(keys[i + kKeysAhead]));
    const MappedWorker& worker = workers[keys[i].worker];
    const ConnectionSummary& row = row_of(keys[i]);
    if (origins != nullptr) origins->push_back({keys[i].worker, worker.snapshot->slots[keys[i].row]});
    ConnectionSummary& added = to->emplace_back(row);
    added.rank = keys[i].rank;
    added.interface = Mapped(*worker.interfaces, row.interface);
    added.encapsulation = Mapped(worker.encapsulations, row.encapsulation);
    added.client_identity = Mapped(worker.identities, row.client_identity);
    added.server_identity = Mapped(worker.identities, row.server_identity);
    added.first_view = static_cast<uint32_t>(snapshot->views.size());
    for (const ConnectionView& view :
         absl::MakeConstSpan(worker.snapshot->views).subspan(row.first_view, row.view_count)) {
      snapshot->views.push_back(view);
      snapshot->views.back().encapsulation = Mapped(worker.encapsulations, view.encapsulation);
    }
  }
}

// Returns the index of the identity in Snapshot::identities. Adds the identity if necessary. Returns 0 for null.
uint32_t IndexOf(const IdentityRef& identity, absl::flat_hash_map<uint32_t, uint32_t>* indexes, Snapshot* snapshot) {
  if (identity == nullptr) return 0;
  const auto [index, is_new] = indexes->emplace(identity->number, static_cast<uint32_t>(snapshot->identities.size()));
  if (is_new) snapshot->identities.push_back(identity);
  return index->second;
}

}  // namespace

std::shared_ptr<const Snapshot> Collector::Collect() {
  bool fresh = false;
  for (TripleBuffer<WorkerSnapshot>* worker : workers_) fresh = worker->TakeLatest() || fresh;
  if (!fresh) return nullptr;

  auto snapshot = std::make_shared<Snapshot>();
  snapshot->sequence = ++sequence_;
  snapshot->begun_ns = INT64_MAX;
  snapshot->capture_start_time_ns = options_.capture_start_time_ns;
  snapshot->rate_window_seconds = options_.rate_window_seconds;
  std::array<uint64_t, kDecodeErrorCount> decode_errors{};
  uint64_t unmatched_fragments = 0;
  OverflowCounts overflows{};
  std::vector<const CaptureCounters*> counters;
  std::vector<const EdgesView*> edges;
  absl::flat_hash_map<uint32_t, uint32_t> identity_indexes;  // by NumberedIdentity::number
  std::vector<const std::vector<WorkloadAccount>*> workloads;
  std::shared_ptr<const IdentityMap> identity_map;
  IdentityLookups lookups;
  std::vector<MappedWorker> mapped;
  size_t view_count = 0;
  int64_t latest_ns = time_ns_;
  for (const TripleBuffer<WorkerSnapshot>* worker : workers_) {
    view_count += worker->front().views.size();
    latest_ns = std::max(latest_ns, worker->front().time_ns);
    counters.push_back(&worker->front().counters);
  }
  const std::vector<std::vector<uint32_t>> interfaces_of_workers =
      interface_merger_.Merge(counters, latest_ns, snapshot.get());
  snapshot->has_interface_accounts = true;
  snapshot->views.reserve(view_count);
  for (const TripleBuffer<WorkerSnapshot>* buffer : workers_) {
    const WorkerSnapshot& worker = buffer->front();
    if (worker.time_ns >= time_ns_) snapshot->clock_stepped_ns = worker.counters.clock_stepped_ns;
    time_ns_ = std::max(time_ns_, worker.time_ns);
    snapshot->begun_ns = std::min(snapshot->begun_ns, worker.begun_ns);
    if (worker.listed_rows == ListedRows::kFew) snapshot->listed_rows = ListedRows::kFew;
    MappedWorker& mapped_worker = mapped.emplace_back();
    mapped_worker.snapshot = &worker;
    mapped_worker.interfaces = &interfaces_of_workers[edges.size()];
    for (const Encapsulation& from : worker.encapsulations) {
      if (from.empty()) {
        mapped_worker.encapsulations.push_back(0);
      } else {
        mapped_worker.encapsulations.push_back(static_cast<uint32_t>(snapshot->encapsulations.size()));
        snapshot->encapsulations.push_back(from);
      }
    }
    for (const IdentityRef& from : worker.identities) {
      mapped_worker.identities.push_back(IndexOf(from, &identity_indexes, snapshot.get()));
    }
    edges.push_back(&worker.edges);
    workloads.push_back(&worker.workloads);
    if (worker.identity_map != nullptr) identity_map = worker.identity_map;
    lookups.found += worker.identity_lookups.found;
    lookups.unknown += worker.identity_lookups.unknown;
    snapshot->connections_not_listed += worker.connections_not_listed;
    snapshot->totals.Add(worker.totals);
    for (size_t i = 0; i < kDecodeErrorCount; ++i) decode_errors[i] += worker.counters.decode_errors[i];
    unmatched_fragments += worker.unmatched_fragments;
    for (size_t i = 0; i < kOverflowCount; ++i) overflows[i] += worker.overflows[i];
  }
  std::vector<RowOrigin> origins;
  AddRows(mapped, &WorkerSnapshot::rows, heaviest_, snapshot.get(), &snapshot->connections, &origins);
  AddRows(mapped, &WorkerSnapshot::ended_rows, heaviest_, snapshot.get(), &snapshot->ended_connections, nullptr);
  snapshot->edges = edge_merger_.Merge(edges);
  snapshot->time_ns = time_ns_;
  snapshot->edge_changes = edge_change_meter_.Measure(snapshot->edges, snapshot->interfaces, time_ns_);
  if (identity_map != nullptr) {
    snapshot->identity_map = std::move(identity_map);
    snapshot->workload_edges = workload_edge_merger_.Merge(workloads, time_ns_);
    snapshot->workload_edges.lookups_found = lookups.found;
    snapshot->workload_edges.lookups_unknown = lookups.unknown;
  }
  if (options_.identities != nullptr) {
    // Workers do not get the maps in which only accept queues differ.
    snapshot->identity_map = options_.identities->Current();
    snapshot->identity_counters = options_.identities->counters();
  }
  std::vector<uint32_t> by_rank = RankAll(*snapshot);
  if (series_choice_.has_value()) {
    snapshot->connections_with_series = series_choice_->Choose(*snapshot, by_rank);
    snapshot->connections_admitted = series_choice_->admissions();
  } else {
    snapshot->connections_with_series = std::move(by_rank);
  }
  slots_with_series_.assign(workers_.size(), {});
  for (const uint32_t index : snapshot->connections_with_series) {
    if (index < origins.size()) slots_with_series_[origins[index].worker].push_back(origins[index].slot);
  }
  for (size_t i = 1; i < kDecodeErrorCount; ++i) {
    snapshot->decode_errors.push_back({DecodeErrorName(static_cast<DecodeError>(i)), decode_errors[i]});
  }
  snapshot->decode_errors.push_back({"fragment_without_first", unmatched_fragments});
  for (size_t i = 0; i < kOverflowCount; ++i) {
    snapshot->overflows.push_back({OverflowName(static_cast<Overflow>(i)), overflows[i]});
  }
  return snapshot;
}

std::vector<uint32_t> Collector::RankAll(const Snapshot& snapshot) {
  std::vector<uint32_t> by_rank(snapshot.connections.size() + snapshot.ended_connections.size());
  std::iota(by_rank.begin(), by_rank.end(), 0);
  // Of equal ranks, the open connection comes first.
  std::inplace_merge(
      by_rank.begin(), by_rank.begin() + static_cast<ptrdiff_t>(snapshot.connections.size()), by_rank.end(),
      [&snapshot](uint32_t a, uint32_t b) { return snapshot.connection(a).rank > snapshot.connection(b).rank; });
  heaviest_.clear();
  for (const uint32_t index : by_rank) {
    if (heaviest_.size() >= options_.exported_connections) break;
    heaviest_.insert(snapshot.connection(index).id);
  }
  return by_rank;
}

}  // namespace tcpgauge
