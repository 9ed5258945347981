// SPDX-License-Identifier: Apache-2.0
#include "tui/list_bars.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "tui/averaging.h"
#include "tui/column_table.h"
#include "tui/grouping.h"
#include "tui/text.h"

namespace tcpgauge {
namespace {

// The columns of the status line's parts when there is room, as in tcptrack.
constexpr int kPauseColumn = 46;
constexpr int kSortColumn = 56;

constexpr int kFilterColumn = 8;  // after "TOTAL"
constexpr int kSourcesGap = 2;    // the least gap before and after the interfaces' names

// The name of a file that is read may be longer than any interface's name.
constexpr size_t kMaxInterfaceNameBytes = 40;

std::string TitleOf(const Column& column, Averaging averaging) {
  if (averaging == Averaging::kRateWindow || column.average_title.empty()) return std::string(column.title);
  return absl::StrCat(std::string(column.average_title), " ", std::string(LookOf(averaging).text));
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

// Puts a word in which the letter of a key is marked, as in tcptrack.
void PutKeyWord(Line* line, int column, std::string_view before, std::string_view key, std::string_view after) {
  line->Put(column, before, Style::kBar);
  line->Put(0, key, Style::kBarKey);
  line->Put(0, after, Style::kBar);
}

void PutSort(const ViewState& view, int column, Line* line) {
  if (view.frozen) return PutKeyWord(line, column, "", "O", "rder held");
  const Column* const sorted = ColumnSortedBy(view.sort);
  const bool is_of_groups = view.grouping != Grouping::kConnections;
  if (sorted == nullptr && !is_of_groups) {
    PutKeyWord(line, column, "Un", "s", "orted");
  } else {
    PutKeyWord(line, column, "", "S", "orted by ");
    line->Put(0, is_of_groups ? TextOf(view.group_sort) : sorted->sort_text, Style::kBar);
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

}  // namespace

void PutCell(Line* line, const PlacedColumn& placed, std::string_view text, Style style) {
  text = FirstColumns(text, placed.width);
  const int blank = placed.column->align == Align::kRight ? placed.width - ColumnsOf(text) : 0;
  line->Put(placed.left + blank, text, style);
}

int BarColumns(const PageInput& input, double rate, double total) {
  const double share = total > 0 ? std::clamp(rate / total, 0.0, 1.0) : 0;
  return static_cast<int>(std::lround(share * input.columns));
}

Line HeaderLine(const PageInput& input, const std::vector<PlacedColumn>& columns) {
  Line line(Style::kBar);
  for (const PlacedColumn& placed : columns) {
    const Column& column = *placed.column;
    const bool is_sorted = input.view->grouping == Grouping::kConnections
                               ? column.sort.has_value() && column.sort == input.view->sort
                               : column.group_sort.has_value() && column.group_sort == input.view->group_sort;
    PutCell(&line, placed, TitleOf(column, input.view->averaging), is_sorted ? Style::kBarKey : Style::kBar);
  }
  return line;
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

Line StatusLine(const PageInput& input, const ShownRows& rows) {
  const bool wide = input.columns > kSortColumn + 15;
  const ViewState& view = *input.view;
  Line line(Style::kBar);
  if (!input.snapshot->trouble.empty()) {
    line.Put(1, absl::StrCat(Printable(input.snapshot->agent, kMaxInterfaceNameBytes), ": ", input.snapshot->trouble),
             Style::kBarKey);
    return line;
  }
  line.Put(1,
           absl::StrCat(wide ? std::string(NounOf(view.grouping)) + " " : "",
                        rows.end > rows.first ? rows.first + 1 : 0, "-", rows.end, " of ", rows.chosen),
           Style::kBar);
  if (rows.all != rows.chosen) line.Put(0, absl::StrCat(" (", rows.all, ")"), Style::kBar);
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

}  // namespace tcpgauge
