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
  int width;             // without the gap to the next column
};

// The columns that the widest endpoints on the screen need.
struct EndpointWidths {
  int client = 0;
  int server = 0;
};

// Lays out the columns that fit into `columns`, from left to right. At 80, they are where tcptrack has them. In less
// room, less important columns are left out, and endpoints are shortened before the rate is left out. In more room,
// endpoints first grow to `wanted`, then further columns are added. Columns of Priority::kAlways are always there, even
// if they do not fit.
std::vector<PlacedColumn> LayOutColumns(int columns, const EndpointWidths& wanted);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_COLUMNS_H_
