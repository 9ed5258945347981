// SPDX-License-Identifier: Apache-2.0
#include "tui/column_table.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "src/base/strings.h"
#include "src/naming/end_identity.h"
#include "src/naming/identity_text.h"
#include "tui/endpoint_text.h"
#include "tui/format.h"
#include "tui/sparkline.h"
#include "tui/state_text.h"
#include "tui/text.h"

namespace tcpgauge {
namespace {

// A rate that is at least this share of the sum of all shown rates stands out.
constexpr double kMainShare = 0.5;
constexpr double kLargeShare = 0.1;

const Measures& TotalOf(const PageInput& page) { return page.order->total(); }

// Makes the cell of a rate, of which `text` is the text.
Cell RateCell(const CellInput& in, double rate, std::string text) {
  return {std::move(text), ShareStyle(rate, in.page.order->shown_bytes_per_second())};
}

std::string_view Ellipsis(const PageInput& page) { return page.utf8 ? "…" : ".."; }

Cell ClientCell(const CellInput& in) {
  return {EndpointText(in.connection->client, in.page.names, in.width, Keep::kAddress, Ellipsis(in.page))};
}

Cell ServerCell(const CellInput& in) {
  return {EndpointText(in.connection->server, in.page.names, in.width, Keep::kPort, Ellipsis(in.page))};
}

// Names come from outside, but hold only characters of IsName() and a slash.
Cell NameCell(const CellInput& in, uint32_t identity_index) {
  const IdentityRef& identity = in.page.snapshot->identities[identity_index];
  std::string name = identity == nullptr ? std::string() : ShownName(identity->identity);
  if (name.empty()) return {"-", Style::kFaint};
  if (ColumnsOf(name) > in.width) {
    name.resize(static_cast<size_t>(in.width - ColumnsOf(Ellipsis(in.page))));
    name += Ellipsis(in.page);
  }
  return {name};
}
Cell ClientNameCell(const CellInput& in) { return NameCell(in, in.connection->client_identity); }
Cell ServerNameCell(const CellInput& in) { return NameCell(in, in.connection->server_identity); }

Cell StateCell(const CellInput& in) {
  const ConnectionState state = in.connection->state;
  const bool is_wide = in.width >= ColumnsOf(StateText(ConnectionState::kEstablished));  // no name is longer
  return {std::string(is_wide ? StateText(state) : ShortStateText(state)), StateStyle(state)};
}

Cell IdleCell(const CellInput& in) {
  return {FormatIdle(in.page.snapshot->time_ns - in.connection->last_packet_time_ns)};
}

Cell ActivityCell(const CellInput& in) {
  return {in.connection->last_packet_time_ns > in.page.previous_time_ns ? "*" : " ", Style::kAccent};
}

Cell LongRateCell(const CellInput& in, double rate) { return RateCell(in, rate, FormatRate(rate, in.page.unit())); }
Cell ShortRateCell(const CellInput& in, double rate) {
  return RateCell(in, rate, FormatShortRate(rate, in.page.unit()));
}

Cell SpeedCell(const CellInput& in) { return LongRateCell(in, in.measures->bytes_per_second()); }
std::string SpeedTotal(const PageInput& page) { return FormatRate(TotalOf(page).bytes_per_second(), page.unit()); }

Cell ShortSpeedCell(const CellInput& in) { return ShortRateCell(in, in.measures->bytes_per_second()); }
std::string ShortSpeedTotal(const PageInput& page) {
  return FormatShortRate(TotalOf(page).bytes_per_second(), page.unit());
}

Cell UpCell(const CellInput& in) { return LongRateCell(in, in.measures->up_bytes_per_second); }
std::string UpTotal(const PageInput& page) { return FormatRate(TotalOf(page).up_bytes_per_second, page.unit()); }

Cell ShortUpCell(const CellInput& in) { return ShortRateCell(in, in.measures->up_bytes_per_second); }
std::string ShortUpTotal(const PageInput& page) {
  return FormatShortRate(TotalOf(page).up_bytes_per_second, page.unit());
}

Cell DownCell(const CellInput& in) { return LongRateCell(in, in.measures->down_bytes_per_second); }
std::string DownTotal(const PageInput& page) { return FormatRate(TotalOf(page).down_bytes_per_second, page.unit()); }

Cell ShortDownCell(const CellInput& in) { return ShortRateCell(in, in.measures->down_bytes_per_second); }
std::string ShortDownTotal(const PageInput& page) {
  return FormatShortRate(TotalOf(page).down_bytes_per_second, page.unit());
}

Cell BytesCell(const CellInput& in) { return {FormatBytes(in.measures->bytes())}; }
std::string BytesTotal(const PageInput& page) { return FormatBytes(TotalOf(page).bytes()); }

Cell RttCell(const CellInput& in) { return {FormatRtt(in.connection->min_rtt_ns())}; }

Cell ResponseCell(const CellInput& in) { return {FormatRtt(in.connection->response_ns)}; }

Cell LossCell(const CellInput& in) {
  const std::optional<double> loss = LossOf(*in.connection);
  if (!loss.has_value()) return {"-", Style::kFaint};
  return {FormatPercent(*loss), LossStyle(*loss)};
}

Cell RetransmissionsCell(const CellInput& in) {
  const uint64_t segments = in.measures->retransmitted_segments;
  return {FormatCount(segments), segments > 0 ? LossStyle(LossOf(*in.connection).value_or(1)) : Style::kFaint};
}
std::string RetransmissionsTotal(const PageInput& page) { return FormatCount(TotalOf(page).retransmitted_segments); }

Cell HistoryCell(const CellInput& in) {
  const std::vector<double> rates = in.page.history->Of(in.connection->id, static_cast<size_t>(in.width));
  return {Sparkline(rates, in.width, in.page.utf8), Style::kAccent};
}

using Sort = ConnectionSort;
constexpr Align kLeft = Align::kLeft;
constexpr Align kRight = Align::kRight;

// title, width, align, priority, growth, sort and its text, cell, total, title of averages
constexpr Column kTcptrackColumns[] = {
    {"Client", 13, kLeft, Priority::kNarrow, Growth::kClient, Sort::kClient, "client", ClientCell},
    {"Client name", 12, kLeft, Priority::kNames, Growth::kClientName, Sort::kClientName, "client name", ClientNameCell},
    {"Server", 13, kLeft, Priority::kAlways, Growth::kServer, Sort::kServer, "server", ServerCell},
    {"Server name", 12, kLeft, Priority::kNames, Growth::kServerName, Sort::kServerName, "server name", ServerNameCell},
    {"State", 12, kLeft, Priority::kStandard, Growth::kNone, Sort::kState, "state", StateCell},
    {"Idle", 4, kLeft, Priority::kStandard, Growth::kNone, Sort::kIdle, "idle", IdleCell},
    {"A", 1, kLeft, Priority::kStandard, Growth::kNone, std::nullopt, "", ActivityCell},
    {"Speed", 9, kRight, Priority::kAlways, Growth::kNone, Sort::kRate, "rate", SpeedCell, SpeedTotal, "Avg"},
    {"Up", 9, kRight, Priority::kWide, Growth::kNone, Sort::kUp, "up", UpCell, UpTotal},
    {"Down", 9, kRight, Priority::kWide, Growth::kNone, Sort::kDown, "down", DownCell, DownTotal},
    {"Total", 7, kRight, Priority::kWide, Growth::kNone, Sort::kBytes, "bytes", BytesCell, BytesTotal},
    {"RTT", 6, kRight, Priority::kWide, Growth::kNone, Sort::kRtt, "RTT", RttCell},
    {"Resp", 6, kRight, Priority::kTimes, Growth::kNone, Sort::kResponse, "response", ResponseCell},
    {"Retr", 5, kRight, Priority::kWide, Growth::kNone, Sort::kRetransmissions, "retr", RetransmissionsCell,
     RetransmissionsTotal},
    {"Loss", 5, kRight, Priority::kLast, Growth::kNone, Sort::kLoss, "loss", LossCell},
    {"History", 12, kRight, Priority::kLast, Growth::kRest, std::nullopt, "", HistoryCell},
};

constexpr Column kOwnColumns[] = {
    {"Client", 13, kLeft, Priority::kNarrow, Growth::kClient, Sort::kClient, "client", ClientCell},
    {"Client name", 12, kLeft, Priority::kNames, Growth::kClientName, Sort::kClientName, "client name", ClientNameCell},
    {"Server", 13, kLeft, Priority::kAlways, Growth::kServer, Sort::kServer, "server", ServerCell},
    {"Server name", 12, kLeft, Priority::kNames, Growth::kServerName, Sort::kServerName, "server name", ServerNameCell},
    {"Up/s", 7, kRight, Priority::kAlways, Growth::kNone, Sort::kUp, "up", ShortUpCell, ShortUpTotal, "Up"},
    {"Down/s", 7, kRight, Priority::kAlways, Growth::kNone, Sort::kDown, "down", ShortDownCell, ShortDownTotal, "Dn"},
    {"Both/s", 7, kRight, Priority::kTimes, Growth::kNone, Sort::kRate, "rate", ShortSpeedCell, ShortSpeedTotal, "Av"},
    {"Loss", 5, kRight, Priority::kStandard, Growth::kNone, Sort::kLoss, "loss", LossCell},
    {"Resp", 6, kRight, Priority::kStandard, Growth::kNone, Sort::kResponse, "response", ResponseCell},
    {"RTT", 6, kRight, Priority::kWide, Growth::kNone, Sort::kRtt, "RTT", RttCell},
    {"State", 5, kLeft, Priority::kStandard, Growth::kState, Sort::kState, "state", StateCell},
    {"Total", 7, kRight, Priority::kWide, Growth::kNone, Sort::kBytes, "bytes", BytesCell, BytesTotal},
    {"Idle", 4, kRight, Priority::kWide, Growth::kNone, Sort::kIdle, "idle", IdleCell},
    {"Retr", 5, kRight, Priority::kTimes, Growth::kNone, Sort::kRetransmissions, "retr", RetransmissionsCell,
     RetransmissionsTotal},
    {"History", 12, kRight, Priority::kLast, Growth::kRest, std::nullopt, "", HistoryCell},
};

// See ColumnNamed().
std::string ChosenName(const Column& column) {
  std::string name = ToLower(std::string(column.title.substr(0, column.title.find('/'))));
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

}  // namespace

Style ShareStyle(double rate, double total) {
  if (rate < 1) return Style::kFaint;
  if (total <= 0 || rate / total < kLargeShare) return Style::kPlain;
  return rate / total < kMainShare ? Style::kLargeShare : Style::kMainShare;
}

Style LossStyle(double loss) {
  if (loss >= kTroubleLoss) return Style::kFailed;
  return loss > 0 ? Style::kPlain : Style::kFaint;
}

absl::Span<const Column> OwnColumns() { return kOwnColumns; }
absl::Span<const Column> TcptrackColumns() { return kTcptrackColumns; }

const Column* ColumnNamed(std::string_view name) {
  const auto* found = std::find_if(std::begin(kOwnColumns), std::end(kOwnColumns),
                                   [name](const Column& column) { return ChosenName(column) == name; });
  return found == std::end(kOwnColumns) ? nullptr : found;
}

std::string ColumnNames() {
  std::string names;
  for (const Column& column : kOwnColumns) {
    if (!names.empty()) names += ", ";
    names += ChosenName(column);
  }
  return names;
}

const Column* ColumnSortedBy(ConnectionSort sort) {
  const auto* found = std::find_if(std::begin(kOwnColumns), std::end(kOwnColumns),
                                   [sort](const Column& column) { return column.sort == sort; });
  return found == std::end(kOwnColumns) ? nullptr : found;
}

}  // namespace tcpgauge
