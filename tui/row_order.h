// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_ROW_ORDER_H_
#define TCPGAUGE_TUI_ROW_ORDER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "src/snapshot/connection_sort.h"
#include "src/snapshot/measures.h"
#include "src/snapshot/snapshot.h"
#include "tui/meter.h"

namespace tcpgauge {

// Decides which connection is in which row. It sorts only the requested rows and those above them, so that the top of
// 100,000 connections costs one pass over them.
//
// Thread: confined to one thread.
class RowOrder {
 public:
  // Lists the connections of `snapshot` for which `wanted` is true, in the order of `sort`, or in the opposite order
  // with `reverse`. The snapshot must outlive all calls until the next Rebuild().
  void Rebuild(const Snapshot& snapshot, const Meter& meter, ConnectionSort sort, bool reverse,
               absl::FunctionRef<bool(const ConnectionSummary&)> wanted);

  // Keeps the present order of the connections (by id) in each Rebuild() until Thaw(). Rebuild() then ignores `sort`
  // and `reverse`, and puts new connections below, by their start time.
  void Freeze();
  void Thaw() { frozen_ = false; }

  size_t size() const { return entries_.size(); }

  // The sum over all rows, and over the connections that an attached agent did not list.
  const Measures& total() const { return total_; }

  // The index in Snapshot::connections of the connection in row `position`. REQUIRES: position < size().
  size_t IndexAt(size_t position);

 private:
  void SortUpTo(size_t count);

  const Snapshot* snapshot_ = nullptr;
  ConnectionSort sort_ = ConnectionSort::kStart;
  bool reverse_ = false;
  std::vector<SortEntry> entries_;  // the first `sorted_` are sorted, and come before all others
  size_t sorted_ = 0;
  Measures total_;
  bool frozen_ = false;
  absl::flat_hash_map<uint64_t, uint64_t> frozen_ranks_;  // the frozen row, by connection id
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_ROW_ORDER_H_
