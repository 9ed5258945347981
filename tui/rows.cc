#include "tui/rows.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "tui/endpoint_text.h"
#include "tui/format.h"
#include "tui/text.h"

namespace tcpgauge {
namespace {

constexpr int kBarLines = 3;  // header, total, status

// Where the status line's parts stand when there is room, as in tcptrack.
constexpr int kPauseColumn = 46;
constexpr int kSortColumn = 56;

std::string_view StateText(ConnectionState state) {
  switch (state) {
    case ConnectionState::kSynSent:
      return "SYN_SENT";
    case ConnectionState::kSynReceived:
      return "SYN|ACK-ACK";
    case ConnectionState::kEstablished:
      return "ESTABLISHED";
    case ConnectionState::kClosing:
      return "CLOSING";
    case ConnectionState::kClosed:
      return "CLOSED";
    case ConnectionState::kReset:
      return "RESET";
  }
  return "";
}

std::string CellText(const ListInput& input, const ConnectionView& connection, const Column& column) {
  const std::string_view ellipsis = input.utf8 ? "…" : "..";
  switch (column.id) {
    case ColumnId::kClient:
      return EndpointText(connection.client, column.width, Keep::kAddress, ellipsis);
    case ColumnId::kServer:
      return EndpointText(connection.server, column.width, Keep::kPort, ellipsis);
    case ColumnId::kState:
      return std::string(StateText(connection.state));
    case ColumnId::kIdle:
      return FormatIdle(input.snapshot->time_ns - connection.last_packet_time_ns);
    case ColumnId::kActivity:
      return connection.last_packet_time_ns > input.previous_time_ns ? "*" : " ";
    case ColumnId::kSpeed:
      return FormatRate(connection.payload_bytes_per_second(), RateUnit::kBytes);
  }
  return "";
}

Line HeaderLine(const std::vector<Column>& columns) {
  Line line(Style::kBar);
  for (const Column& column : columns) line.Put(column.left, column.title, Style::kBar);
  return line;
}

Line TotalLine(const ListInput& input, const std::vector<Column>& columns) {
  Line line(Style::kBar);
  line.Put(1, "TOTAL", Style::kBar);
  for (const Column& column : columns) {
    if (column.id != ColumnId::kSpeed) continue;
    line.Put(column.left, FormatRate(input.total_bytes_per_second, RateUnit::kBytes), Style::kBar);
  }
  return line;
}

// The letter of a key within a word, marked as tcptrack marks it.
void PutKeyWord(Line* line, int column, std::string_view before, std::string_view key, std::string_view after) {
  line->Put(column, before, Style::kBar);
  line->Put(0, key, Style::kBarKey);
  line->Put(0, after, Style::kBar);
}

void PutSort(Line* line, int column, SortKey sort) {
  switch (sort) {
    case SortKey::kUnsorted:
      return PutKeyWord(line, column, "Un", "s", "orted");
    case SortKey::kRate:
      return PutKeyWord(line, column, "", "S", "orted by rate");
    case SortKey::kBytes:
      return PutKeyWord(line, column, "", "S", "orted by bytes");
    case SortKey::kIdle:
      return PutKeyWord(line, column, "", "S", "orted by idle");
  }
}

Line StatusLine(const ListInput& input, size_t first, size_t end) {
  const std::string range = absl::StrCat(end > first ? first + 1 : 0, "-", end, " of ", input.order->size());
  Line line(Style::kBar);
  const bool wide = input.columns > kSortColumn + 15;
  line.Put(1, wide ? absl::StrCat("Connections ", range) : range, Style::kBar);
  const int pause_column = wide ? std::max(kPauseColumn, line.width() + 2) : line.width() + 2;
  if (input.view.paused) {
    PutKeyWord(&line, pause_column, "", "P", "aused");
  } else {
    PutKeyWord(&line, pause_column, "Un", "p", "aused");
  }
  PutSort(&line, wide ? std::max(kSortColumn, line.width() + 2) : line.width() + 2, input.view.sort);
  return line;
}

}  // namespace

size_t ListPage(int rows) { return static_cast<size_t>(std::max(rows - kBarLines, 0)); }

Frame BuildListFrame(const ListInput& input, EndpointWidths* widths) {
  const size_t first = std::min(input.view.offset, input.order->size());
  const size_t end = std::min(first + ListPage(input.rows), input.order->size());
  const auto connection_at = [&input](size_t position) -> const ConnectionView& {
    return input.snapshot->connections[input.order->IndexAt(position)];
  };
  for (size_t i = first; i < end; ++i) {
    widths->client = std::max(widths->client, ColumnsOf(connection_at(i).client.ToString()));
    widths->server = std::max(widths->server, ColumnsOf(connection_at(i).server.ToString()));
  }
  const std::vector<Column> columns = LayOutColumns(input.columns, *widths);

  Frame frame;
  frame.push_back(HeaderLine(columns));
  for (size_t i = first; i < end; ++i) {
    Line line;
    for (const Column& column : columns) {
      line.Put(column.left, FirstColumns(CellText(input, connection_at(i), column), column.width), Style::kPlain);
    }
    frame.push_back(std::move(line));
  }
  while (frame.size() < ListPage(input.rows) + 1) frame.emplace_back();
  frame.push_back(TotalLine(input, columns));
  frame.push_back(StatusLine(input, first, end));
  // A terminal of one or two lines keeps the top ones.
  frame.resize(std::min(frame.size(), static_cast<size_t>(std::max(input.rows, 0))));
  for (Line& line : frame) line.FitTo(input.columns);
  return frame;
}

}  // namespace tcpgauge
