// SPDX-License-Identifier: Apache-2.0
#include "tui/list_page.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/naming/end_identity.h"
#include "src/naming/identity_text.h"
#include "tui/column_table.h"
#include "tui/endpoint_text.h"
#include "tui/text.h"

namespace tcpgauge {
namespace {

constexpr int kBarLines = 3;  // header, total, status

// The columns of the status line's parts when there is room, as in tcptrack.
constexpr int kPauseColumn = 46;
constexpr int kSortColumn = 56;

constexpr int kFilterColumn = 8;  // after "TOTAL"
constexpr int kSourcesGap = 2;    // the least gap before and after the interfaces' names

// The name of a file that is read may be longer than any interface's name.
constexpr size_t kMaxInterfaceNameBytes = 40;

void PutCell(Line* line, const PlacedColumn& placed, std::string_view text, Style style) {
  text = FirstColumns(text, placed.width);
  const int blank = placed.column->align == Align::kRight ? placed.width - ColumnsOf(text) : 0;
  line->Put(placed.left + blank, text, style);
}

std::string TitleOf(const Column& column, Averaging averaging) {
  if (averaging == Averaging::kRateWindow || column.average_title.empty()) return std::string(column.title);
  return absl::StrCat(std::string(column.average_title), " ", std::string(LookOf(averaging).text));
}

Line HeaderLine(const PageInput& input, const std::vector<PlacedColumn>& columns) {
  Line line(Style::kBar);
  for (const PlacedColumn& placed : columns) {
    const Column& column = *placed.column;
    const bool is_sorted = column.sort.has_value() && column.sort == input.view->sort;
    PutCell(&line, placed, TitleOf(column, input.view->averaging), is_sorted ? Style::kBarKey : Style::kBar);
  }
  return line;
}

// The length of the bar behind a row: its share of all that the rows carry.
int BarColumns(const PageInput& input, double bytes_per_second) {
  const double total = input.order->shown_bytes_per_second();
  const double share = total > 0 ? std::clamp(bytes_per_second / total, 0.0, 1.0) : 0;
  return static_cast<int>(std::lround(share * input.columns));
}

Line ConnectionLine(const PageInput& input, const ConnectionSummary& connection,
                    const std::vector<PlacedColumn>& columns) {
  Line line;
  line.set_marked(input.view->selected_id == connection.id);
  const Measures measures = input.meter->Of(connection, input.snapshot->time_ns);
  const bool is_dim = !input.as_tcptrack && !IsOpen(connection.state);
  for (const PlacedColumn& placed : columns) {
    Cell cell = placed.column->cell({input, connection, measures, placed.width});
    if (is_dim && cell.style != Style::kFailed) cell.style = Style::kFaint;
    PutCell(&line, placed, cell.text, cell.style);
  }
  if (!input.as_tcptrack) line.set_bar_columns(BarColumns(input, measures.bytes_per_second()));
  return line;
}

// Puts the filter, or the agent's name when no filter is set. When the room is short, the end of the filter is shown,
// because that is where the user types.
void PutFilter(const PageInput& input, int columns, Line* line) {
  const bool typing = input.view->page == Page::kFilterPrompt;
  if (!typing && input.view->filter.empty()) {
    if (columns > 0)
      line->Put(kFilterColumn, Printable(input.snapshot->agent, static_cast<size_t>(columns)), Style::kBar);
    return;
  }
  std::string text = absl::StrCat("/", input.view->filter, typing ? "_" : "");
  for (const std::string& term : input.ignored_terms) absl::StrAppend(&text, "  (what is ", term, "?)");
  if (columns < 2) return;
  const size_t room = static_cast<size_t>(columns);
  if (text.size() > room) text = text.substr(text.size() - room);
  line->Put(kFilterColumn, text, Style::kBarKey);
}

Line TotalLine(const PageInput& input, const std::vector<PlacedColumn>& columns) {
  Line line(Style::kBar);
  line.Put(1, "TOTAL", Style::kBar);
  bool first = true;
  for (const PlacedColumn& placed : columns) {
    if (placed.column->total == nullptr) continue;
    if (first) PutFilter(input, placed.left - kFilterColumn - 1, &line);
    first = false;
    PutCell(&line, placed, placed.column->total(input), Style::kBar);
  }
  return line;
}

// Puts a word in which the letter of a key is marked, as in tcptrack.
void PutKeyWord(Line* line, int column, std::string_view before, std::string_view key, std::string_view after) {
  line->Put(column, before, Style::kBar);
  line->Put(0, key, Style::kBarKey);
  line->Put(0, after, Style::kBar);
}

void PutSort(const ViewState& view, int column, Line* line) {
  if (view.frozen) return PutKeyWord(line, column, "", "O", "rder held");
  const Column* const sorted = ColumnSortedBy(view.sort);
  if (sorted == nullptr) {
    PutKeyWord(line, column, "Un", "s", "orted");
  } else {
    PutKeyWord(line, column, "", "S", "orted by ");
    line->Put(0, sorted->sort_text, Style::kBar);
  }
  if (view.reverse) line->Put(0, " reversed", Style::kBar);
}

// The captured interfaces, and how many packets the kernel dropped: "eth0, eth1 (down), 12 packets dropped".
std::string SourcesText(const Snapshot& snapshot) {
  std::string text;
  if (!snapshot.agent.empty()) absl::StrAppend(&text, Printable(snapshot.agent, kMaxInterfaceNameBytes), ": ");
  bool first = true;
  uint64_t dropped = snapshot.retired_interfaces.dropped_packets + snapshot.other_interfaces.dropped_packets;
  for (const InterfaceView& interface : snapshot.interfaces) {
    if (interface.is_forgotten) continue;
    absl::StrAppend(&text, first ? "" : ", ", Printable(interface.name, kMaxInterfaceNameBytes));
    first = false;
    if (!interface.up) text += " (down)";
    dropped += interface.dropped_packets;
  }
  if (dropped > 0) absl::StrAppend(&text, ", ", dropped, " packets dropped");
  return text;
}

Line StatusLine(const PageInput& input, size_t first, size_t end) {
  const bool wide = input.columns > kSortColumn + 15;
  const ViewState& view = *input.view;
  const size_t all = input.snapshot->connections.size() + input.snapshot->connections_not_listed;
  Line line(Style::kBar);
  if (!input.snapshot->trouble.empty()) {
    line.Put(1, absl::StrCat(Printable(input.snapshot->agent, kMaxInterfaceNameBytes), ": ", input.snapshot->trouble),
             Style::kBarKey);
    return line;
  }
  line.Put(1,
           absl::StrCat(wide ? "Connections " : "", end > first ? first + 1 : 0, "-", end, " of ", input.order->size()),
           Style::kBar);
  if (all != input.order->size()) line.Put(0, absl::StrCat(" (", all, ")"), Style::kBar);
  if (!input.notice.empty()) line.Put(line.width() + 2, input.notice, Style::kBarKey);
  const int pause_column = wide ? std::max(kPauseColumn, line.width() + 2) : line.width() + 2;
  if (view.paused) {
    PutKeyWord(&line, pause_column, "", "P", "aused");
  } else {
    PutKeyWord(&line, pause_column, "Un", "p", "aused");
  }
  PutSort(view, wide ? std::max(kSortColumn, line.width() + 2) : line.width() + 2, &line);
  const int help_column = input.columns - 7;
  const std::string sources = SourcesText(*input.snapshot);
  const int sources_column = help_column - kSourcesGap - ColumnsOf(sources);
  if (line.width() + kSourcesGap <= sources_column) line.Put(sources_column, sources, Style::kBar);
  if (wide && line.width() < help_column) PutKeyWord(&line, help_column, "", "h", "elp");
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
  frame.push_back(StatusLine(input, first, end));
  return frame;
}

}  // namespace tcpgauge
