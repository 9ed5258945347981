// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_PAGE_INPUT_H_
#define TCPGAUGE_TUI_PAGE_INPUT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "src/snapshot/snapshot.h"
#include "tui/format.h"
#include "tui/group_order.h"
#include "tui/meter.h"
#include "tui/names.h"
#include "tui/rate_history.h"
#include "tui/row_order.h"
#include "tui/view_state.h"

namespace tcpgauge {

struct Column;

// The input of the functions that build pages. The caller owns the objects, and keeps them while the page is built. All
// pointers are set, with two exceptions: `names` is null when the view shows numbers, and `groups` may be null in a
// list of connections.
struct PageInput {
  const ViewState* view = nullptr;
  const Snapshot* snapshot = nullptr;
  absl::Span<const Column> table;  // the columns of the list, if there is room for them
  // A connection with a packet after this time is active: it has a star in the list. In the top view, this is the time
  // of the previous snapshot.
  int64_t previous_time_ns = 0;
  RowOrder* order = nullptr;  // of `snapshot`; not const, because IndexAt() may sort
  const Meter* meter = nullptr;
  const GroupOrder* groups = nullptr;  // of `snapshot` or, while the view is paused, of an earlier one
  const RateHistory* history = nullptr;
  Names* names = nullptr;
  std::vector<std::string> ignored_terms;  // see Filter::ignored_terms()
  std::string notice;                      // see RunTopView()
  int rows = 0;                            // of the screen
  int columns = 0;                         // of the screen
  bool as_tcptrack = false;                // the look of tcptrack: no bars, and closed connections are not dimmed
  bool utf8 = false;                       // whether the screen shows characters beyond ASCII

  RateUnit unit() const { return view->bits ? RateUnit::kBits : RateUnit::kBytes; }
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_PAGE_INPUT_H_
