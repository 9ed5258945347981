// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_SRC_SNAPSHOT_VIEW_RANGES_H_
#define TCPGAUGE_SRC_SNAPSHOT_VIEW_RANGES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "src/flow/connection_view.h"

namespace tcpgauge {

// A part of a list of views: the views of one connection. A plain value, which does not refer to the list.
struct ViewRange {
  uint32_t first = 0;
  uint8_t count = 0;  // 0 if the connection has only one view, or if the list was full
};

// Decides where in the list of views of a WorkerSnapshot the views of a row are stored. A heavier connection can take
// the row of a lighter one (see HeaviestRows). The range of the lighter one is then free for other rows.
//
// Clear() begins a list. Until the next Clear(), pass this same list to Store(). The caller owns the list.
//
// Thread: confined to one thread.
// Bounds: `max_views` views in the list. The object takes at most 4 bytes for each of them. A range that was given back
// serves only a row with the same number of views. So the list can be full although some ranges are free. Each method
// takes constant time, amortised.
class ViewRanges {
 public:
  explicit ViewRanges(size_t max_views) : max_views_(max_views) {}

  // Clears `*list` and forgets all ranges. Reserves the memory of `max_views` views, which costs only address space
  // until views are stored.
  void Clear(std::vector<ConnectionView>* list);

  // Stores `views` in `*list`, and returns their range. If there are too many views for one connection, stores only the
  // first ConnectionView::kMaxPerConnection of them. If `views` is empty, or if the list has no room, stores none and
  // returns an empty range.
  ViewRange Store(absl::Span<const ConnectionView> views, std::vector<ConnectionView>* list);

  // Gives back a range that Store() returned since the last Clear(), so that Store() may overwrite it. Ignores an empty
  // range.
  void GiveBack(const ViewRange& range);

 private:
  const size_t max_views_;
  std::array<std::vector<uint32_t>, ConnectionView::kMaxPerConnection + 1> free_;  // by ViewRange::count
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_SRC_SNAPSHOT_VIEW_RANGES_H_
