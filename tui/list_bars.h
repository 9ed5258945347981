// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_LIST_BARS_H_
#define TCPGAUGE_TUI_LIST_BARS_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "tui/columns.h"
#include "tui/frame.h"
#include "tui/page_input.h"

namespace tcpgauge {

// What the lists of connections and of groups have in common: the lines around the rows, and the cells of a row.

// Which rows are on the screen.
struct ShownRows {
  size_t first = 0;   // 0 = the top of the list
  size_t end = 0;     // after the last one
  size_t chosen = 0;  // how many rows the whole list has
  uint64_t all = 0;   // how many connections there are, listed or not; in a list of groups: as `chosen`
};

// Puts a cell in its column: cut to its width, and aligned.
void PutCell(Line* line, const PlacedColumn& placed, std::string_view text, Style style);

// Returns the length of the bar behind a row, in columns: the share that `rate` has of `total`.
int BarColumns(const PageInput& input, double rate, double total);

// Returns the line with the titles of the columns. The title of the column that sorts the list stands out.
Line HeaderLine(const PageInput& input, const std::vector<PlacedColumn>& columns);

// Returns the line "TOTAL", with the totals of the columns that have one, and with the filter. If no filter is set, the
// name of the agent that the view is attached to takes its place.
Line TotalLine(const PageInput& input, const std::vector<PlacedColumn>& columns);

// Returns the line with the number of rows, the notice, the pause, the order and the interfaces. If Snapshot::trouble
// is not empty, the line shows the agent's name and the trouble instead.
Line StatusLine(const PageInput& input, const ShownRows& rows);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_LIST_BARS_H_
