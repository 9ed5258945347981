// SPDX-License-Identifier: Apache-2.0
#ifndef TCPGAUGE_TUI_COLUMN_TABLE_H_
#define TCPGAUGE_TUI_COLUMN_TABLE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "src/snapshot/connection_sort.h"
#include "src/snapshot/measures.h"
#include "src/snapshot/snapshot.h"
#include "tui/frame.h"
#include "tui/page_input.h"

namespace tcpgauge {

// The content of one cell. The list cuts a text that is wider than the column.
struct Cell {
  std::string text;
  Style style = Style::kPlain;
};

// The input of Column::cell. The references are valid during the call.
struct CellInput {
  const PageInput& page;
  const ConnectionSummary& connection;
  const Measures& measures;  // of `connection`; see Meter::Of()
  int width;                 // of the column as laid out; see PlacedColumn
};

enum class Align : uint8_t { kLeft, kRight };

// The order in which LayOutColumns() gives the columns their room. Within a priority, columns further left come first.
// When a column does not fit, all columns after it in this order are left out too.
enum class Priority : uint8_t {
  kAlways,    // on a terminal of any width, even if the column does not fit
  kNarrow,    // on a narrow terminal, where endpoints may have to be shortened
  kStandard,  // on a terminal that is 80 characters wide, as in tcptrack
  kWide,      // once endpoints have the width that they want
  kTimes,     // after those
  kNames,     // after those of kTimes
  kLast,      // once names have the width that they want
};

// Whether a column becomes wider than Column::width, and how far.
enum class Growth : uint8_t {
  kNone,
  kClient,  // up to the width of the widest client
  kServer,  // up to the width of the widest server
  // Up to the width of the longest name of a client or server. The column is left out while all names are unknown.
  kClientName,
  kServerName,
  kRest,  // takes the width that the other columns leave, up to a limit; at most one column has this
};

// A column of the connection list. All widths are in characters. To add a column, add a row to the table in
// column_table.cc, with a function for the cells and, if the column has a total, one for the total. LayOutColumns(),
// BuildListPage() and TableText() use every row of the table.
struct Column {
  std::string_view title;
  int width;  // without the gap to the next column; the least width if the column grows
  Align align;
  Priority priority;
  Growth growth;
  // The order that sorts the list by this column; nullopt if there is none. Each order except kStart has exactly one
  // column.
  std::optional<ConnectionSort> sort;
  std::string_view sort_text;            // the words after "Sorted by " in the status line; empty without `sort`
  Cell (*cell)(const CellInput& input);  // makes the cell of one connection; never null
  // Makes the text for the line of totals; null if the column has no total.
  std::string (*total)(const PageInput& input) = nullptr;
  // Replaces the title while rates are averages over the lifetime; empty if the title stays.
  std::string_view average_title = {};
};

// Returns all columns from left to right, in static storage.
absl::Span<const Column> AllColumns();

// Returns the column whose Column::sort is `sort`; null for kStart.
const Column* ColumnSortedBy(ConnectionSort sort);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_COLUMN_TABLE_H_
