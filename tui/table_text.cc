// SPDX-License-Identifier: Apache-2.0
#include "tui/table_text.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "src/base/time_units.h"
#include "tui/column_table.h"
#include "tui/columns.h"
#include "tui/list_page.h"

namespace tcpgauge {
namespace {

constexpr int kLeastColumns = 80;

// The width of a column in full: 0 if the column is left out, and 1 if any width will do.
int FullWidth(const Column& column, const EndpointWidths& widths) {
  switch (column.growth) {
    case Growth::kClientName:
      return widths.client_name;
    case Growth::kServerName:
      return widths.server_name;
    case Growth::kRest:  // the history fills the rest of a screen, and would show a single snapshot here
      return 0;
    default:
      return 1;
  }
}

// The least width at which all wanted columns are shown, and no endpoint or name is shortened.
int ColumnsFor(const EndpointWidths& widths) {
  const auto wanted = std::count_if(TcptrackColumns().begin(), TcptrackColumns().end(),
                                    [&widths](const Column& column) { return FullWidth(column, widths) > 0; });
  for (int columns = kLeastColumns;; ++columns) {
    const std::vector<PlacedColumn> placed = LayOutColumns(TcptrackColumns(), columns, widths);
    const auto shown = std::count_if(placed.begin(), placed.end(), [&widths](const PlacedColumn& placed_column) {
      const int full = FullWidth(*placed_column.column, widths);
      return full > 0 && placed_column.width >= full;
    });
    if (shown == wanted) return columns;
  }
}

void AppendLine(const Line& line, std::string* text) {
  for (const Span& span : line.spans()) *text += span.text;
  text->erase(text->find_last_not_of(' ') + 1);
  *text += '\n';
}

}  // namespace

std::string TableText(const Snapshot& snapshot) {
  ViewState view;
  view.sort = ConnectionSort::kBytes;
  const Meter meter;
  const RateHistory history;
  RowOrder order;
  order.Rebuild(snapshot, meter, view.sort, view.reverse, ClosedRows::kAmongOthers,
                [](const ConnectionSummary&) { return true; });
  EndpointWidths widths;
  for (const ConnectionSummary& connection : snapshot.connections) CoverEnds(snapshot, connection, nullptr, &widths);
  PageInput input;
  input.view = &view;
  input.snapshot = &snapshot;
  input.table = TcptrackColumns();
  input.previous_time_ns =
      snapshot.time_ns - static_cast<int64_t>(snapshot.rate_window_seconds * kNanosecondsPerSecond);
  input.order = &order;
  input.meter = &meter;
  input.history = &history;
  input.columns = ColumnsFor(widths);
  while (ListRows(input.rows) < order.size()) input.rows += static_cast<int>(order.size() - ListRows(input.rows));

  Frame frame = BuildListPage(input, &widths);
  frame.pop_back();  // the status line
  std::string text;
  for (const Line& line : frame) AppendLine(line, &text);
  if (snapshot.connections_not_listed > 0) {
    absl::StrAppend(&text, " and ", snapshot.connections_not_listed, " more connections\n");
  }
  return text;
}

}  // namespace tcpgauge
