// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_COLUMNS_H_
#define TCPGAUGE_TUI_COLUMNS_H_

#include <vector>

#include "absl/types/span.h"
#include "tui/column_table.h"

namespace tcpgauge {

// A column with its place on the screen.
struct PlacedColumn {
  const Column* column;  // of the table that was laid out
  int left;              // where it starts, in characters from the left edge
  int width;             // without the gap to the next column
};

// The widths of the widest client and of the widest server, in characters.
struct EndpointWidths {
  int client = 0;
  int server = 0;
  // The same for their names. 0: all names are unknown.
  int client_name = 0;
  int server_name = 0;
};

// Lays out the columns of `table` on a screen that is `columns` characters wide. Returns the columns to show, from
// left to right. Gives out the room in these steps:
// 1. Columns of Priority::kAlways, even if they do not fit.
// 2. Columns of Priority::kNarrow that fit.
// 3. The columns of the endpoints grow to the width of the longest possible IPv4 endpoint.
// 4. Columns of Priority::kStandard that fit. On a screen of 80 characters, the layout of OwnColumns() and
//    TcptrackColumns() ends here. With TcptrackColumns(), this layout is that of tcptrack.
// 5. The columns of the endpoints grow to `wanted`, but not beyond the longest possible IPv6 endpoint.
// 6. Columns of Priority::kWide that fit. If no column was left out so far, the column with Growth::kState grows.
//    Columns of Priority::kTimes that fit.
// 7. Columns of Priority::kNames that fit. A column is left out if its names are all unknown.
// 8. The columns of the names grow to `wanted`.
// 9. Columns of Priority::kLast that fit.
// 10. The column with Growth::kRest grows.
//
// Within a step, columns further left come first. Once a column does not fit in step 2, 4, 6, 7 or 9, that column and
// all later columns are left out. So a column is never shown in place of a more important one.
std::vector<PlacedColumn> LayOutColumns(absl::Span<const Column> table, int columns, const EndpointWidths& wanted);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_COLUMNS_H_
