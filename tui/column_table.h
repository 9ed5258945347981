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
#include "tui/group_order.h"
#include "tui/grouping.h"
#include "tui/page_input.h"

namespace tcpgauge {

// The content of one cell. The list cuts a text that is wider than the column.
struct Cell {
  std::string text;
  Style style = Style::kPlain;
};

// The input of Column::cell. References and pointers are valid during the call.
struct CellInput {
  const PageInput& page;
  const ConnectionSummary* connection;  // null in a list of groups
  const Measures* measures;             // of `connection` (see Meter::Of()); null in a list of groups
  const GroupRow* group;                // null in a list of connections
  int width;                            // of the column as laid out; see PlacedColumn
};

enum class Align : uint8_t { kLeft, kRight };

// The order in which LayOutColumns() gives the columns their room. Within a priority, columns further left come first.
// When a column does not fit, it and all columns after it in this order are left out.
enum class Priority : uint8_t {
  kAlways,    // on a terminal of any width, even if the column does not fit
  kNarrow,    // on a narrow terminal, where endpoints may have to be shortened
  kStandard,  // on a terminal that is 80 characters wide
  kWide,      // once endpoints have the width that they want (see LayOutColumns())
  kTimes,     // after those of kWide
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
  kState,  // up to the width of the longest name of a state, once columns of kWide have their room
  kRest,   // takes the width that the other columns leave, up to a limit; at most one column has this
};

// A column of the list of connections or of a list of groups. All widths are in characters. To add a column of
// connections, add a row to the tables in column_table.cc, with a function for the cells and, if the column has a
// total, one for the total. GroupColumns() has the columns of groups.
struct Column {
  std::string_view title;
  int width;  // without the gap to the next column; the least width if the column grows
  Align align;
  Priority priority;
  Growth growth;
  // The order that sorts the list of connections by this column; nullopt if there is none. In each of the two tables
  // below, each order except kStart has exactly one column.
  std::optional<ConnectionSort> sort;
  std::string_view sort_text;            // the words after "Sorted by " in the status line; empty without `sort`
  Cell (*cell)(const CellInput& input);  // makes the cell of one row; never null
  // Makes the text for the line of totals; null if the column has no total.
  std::string (*total)(const PageInput& input) = nullptr;
  // Replaces `title` while rates are averages over another time than the rate window. The header shows this time after
  // it, as in "Avg 10s". Empty if `title` stays.
  std::string_view average_title = {};
  // The order that sorts a list of groups by this column; nullopt if there is none.
  std::optional<GroupSort> group_sort = std::nullopt;
};

// The tables of columns of connections, from left to right, in static storage.
//
// Design. On a screen of 80 characters, tcptrack spends 19 of them on state, idle time and activity. It tells neither
// what each end sends nor whether that arrives. Whoever starts the view as tcptrack expects this layout, so tcptrack's
// columns have a table of their own. The view's own table gives room first to the columns that show busy, lossy and
// slow connections.
absl::Span<const Column> OwnColumns();
absl::Span<const Column> TcptrackColumns();

// Returns the column of OwnColumns() with this name, or null. A column's name is its title in lower case, with "_" for
// a space and without "/s", for example "client_name" or "up".
const Column* ColumnNamed(std::string_view name);
// Returns the names of all columns of OwnColumns(), separated by ", ".
std::string ColumnNames();

// Returns the column of OwnColumns() whose Column::sort is `sort`; null for kStart.
const Column* ColumnSortedBy(ConnectionSort sort);

// Returns the style of a rate. `total` is the sum of the rates of all rows.
Style ShareStyle(double rate, double total);

// Returns the style of a loss, from 0 to 1.
Style LossStyle(double loss);

// A loss of at least this share is trouble. A smaller loss is not, because TCP's congestion control itself causes some
// loss.
constexpr double kTroubleLoss = 0.01;

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_COLUMN_TABLE_H_
