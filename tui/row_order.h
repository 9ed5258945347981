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

// Which connection stands in which row. Sorts only as far down as rows are asked for, so that the top of 100,000
// connections costs one pass over them.
class RowOrder {
 public:
  // Lists the connections of `snapshot` that are `wanted`, in the order of `sort` or, with `reverse`, in the opposite
  // one. The snapshot must outlive the use of IndexAt().
  void Rebuild(const Snapshot& snapshot, const Meter& meter, ConnectionSort sort, bool reverse,
               absl::FunctionRef<bool(const ConnectionSummary&)> wanted);

  // Keeps the order of now, by the connections' ids, for all later Rebuild() until Thaw(): their sort is ignored, and
  // connections that come stand below, in the order of appearance.
  void Freeze();
  void Thaw() { frozen_ = false; }

  size_t size() const { return entries_.size(); }

  // The sum over all rows, and over what an agent elsewhere did not list.
  const Measures& total() const { return total_; }

  // Where in the snapshot's connections that of row `position` is. REQUIRES: position < size().
  size_t IndexAt(size_t position);

 private:
  void SortUpTo(size_t count);

  const Snapshot* snapshot_ = nullptr;
  ConnectionSort sort_ = ConnectionSort::kStart;
  bool reverse_ = false;
  std::vector<SortEntry> entries_;  // the first `sorted_` are in order, and before all others
  size_t sorted_ = 0;
  Measures total_;
  bool frozen_ = false;
  absl::flat_hash_map<uint64_t, uint64_t> frozen_ranks_;  // by connection id
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_ROW_ORDER_H_
