// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_COLUMNS_H_
#define TCPGAUGE_TUI_COLUMNS_H_

#include <vector>

#include "tui/column_table.h"

namespace tcpgauge {

// A column with its place on the screen.
struct PlacedColumn {
  const Column* column;  // of AllColumns()
  int left;              // where it starts
  int width;             // without the gap to the next
};

// What the widest endpoints on the screen would take.
struct EndpointWidths {
  int client = 0;
  int server = 0;
};

// The columns that fit, left to right. At 80 they stand where tcptrack has them; in less room the less important are
// left out, and endpoints are shortened before the rate is lost; in more, endpoints grow to what they want, then
// further columns follow. Those of Priority::kAlways are always there.
std::vector<PlacedColumn> LayOutColumns(int columns, const EndpointWidths& wanted);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_COLUMNS_H_
