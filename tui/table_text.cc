// SPDX-License-Identifier: Apache-2.0
#include "tui/table_text.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "src/base/time_units.h"
#include "tui/columns.h"
#include "tui/endpoint_text.h"
#include "tui/list_page.h"
#include "tui/text.h"

namespace tcpgauge {
namespace {

constexpr int kLeastColumns = 80;

// The least at which all columns are there at the width that they want; without the history, which is one snapshot
// long.
int ColumnsFor(const EndpointWidths& widths) {
  for (int columns = kLeastColumns;; ++columns) {
    for (const Column& column : LayOutColumns(columns, widths)) {
      if (column.id == ColumnId::kRetransmissions) return columns;
    }
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
  view.sort = SortKey::kBytes;
  const Meter meter;
  const RateHistory history;
  RowOrder order;
  order.Rebuild(snapshot, meter, view.sort, view.reverse, [](const ConnectionSummary&) { return true; });
  EndpointWidths widths;
  for (const ConnectionSummary& connection : snapshot.connections) {
    widths.client = std::max(widths.client, ColumnsOf(EndpointText(connection.client, nullptr)));
    widths.server = std::max(widths.server, ColumnsOf(EndpointText(connection.server, nullptr)));
  }
  PageInput input;
  input.view = &view;
  input.snapshot = &snapshot;
  input.previous_time_ns =
      snapshot.time_ns - static_cast<int64_t>(snapshot.rate_window_seconds * kNanosecondsPerSecond);
  input.order = &order;
  input.meter = &meter;
  input.history = &history;
  input.columns = ColumnsFor(widths);
  while (ListRows(input.rows) < order.size()) input.rows += static_cast<int>(order.size() - ListRows(input.rows));

  Frame frame = BuildListPage(input, &widths);
  frame.pop_back();  // the line about keys
  std::string text;
  for (const Line& line : frame) AppendLine(line, &text);
  if (snapshot.connections_not_listed > 0) {
    absl::StrAppend(&text, " and ", snapshot.connections_not_listed, " connections more\n");
  }
  return text;
}

}  // namespace tcpgauge
