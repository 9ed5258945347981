#ifndef TCPGAUGE_TUI_ROW_ORDER_H_
#define TCPGAUGE_TUI_ROW_ORDER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "src/snapshot/snapshot.h"
#include "tui/view_state.h"

namespace tcpgauge {

// Which connection stands in which row. Sorts only as far down as rows are asked for, so that the top of 100,000
// connections costs one pass over them.
class RowOrder {
 public:
  // Orders the connections of `snapshot`, which must outlive the use of IndexAt().
  // Unsorted is the order of appearance; rate and bytes put the most first, idle the least; equal ones stand in the
  // order of appearance.
  void Rebuild(const Snapshot& snapshot, SortKey sort);

  size_t size() const { return entries_.size(); }

  // Where in the snapshot's connections that of row `position` is. REQUIRES: position < size().
  size_t IndexAt(size_t position);

 private:
  struct Entry {
    uint64_t key;  // ascending
    uint32_t index;
  };

  void SortUpTo(size_t count);

  const Snapshot* snapshot_ = nullptr;
  std::vector<Entry> entries_;  // the first `sorted_` are in order, and before all others
  size_t sorted_ = 0;
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_ROW_ORDER_H_
