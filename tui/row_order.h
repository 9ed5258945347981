// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_ROW_ORDER_H_
#define TCPGAUGE_TUI_ROW_ORDER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "src/snapshot/snapshot.h"
#include "tui/measures.h"
#include "tui/view_state.h"

namespace tcpgauge {

// Which connection stands in which row. Sorts only as far down as rows are asked for, so that the top of 100,000
// connections costs one pass over them.
class RowOrder {
 public:
  // Lists the connections of `snapshot` that are `wanted`. The snapshot must outlive the use of IndexAt().
  //
  // Unsorted is the order of appearance; rates, bytes, times and counts put the most first, but idle the least;
  // endpoints and states ascend. Equal ones stand in the order of appearance. `reverse` turns all of that round.
  void Rebuild(const Snapshot& snapshot, const Meter& meter, SortKey sort, bool reverse,
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
  struct Entry {
    uint64_t key;  // ascending
    uint32_t index;
  };

  bool Before(const Entry& a, const Entry& b) const;
  void SortUpTo(size_t count);

  const Snapshot* snapshot_ = nullptr;
  SortKey sort_ = SortKey::kUnsorted;
  bool reverse_ = false;
  std::vector<Entry> entries_;  // the first `sorted_` are in order, and before all others
  size_t sorted_ = 0;
  Measures total_;
  bool frozen_ = false;
  absl::flat_hash_map<uint64_t, uint64_t> frozen_ranks_;  // by connection id
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_ROW_ORDER_H_
