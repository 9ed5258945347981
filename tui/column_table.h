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

// What a cell is made from.
struct CellInput {
  const PageInput& page;
  const ConnectionSummary& connection;
  const Measures& measures;  // of the connection
  int width;                 // of the column, as it was laid out
};

enum class Align : uint8_t { kLeft, kRight };

// Which columns get their room first. Within a priority those further left do; where one does not fit, the rest of its
// priority is left out too.
enum class Priority : uint8_t {
  kAlways,    // however little room there is
  kNarrow,    // even while endpoints have to be shortened
  kStandard,  // on a terminal of 80 columns, as in tcptrack
  kWide,      // once endpoints have what they want
};

// Which columns become wider than their least width.
enum class Growth : uint8_t {
  kNone,
  kClient,  // as the widest client wants it
  kServer,  // as the widest server wants it
  kRest,    // takes what is left in the end; one column at most
};

// A column of the connection list. All that is to be said of it is its row in column_table.cc, with the function of its
// cell, and that of its total if it has one, above the table there. The layout, the list and its text version take
// whatever rows there are.
struct Column {
  std::string_view title;
  int width;  // without the gap to the next; of one that grows, the least that says something
  Align align;
  Priority priority;
  Growth growth;
  // The order that the title stands for; each but kStart has one column.
  std::optional<ConnectionSort> sort;
  std::string_view sort_text;  // what follows "Sorted by "; empty without `sort`
  Cell (*cell)(const CellInput& input);
  // In the line of totals; null where there is no total.
  std::string (*total)(const PageInput& input) = nullptr;
  // Instead of the title while rates are averages over the lifetime; empty where it stays.
  std::string_view average_title = {};
};

// All columns, as they stand from left to right. Of static storage.
absl::Span<const Column> AllColumns();

// The column that stands for `sort`; null for kStart.
const Column* ColumnSortedBy(ConnectionSort sort);

}  // namespace tcpgauge

#endif  // TCPGAUGE_TUI_COLUMN_TABLE_H_
