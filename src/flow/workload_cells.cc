// SPDX-License-Identifier: Apache-2.0
#include "src/flow/workload_cells.h"

#include <memory>

#include "src/base/check.h"

namespace tcpgauge {
namespace {

IdentityRef CopyOfWorkload(const IdentityRef& identity) {
  if (identity == nullptr || identity->workload_number == 0) return nullptr;
  return std::make_shared<NumberedIdentity>(*identity);
}

}  // namespace

uint64_t WorkloadCells::MemoryBytes(size_t max_workload_edges) {
  // A key may hold two names of zones. An identity has some eight names of 40 bytes. The index grows by doubling, so
  // its array is at least 7/16 full.
  constexpr uint64_t kTextBytes = 2 * 2 * 32;
  constexpr uint64_t kIdentityBytes = 2 * (sizeof(NumberedIdentity) + 16 + 8 * 40);
  return CellLimit(max_workload_edges) *
         (sizeof(Cell) + sizeof(Id) + (sizeof(std::pair<WorkloadCellKey, Id>) + 1) * 16 / 7 + kTextBytes +
          kIdentityBytes);
}

WorkloadCells::WorkloadCells(size_t max_workload_edges) : limit_(CellLimit(max_workload_edges)) {
  TCPGAUGE_CHECK(max_workload_edges <= kMaxEdges);
  cells_.reserve(limit_);  // growth would copy all distributions
  cells_.resize(kFolds);
  for (size_t fold = 0; fold < kFolds; ++fold) {
    cells_[fold].number = 1 + fold;
    cells_[fold].key.local_ends = static_cast<uint8_t>(fold);
  }
}

WorkloadCells::Id WorkloadCells::Find(const WorkloadCellKey& key) const {
  if (ids_.empty()) return key.local_ends;
  const auto found = ids_.find(key);
  return found != ids_.end() ? found->second : Id{key.local_ends};
}

WorkloadCells::Id WorkloadCells::Acquire(const WorkloadCellKey& key, const Binding& ends) {
  // Many connections that begin one after the other are of one cell, for example in a flood.
  Id id = last_acquired_ >= kFolds && cells_[last_acquired_].key == key ? last_acquired_ : Find(key);
  if (id < kFolds) {
    if (!free_.empty()) {
      id = free_.back();
      free_.pop_back();
    } else if (cells_.size() < limit_) {
      id = static_cast<Id>(cells_.size());
      cells_.emplace_back();
    } else {
      return id;
    }
    Cell& cell = cells_[id];
    cell.number = ++last_number_;
    cell.key = key;
    cell.client = CopyOfWorkload(ends.client);
    cell.server = CopyOfWorkload(ends.server);
    ids_.emplace(key, id);
  }
  last_acquired_ = id;
  ++cells_[id].users;
  cells_[id].was_unused = false;
  return id;
}

EdgeCounters WorkloadCells::Unadmitted() const {
  EdgeCounters sum;
  for (const Cell& cell : cells_) AddEdgeCounters(cell.unadmitted, &sum);
  return sum;
}

EdgeDistributions WorkloadCells::Distributions() const {
  EdgeDistributions sum;
  for (const Cell& cell : cells_) AddEdgeDistributions(cell.distributions, &sum);
  return sum;
}

std::vector<uint32_t> WorkloadCells::AppendAccounts(std::vector<WorkloadAccount>* accounts) const {
  std::vector<uint32_t> places(cells_.size());
  for (size_t id = 0; id < cells_.size(); ++id) {
    const Cell& cell = cells_[id];
    if (cell.number == 0) continue;
    places[id] = static_cast<uint32_t>(accounts->size());
    accounts->push_back(
        {cell.number, id < kFolds, cell.key, cell.client, cell.server, cell.unadmitted, cell.distributions});
    AddEdgeCounters(cell.retired, &accounts->back().counters);
  }
  return places;
}

void WorkloadCells::ForgetUnused() {
  const bool is_full = cells_.size() == limit_ && free_.empty();
  for (size_t id = kFolds; id < cells_.size(); ++id) {
    Cell& cell = cells_[id];
    if (cell.number == 0 || cell.users > 0) continue;
    if (is_full && cell.was_unused) {
      Forget(static_cast<Id>(id));
    } else {
      cell.was_unused = true;
    }
  }
}

void WorkloadCells::Forget(Id id) {
  Cell& cell = cells_[id];
  Cell& fold = cells_[cell.key.local_ends];
  AddEdgeCounters(cell.unadmitted, &fold.unadmitted);
  AddEdgeCounters(cell.retired, &fold.retired);
  AddEdgeDistributions(cell.distributions, &fold.distributions);
  ids_.erase(cell.key);
  cell = Cell();
  free_.push_back(id);
  if (last_acquired_ == id) last_acquired_ = 0;
}

}  // namespace tcpgauge
