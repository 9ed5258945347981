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
  // In a list of connections. Null in one of groups, as is `measures`.
  const ConnectionSummary* connection;
  const Measures* measures;  // of `connection`; see Meter::Of()
  const GroupRow* group;     // in a list of groups; otherwise null
  int width;                 // of the column as laid out; see PlacedColumn
};

enum class Align : uint8_t { kLeft, kRight };

// The order in which LayOutColumns() gives the columns their room. Within a priority, columns further left come first.
// When a column does not fit, all columns after it in this order are left out too.
enum class Priority : uint8_t {
  kAlways,    // on a terminal of any width, even if the column does not fit
  kNarrow,    // on a narrow terminal, where endpoints may have to be shortened
  kStandard,  // on a terminal that is 80 characters wide
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
  kState,  // up to the width of the longest name of a state, once columns of kWide have their room
  kRest,   // takes the width that the other columns leave, up to a limit; at most one column has this
};

// A column of the connection list. All widths are in characters. To add a column, add a row to the tables in
// column_table.cc, with a function for the cells and, if the column has a total, one for the total.
struct Column {
  std::string_view title;
  int width;  // without the gap to the next column; the least width if the column grows
  Align align;
  Priority priority;
  Growth growth;
  // The order that sorts the list by this column; nullopt if there is none. In each table, each order except kStart has
  // exactly one column.
  std::optional<ConnectionSort> sort;
  std::string_view sort_text;            // the words after "Sorted by " in the status line; empty without `sort`
  Cell (*cell)(const CellInput& input);  // makes the cell of one connection; never null
  // Makes the text for the line of totals; null if the column has no total.
  std::string (*total)(const PageInput& input) = nullptr;
  // Replaces the title while rates are averages over another time than the rate window, which then follows it, as in
  // "Avg 10s". Empty if the title stays.
  std::string_view average_title = {};
  // The order that sorts a list of groups by this column; nullopt if there is none.
  std::optional<GroupSort> group_sort = std::nullopt;
};

// Tables of columns, from left to right, in static storage.
//
// Design. At 80 characters, tcptrack spends 19 of them on state, idle time and activity, and tells neither what each
// end sends nor whether it arrives. Whoever starts the view as tcptrack expects this layout, so it has a table of its
// own. The view's own table has first what tells a busy, a lossy and a slow connection apart.
absl::Span<const Column> OwnColumns();
absl::Span<const Column> TcptrackColumns();

// Returns the column of OwnColumns() with a name that the user chose, such as "client_name" or "up": its title in lower
// case, without "/s". Null if there is none.
const Column* ColumnNamed(std::string_view name);
// Returns the names of all of them, separated by ", ".
std::string ColumnNames();

// Returns the column of OwnColumns() whose Column::sort is `sort`; null for kStart.
const Column* ColumnSortedBy(ConnectionSort sort);

// Returns the style of a rate, of which all rows together have `total`.
Style ShareStyle(double rate, double total);

// Returns the style of a loss, from 0 to 1.
Style LossStyle(double loss);

// A loss of at least this share is trouble, and a smaller one is not: TCP's congestion control causes some itself.
constexpr double kTroubleLoss = 0.01;

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_COLUMN_TABLE_H_
