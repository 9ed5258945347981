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

struct Cell {
  std::string text;
  Style style = Style::kPlain;
};

// What a cell of a connection's row is made from.
struct CellInput {
  const PageInput& page;
  const ConnectionSummary& connection;
  const Measures& measures;  // of the connection
  int width;                 // of the laid out column
};

enum class Align : uint8_t { kLeft, kRight };

// The order in which columns get their room. Within a priority, columns further left come first. When a column does not
// fit, the rest of its priority is left out too.
enum class Priority : uint8_t {
  kAlways,    // on a terminal of any width
  kNarrow,    // even if endpoints must then be shortened
  kStandard,  // on a terminal of 80 columns, as in tcptrack
  kWide,      // once endpoints have the width that they want
};

// Whether and how a column grows beyond its least width.
enum class Growth : uint8_t {
  kNone,
  kClient,  // up to the width of the widest client
  kServer,  // up to the width of the widest server
  kRest,    // takes the width that remains at the end; at most one column has this
};

// A column of the connection list. To add one, add a row to the table in column_table.cc, with a function for its cells
// and, if it has a total, one for the total. The layout, the list and its text version take all rows of the table.
struct Column {
  std::string_view title;
  int width;  // without the gap to the next column; the least width if the column grows
  Align align;
  Priority priority;
  Growth growth;
  // The order that sorts by this column. Each order except kStart has exactly one column.
  std::optional<ConnectionSort> sort;
  std::string_view sort_text;  // what follows "Sorted by "; empty without `sort`
  Cell (*cell)(const CellInput& input);
  // The text in the line of totals; null if the column has no total.
  std::string (*total)(const PageInput& input) = nullptr;
  // Replaces the title while rates are averages over the lifetime; empty if the title stays.
  std::string_view average_title = {};
};

// All columns from left to right, in static storage.
absl::Span<const Column> AllColumns();

// The column that `sort` sorts by; null for kStart.
const Column* ColumnSortedBy(ConnectionSort sort);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_COLUMN_TABLE_H_
