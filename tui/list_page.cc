// SPDX-License-Identifier: Apache-2.0
#include "tui/list_page.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tui/endpoint_text.h"
#include "tui/sparkline.h"
#include "tui/state_text.h"
#include "tui/text.h"

namespace tcpgauge {
namespace {

constexpr int kBarLines = 3;  // header, total, status

// Where the status line's parts stand when there is room, as in tcptrack.
constexpr int kPauseColumn = 46;
constexpr int kSortColumn = 56;

constexpr int kFilterColumn = 8;  // behind "TOTAL"
constexpr int kSourcesGap = 2;    // at least, around the interfaces' names

// The name of a file that is read may be longer.
constexpr size_t kMaxInterfaceNameBytes = 40;

// Parts of the total rate from which a row stands out.
constexpr double kMainShare = 0.5;
constexpr double kLargeShare = 0.1;

// In the order of SortKey: what follows "Sorted by ", and the column that it is about.
struct SortName {
  std::string_view name;
  ColumnId column;
};
constexpr SortName kSortNames[] = {{"", ColumnId::kClient},
                                   {"rate", ColumnId::kSpeed},
                                   {"bytes", ColumnId::kTotal},
                                   {"idle", ColumnId::kIdle},
                                   {"client", ColumnId::kClient},
                                   {"server", ColumnId::kServer},
                                   {"state", ColumnId::kState},
                                   {"up", ColumnId::kUp},
                                   {"down", ColumnId::kDown},
                                   {"RTT", ColumnId::kRtt},
                                   {"retr", ColumnId::kRetransmissions}};
static_assert(std::size(kSortNames) == static_cast<size_t>(SortKey::kCount), "a name for each");

const SortName& NameOf(SortKey sort) { return kSortNames[static_cast<size_t>(sort)]; }

struct Cell {
  std::string text;
  Style style = Style::kPlain;
};

Cell RateCell(const PageInput& input, double rate, double total) {
  Cell cell{FormatRate(rate, input.unit())};
  if (rate < 1) {
    cell.style = Style::kFaint;
  } else if (total > 0 && rate / total >= kLargeShare) {
    cell.style = rate / total >= kMainShare ? Style::kMainShare : Style::kLargeShare;
  }
  return cell;
}

Cell CellOf(const PageInput& input, const ConnectionSummary& connection, const Measures& measures,
            const Column& column) {
  const std::string_view ellipsis = input.utf8 ? "…" : "..";
  const Measures& total = input.order->total();
  switch (column.id) {
    case ColumnId::kClient:
      return {EndpointText(connection.client, input.names, column.width, Keep::kAddress, ellipsis)};
    case ColumnId::kServer:
      return {EndpointText(connection.server, input.names, column.width, Keep::kPort, ellipsis)};
    case ColumnId::kState:
      return {std::string(StateText(connection.state)), StateStyle(connection.state)};
    case ColumnId::kIdle:
      return {FormatIdle(input.snapshot->time_ns - connection.last_packet_time_ns)};
    case ColumnId::kActivity:
      return {connection.last_packet_time_ns > input.previous_time_ns ? "*" : " ", Style::kAccent};
    case ColumnId::kSpeed:
      return RateCell(input, measures.bytes_per_second(), total.bytes_per_second());
    case ColumnId::kUp:
      return RateCell(input, measures.up_bytes_per_second, total.bytes_per_second());
    case ColumnId::kDown:
      return RateCell(input, measures.down_bytes_per_second, total.bytes_per_second());
    case ColumnId::kTotal:
      return {FormatBytes(measures.bytes())};
    case ColumnId::kRtt:
      return {FormatRtt(connection.rtt_ns)};
    case ColumnId::kRetransmissions:
      return {FormatCount(measures.retransmitted_segments),
              measures.retransmitted_segments > 0 ? Style::kFailed : Style::kFaint};
    case ColumnId::kHistory:
      return {Sparkline(input.history->Of(connection.id, static_cast<size_t>(column.width)), column.width, input.utf8),
              Style::kAccent};
  }
  return {};
}

void PutCell(Line* line, const Column& column, std::string_view text, Style style) {
  text = FirstColumns(text, column.width);
  line->Put(column.left + (column.align_right ? column.width - ColumnsOf(text) : 0), text, style);
}

Line HeaderLine(const PageInput& input, const std::vector<Column>& columns) {
  Line line(Style::kBar);
  for (const Column& column : columns) {
    const bool sorted = input.view->sort != SortKey::kUnsorted && NameOf(input.view->sort).column == column.id;
    const bool average = column.id == ColumnId::kSpeed && input.view->lifetime_average;
    PutCell(&line, column, average ? "Average" : column.title, sorted ? Style::kBarKey : Style::kBar);
  }
  return line;
}

Line ConnectionLine(const PageInput& input, const ConnectionSummary& connection, const std::vector<Column>& columns) {
  Line line;
  line.set_marked(input.view->selected_id == connection.id);
  const Measures measures = input.meter->Of(connection, input.snapshot->time_ns);
  for (const Column& column : columns) {
    const Cell cell = CellOf(input, connection, measures, column);
    PutCell(&line, column, cell.text, cell.style);
  }
  return line;
}

// The filter, its end when there is not room for all of it: that is where one types.
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

Line TotalLine(const PageInput& input, const std::vector<Column>& columns) {
  Line line(Style::kBar);
  line.Put(1, "TOTAL", Style::kBar);
  const Measures& total = input.order->total();
  for (const Column& column : columns) {
    std::string text;
    switch (column.id) {
      case ColumnId::kSpeed:
        PutFilter(input, column.left - kFilterColumn - 1, &line);
        text = FormatRate(total.bytes_per_second(), input.unit());
        break;
      case ColumnId::kUp:
        text = FormatRate(total.up_bytes_per_second, input.unit());
        break;
      case ColumnId::kDown:
        text = FormatRate(total.down_bytes_per_second, input.unit());
        break;
      case ColumnId::kTotal:
        text = FormatBytes(total.bytes());
        break;
      case ColumnId::kRetransmissions:
        text = FormatCount(total.retransmitted_segments);
        break;
      default:
        continue;
    }
    PutCell(&line, column, text, Style::kBar);
  }
  return line;
}

// The letter of a key within a word, marked as tcptrack marks it.
void PutKeyWord(Line* line, int column, std::string_view before, std::string_view key, std::string_view after) {
  line->Put(column, before, Style::kBar);
  line->Put(0, key, Style::kBarKey);
  line->Put(0, after, Style::kBar);
}

void PutSort(const ViewState& view, int column, Line* line) {
  if (view.frozen) return PutKeyWord(line, column, "", "O", "rder held");
  if (view.sort == SortKey::kUnsorted) {
    PutKeyWord(line, column, "Un", "s", "orted");
  } else {
    PutKeyWord(line, column, "", "S", "orted by ");
    line->Put(0, NameOf(view.sort).name, Style::kBar);
  }
  if (view.reverse) line->Put(0, " reversed", Style::kBar);
}

// What is watched, and what the kernel did not hand over: "eth0, eth1 (down), 12 packets dropped".
std::string SourcesText(const Snapshot& snapshot) {
  std::string text;
  if (!snapshot.agent.empty()) absl::StrAppend(&text, Printable(snapshot.agent, kMaxInterfaceNameBytes), ": ");
  bool first = true;
  uint64_t dropped = 0;
  for (const InterfaceView& interface : snapshot.interfaces) {
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

Frame BuildListPage(const PageInput& input, EndpointWidths* widths) {
  const size_t first = std::min(input.view->offset, input.order->size());
  const size_t end = std::min(first + ListRows(input.rows), input.order->size());
  const auto connection_at = [&input](size_t position) -> const ConnectionSummary& {
    return input.snapshot->connections[input.order->IndexAt(position)];
  };
  for (size_t i = first; i < end; ++i) {
    widths->client = std::max(widths->client, ColumnsOf(EndpointText(connection_at(i).client, input.names)));
    widths->server = std::max(widths->server, ColumnsOf(EndpointText(connection_at(i).server, input.names)));
  }
  const std::vector<Column> columns = LayOutColumns(input.columns, *widths);

  Frame frame;
  frame.push_back(HeaderLine(input, columns));
  for (size_t i = first; i < end; ++i) frame.push_back(ConnectionLine(input, connection_at(i), columns));
  while (frame.size() < ListRows(input.rows) + 1) frame.emplace_back();
  frame.push_back(TotalLine(input, columns));
  frame.push_back(StatusLine(input, first, end));
  return frame;
}

}  // namespace tcpgauge
