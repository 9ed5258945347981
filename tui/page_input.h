// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_PAGE_INPUT_H_
#define TCPGAUGE_TUI_PAGE_INPUT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "src/snapshot/snapshot.h"
#include "tui/format.h"
#include "tui/meter.h"
#include "tui/names.h"
#include "tui/rate_history.h"
#include "tui/row_order.h"
#include "tui/view_state.h"

namespace tcpgauge {

// What a page of the view is made from. It owns no object. All pointers are set, except that `names` is null when the
// view shows numbers.
struct PageInput {
  const ViewState* view = nullptr;
  const Snapshot* snapshot = nullptr;
  int64_t previous_time_ns = 0;  // of the previous snapshot: a connection with a later packet is active
  RowOrder* order = nullptr;     // of the connections in `snapshot`
  const Meter* meter = nullptr;
  const RateHistory* history = nullptr;
  Names* names = nullptr;
  std::vector<std::string> ignored_terms;  // of the filter
  int rows = 0;                            // of the screen
  int columns = 0;
  bool utf8 = false;

  RateUnit unit() const { return view->bits ? RateUnit::kBits : RateUnit::kBytes; }
};

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_PAGE_INPUT_H_
