// SPDX-License-Identifier: Apache-2.0
#include "tui/group_page.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "tui/column_table.h"
#include "tui/group_columns.h"
#include "tui/group_order.h"
#include "tui/list_bars.h"
#include "tui/list_page.h"
#include "tui/text.h"

namespace tcpgauge {
namespace {

constexpr size_t kMaxTroubleBytes = 500;

Line GroupLine(const PageInput& input, const GroupRow& row, const std::vector<PlacedColumn>& columns) {
  Line line;
  line.set_marked(row.group != nullptr && input.view->selected_id == row.id);
  for (const PlacedColumn& placed : columns) {
    const Cell cell = placed.column->cell({input, nullptr, nullptr, &row, placed.width});
    PutCell(&line, placed, cell.text, cell.style);
  }
  line.set_bar_columns(BarColumns(input, row.bytes_per_second(), input.groups->total().bytes_per_second()));
  return line;
}

}  // namespace

Frame BuildGroupPage(const PageInput& input, EndpointWidths* widths) {
  const std::vector<GroupRow>& rows = input.groups->rows();
  const size_t first = std::min(input.view->offset, rows.size());
  const size_t end = std::min(first + ListRows(input.rows), rows.size());
  for (size_t i = first; i < end; ++i) {
    CoverGroup(rows[i], input.view->grouping, input.groups->snapshot(), input.names, widths);
  }
  const std::vector<PlacedColumn> columns = LayOutColumns(input.table, input.columns, *widths);

  Frame frame;
  frame.push_back(HeaderLine(input, columns));
  for (size_t i = first; i < end; ++i) frame.push_back(GroupLine(input, rows[i], columns));
  if (!input.snapshot->edges_trouble.empty() && ListRows(input.rows) > end - first) {
    Line line;
    line.Put(1, Printable(input.snapshot->edges_trouble, kMaxTroubleBytes), Style::kFailed);
    frame.push_back(line);
  }
  while (frame.size() < ListRows(input.rows) + 1) frame.emplace_back();
  frame.push_back(TotalLine(input, columns));
  frame.push_back(StatusLine(input, {first, end, rows.size(), rows.size()}));
  return frame;
}

}  // namespace tcpgauge
