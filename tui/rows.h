#ifndef TCPGAUGE_TUI_ROWS_H_
#define TCPGAUGE_TUI_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "src/snapshot/snapshot.h"
#include "tui/columns.h"
#include "tui/frame.h"
#include "tui/row_order.h"
#include "tui/view_state.h"

namespace tcpgauge {

// What one screen of the list is made from.
struct ListInput {
  const Snapshot* snapshot = nullptr;
  RowOrder* order = nullptr;  // of `snapshot`
  ViewState view;
  int64_t previous_time_ns = 0;       // of the snapshot before: what came later is active
  double total_bytes_per_second = 0;  // of all rows
  int rows = 0;                       // of the screen
  int columns = 0;
  bool utf8 = false;
};

// Connections that fit on a screen of `rows` lines.
size_t ListPage(int rows);

// The list as tcptrack draws it: the header, one line for each connection, "TOTAL", and the line with their number, the
// pause and the order. Formats only what is visible.
// `widths` holds what endpoints took up to now and grows with them, so that columns do not jump to and fro.
Frame BuildListFrame(const ListInput& input, EndpointWidths* widths);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_ROWS_H_
