// SPDX-License-Identifier: Apache-2.0
#include "tui/list_page.h"

#include <algorithm>
#include <vector>

#include "src/naming/end_identity.h"
#include "src/naming/identity_text.h"
#include "tui/column_table.h"
#include "tui/endpoint_text.h"
#include "tui/list_bars.h"
#include "tui/text.h"

namespace tcpgauge {
namespace {

constexpr int kBarLines = 3;  // header, total, status

Line ConnectionLine(const PageInput& input, const ConnectionSummary& connection,
                    const std::vector<PlacedColumn>& columns) {
  Line line;
  line.set_marked(input.view->selected_id == connection.id);
  const Measures measures = input.meter->Of(connection, input.snapshot->time_ns);
  const bool is_dim = !input.as_tcptrack && !IsOpen(connection.state);
  for (const PlacedColumn& placed : columns) {
    Cell cell = placed.column->cell({input, &connection, &measures, nullptr, placed.width});
    if (is_dim && cell.style != Style::kFailed) cell.style = Style::kFaint;
    PutCell(&line, placed, cell.text, cell.style);
  }
  if (!input.as_tcptrack)
    line.set_bar_columns(BarColumns(input, measures.bytes_per_second(), input.order->shown_bytes_per_second()));
  return line;
}

}  // namespace

size_t ListRows(int rows) { return static_cast<size_t>(std::max(rows - kBarLines, 0)); }

void CoverEnds(const Snapshot& snapshot, const ConnectionSummary& connection, Names* names, EndpointWidths* widths) {
  widths->client = std::max(widths->client, ColumnsOf(EndpointText(connection.client, names)));
  widths->server = std::max(widths->server, ColumnsOf(EndpointText(connection.server, names)));
  const auto cover_name = [](const IdentityRef& identity, int* width) {
    if (identity != nullptr) *width = std::max(*width, ColumnsOf(ShownName(identity->identity)));
  };
  cover_name(snapshot.identities[connection.client_identity], &widths->client_name);
  cover_name(snapshot.identities[connection.server_identity], &widths->server_name);
}

Frame BuildListPage(const PageInput& input, EndpointWidths* widths) {
  const size_t first = std::min(input.view->offset, input.order->size());
  const size_t end = std::min(first + ListRows(input.rows), input.order->size());
  const auto connection_at = [&input](size_t position) -> const ConnectionSummary& {
    return input.snapshot->connections[input.order->IndexAt(position)];
  };
  for (size_t i = first; i < end; ++i) CoverEnds(*input.snapshot, connection_at(i), input.names, widths);
  const std::vector<PlacedColumn> columns = LayOutColumns(input.table, input.columns, *widths);

  Frame frame;
  frame.push_back(HeaderLine(input, columns));
  for (size_t i = first; i < end; ++i) frame.push_back(ConnectionLine(input, connection_at(i), columns));
  while (frame.size() < ListRows(input.rows) + 1) frame.emplace_back();
  frame.push_back(TotalLine(input, columns));
  const uint64_t all = input.snapshot->connections.size() + input.snapshot->connections_not_listed;
  frame.push_back(StatusLine(input, {first, end, input.order->size(), all}));
  return frame;
}

}  // namespace tcpgauge
