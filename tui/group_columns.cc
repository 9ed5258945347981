// SPDX-License-Identifier: Apache-2.0
#include "tui/group_columns.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "src/base/time_units.h"
#include "src/naming/end_identity.h"
#include "src/naming/identity_text.h"
#include "tui/endpoint_text.h"
#include "tui/format.h"
#include "tui/sparkline.h"
#include "tui/text.h"

namespace tcpgauge {
namespace {

// The name of the row of everything that belongs to no group.
constexpr std::string_view kOther = "(other)";
constexpr std::string_view kNameless = "(no name)";
constexpr size_t kMaxInterfaceNameBytes = 40;  // the name of a file that is read may be longer

std::string_view Ellipsis(const PageInput& page) { return page.utf8 ? "…" : ".."; }

std::string PrefixText(std::optional<int> bits) { return bits.has_value() ? absl::StrCat("/", *bits) : ""; }

std::string ClientPrefix(const EdgeGroup& group, const Snapshot& snapshot) {
  return PrefixText(ClientPrefixBits(snapshot.edges, group.client));
}

std::string ServerPrefix(const EdgeGroup& group, const Snapshot& snapshot) {
  return PrefixText(ServerPrefixBits(snapshot.edges, group.server.address, group.is_server_prefix));
}

// What a column of names shows of a group, in at most `columns`.
using NameText = std::string (*)(const EdgeGroup& group, const Snapshot& snapshot, Names* names, int columns,
                                 std::string_view ellipsis);

std::string Cut(std::string text, int columns, std::string_view ellipsis) {
  if (ColumnsOf(text) <= columns) return text;
  return absl::StrCat(std::string(FirstColumns(text, columns - ColumnsOf(ellipsis))), std::string(ellipsis));
}

std::string ServiceText(const EdgeGroup& group, const Snapshot& snapshot, Names* names, int columns,
                        std::string_view ellipsis) {
  const std::string prefix = ServerPrefix(group, snapshot);
  return EndpointText(group.server, names, columns - static_cast<int>(prefix.size()), Keep::kPort, ellipsis) + prefix;
}

std::string ClientText(const EdgeGroup& group, const Snapshot& snapshot, Names* names, int columns,
                       std::string_view ellipsis) {
  const std::string prefix = ClientPrefix(group, snapshot);
  return HostText(group.client, names, columns - static_cast<int>(prefix.size()), ellipsis) + prefix;
}

std::string ServerHostText(const EdgeGroup& group, const Snapshot& snapshot, Names* names, int columns,
                           std::string_view ellipsis) {
  const std::string prefix = ServerPrefix(group, snapshot);
  return HostText(group.server.address, names, columns - static_cast<int>(prefix.size()), ellipsis) + prefix;
}

std::string WorkloadText(const EdgeGroup& group, const Snapshot&, Names*, int columns, std::string_view ellipsis) {
  const std::string name = WorkloadNameOf(group);
  return Cut(name.empty() ? std::string(kNameless) : name, columns, ellipsis);
}

std::string InterfaceText(const EdgeGroup& group, const Snapshot& snapshot, Names*, int columns,
                          std::string_view ellipsis) {
  if (group.interface >= snapshot.interfaces.size()) return "-";
  const InterfaceView& interface = snapshot.interfaces[group.interface];
  return Cut(Printable(interface.name, kMaxInterfaceNameBytes) + (interface.up ? "" : " (down)"), columns, ellipsis);
}

template <NameText text, bool is_first = true>
Cell NameCell(const CellInput& in) {
  const EdgeGroup* const group = in.group->group;
  if (group == nullptr) return {std::string(is_first ? kOther : ""), Style::kFaint};
  return {text(*group, in.page.groups->snapshot(), in.page.names, in.width, Ellipsis(in.page))};
}

// Names come from outside, but hold only characters of IsName() and a slash.
std::string ShownNameOf(const IdentityRef& ref) { return ref == nullptr ? "" : ShownName(ref->identity); }

template <IdentityRef EdgeGroup::*identity>
Cell IdentityCell(const CellInput& in) {
  const std::string name = in.group->group == nullptr ? "" : ShownNameOf(in.group->group->*identity);
  if (name.empty()) return {"-", Style::kFaint};
  return {Cut(name, in.width, Ellipsis(in.page))};
}

Cell KindCell(const CellInput& in) {
  const EdgeGroup* const group = in.group->group;
  if (group == nullptr) return {"-", Style::kFaint};
  const IdentityRef& ref = group->is_client_workload ? group->client_identity : group->server_identity;
  if (ref == nullptr || ref->identity.workload_kind.empty()) return {"-", Style::kFaint};
  return {Cut(std::string(ref->identity.workload_kind), in.width, Ellipsis(in.page))};
}

Cell SideCell(const CellInput& in) {
  const EdgeGroup* const group = in.group->group;
  if (group == nullptr || group->workload_number == 0) return {"-", Style::kFaint};
  return {group->is_client_workload ? "client" : "server"};
}

Cell CountCell(uint64_t count) { return {FormatShortCount(count), count == 0 ? Style::kFaint : Style::kPlain}; }

Cell OpenCell(const CellInput& in) {
  return CountCell(static_cast<uint64_t>(std::max<int64_t>(in.group->sum->counters.connections, 0)));
}
std::string OpenTotal(const PageInput& page) {
  return FormatShortCount(static_cast<uint64_t>(std::max<int64_t>(page.groups->total().sum->counters.connections, 0)));
}

bool KnowsFailures(const PageInput& page) { return page.groups->knows_failures(); }

Cell FailingCell(const CellInput& in) {
  if (!KnowsFailures(in.page)) return {"-", Style::kFaint};
  // A part of a failure was one: samples are scaled to the second.
  const auto failed = static_cast<uint64_t>(std::ceil(std::max(in.group->failed - 0.01, 0.0)));
  return {FormatShortCount(failed), failed == 0 ? Style::kFaint : Style::kFailed};
}

Cell AllFailedCell(const CellInput& in) {
  if (!KnowsFailures(in.page)) return {"-", Style::kFaint};
  return CountCell(FailedConnections(in.group->sum->counters));
}

Cell StalledCell(const CellInput& in) {
  if (!KnowsFailures(in.page)) return {"-", Style::kFaint};
  const auto stalled = static_cast<uint64_t>(std::max<int64_t>(in.group->sum->counters.stalled, 0));
  return {FormatShortCount(stalled), stalled == 0 ? Style::kFaint : Style::kFailed};
}

Cell ClientsCell(const CellInput& in) {
  if (in.group->group == nullptr) return {"-", Style::kFaint};
  return CountCell(in.group->group->clients);
}

Cell RateCell(const CellInput& in, double rate) {
  return {FormatShortRate(rate, in.page.unit()), ShareStyle(rate, in.page.groups->total().bytes_per_second())};
}
Cell UpCell(const CellInput& in) { return RateCell(in, in.group->up_bytes_per_second); }
Cell DownCell(const CellInput& in) { return RateCell(in, in.group->down_bytes_per_second); }
Cell BothCell(const CellInput& in) { return RateCell(in, in.group->bytes_per_second()); }
std::string UpTotal(const PageInput& page) {
  return FormatShortRate(page.groups->total().up_bytes_per_second, page.unit());
}
std::string DownTotal(const PageInput& page) {
  return FormatShortRate(page.groups->total().down_bytes_per_second, page.unit());
}
std::string BothTotal(const PageInput& page) {
  return FormatShortRate(page.groups->total().bytes_per_second(), page.unit());
}

Cell BytesCell(const CellInput& in) {
  return {FormatBytes(in.group->sum->counters.client_payload_bytes + in.group->sum->counters.server_payload_bytes)};
}

Cell LossCell(const CellInput& in) {
  const std::optional<RecentValue>& loss = in.group->loss;
  if (!loss.has_value()) return {"-", Style::kFaint};
  return {FormatPercent(loss->value), loss->is_recent ? LossStyle(loss->value) : Style::kFaint};
}

Cell TimeCell(const std::optional<RecentValue>& seconds) {
  constexpr double kMaxSeconds = 1e9;  // infinity would not fit into an integer
  if (!seconds.has_value()) return {"-", Style::kFaint};
  const double value = std::clamp(seconds->value, 0.0, kMaxSeconds);
  return {FormatRtt(static_cast<int64_t>(value * kNanosecondsPerSecond)),
          seconds->is_recent ? Style::kPlain : Style::kFaint};
}
Cell ResponseCell(const CellInput& in) { return TimeCell(in.group->response_seconds); }
Cell RttCell(const CellInput& in) { return TimeCell(in.group->rtt_seconds); }

Cell HistoryCell(const CellInput& in) {
  const std::vector<double> rates = in.page.groups->history().RatesOf(in.group->id, static_cast<size_t>(in.width));
  return {Sparkline(rates, in.width, in.page.utf8), Style::kAccent};
}

constexpr Align kLeft = Align::kLeft;
constexpr Align kRight = Align::kRight;
constexpr auto kNoSort = std::optional<ConnectionSort>();

Column Made(std::string_view title, int width, Align align, Priority priority, Growth growth,
            std::optional<GroupSort> sort, Cell (*cell)(const CellInput&),
            std::string (*total)(const PageInput&) = nullptr, std::string_view average_title = {}) {
  return {title, width, align, priority, growth, kNoSort, "", cell, total, average_title, sort};
}

// The columns of numbers follow those of names. At 80 characters there is room for all down to RTT beside 31 of names,
// or for the history too beside 21.
std::vector<Column> Table(std::vector<Column> columns, std::optional<Column> last = std::nullopt) {
  const Priority number = Priority::kNarrow;
  columns.push_back(Made("Open", 4, kRight, Priority::kAlways, Growth::kNone, GroupSort::kOpen, OpenCell, OpenTotal));
  columns.push_back(Made("Fail", 4, kRight, Priority::kAlways, Growth::kNone, GroupSort::kFailing, FailingCell));
  columns.push_back(Made("Up/s", 7, kRight, number, Growth::kNone, GroupSort::kUp, UpCell, UpTotal, "Up"));
  columns.push_back(Made("Down/s", 7, kRight, number, Growth::kNone, GroupSort::kDown, DownCell, DownTotal, "Dn"));
  columns.push_back(
      Made("Both/s", 7, kRight, Priority::kWide, Growth::kNone, GroupSort::kRate, BothCell, BothTotal, "Av"));
  columns.push_back(Made("Loss", 5, kRight, number, Growth::kNone, GroupSort::kLoss, LossCell));
  columns.push_back(Made("Resp", 6, kRight, number, Growth::kNone, GroupSort::kResponse, ResponseCell));
  columns.push_back(Made("RTT", 6, kRight, number, Growth::kNone, GroupSort::kRtt, RttCell));
  columns.push_back(Made("Total", 7, kRight, Priority::kWide, Growth::kNone, std::nullopt, BytesCell));
  columns.push_back(Made("Stall", 5, kRight, Priority::kTimes, Growth::kNone, std::nullopt, StalledCell));
  columns.push_back(Made("Failed", 6, kRight, Priority::kTimes, Growth::kNone, std::nullopt, AllFailedCell));
  if (last.has_value()) columns.push_back(*last);
  columns.push_back(Made("History", 10, kRight, Priority::kStandard, Growth::kRest, std::nullopt, HistoryCell));
  return columns;
}

Column NameColumn(std::string_view title, int width, Growth growth, Cell (*cell)(const CellInput&)) {
  return Made(title, width, kLeft, Priority::kAlways, growth, GroupSort::kName, cell);
}

const std::vector<Column>& TableOf(Grouping grouping) {
  static const auto& services = *new std::vector<Column>(
      Table({NameColumn("Service", 21, Growth::kServer, NameCell<ServiceText>),
             Made("Name", 12, kLeft, Priority::kNames, Growth::kServerName, std::nullopt,
                  IdentityCell<&EdgeGroup::server_identity>)},
            Made("Clients", 7, kRight, Priority::kTimes, Growth::kNone, std::nullopt, ClientsCell)));
  static const auto& clients =
      *new std::vector<Column>(Table({NameColumn("Client", 21, Growth::kClient, NameCell<ClientText>),
                                      Made("Name", 12, kLeft, Priority::kNames, Growth::kClientName, std::nullopt,
                                           IdentityCell<&EdgeGroup::client_identity>)}));
  static const auto& pairs =
      *new std::vector<Column>(Table({NameColumn("Client", 15, Growth::kClient, NameCell<ClientText>),
                                      Made("Server", 15, kLeft, Priority::kAlways, Growth::kServer, std::nullopt,
                                           NameCell<ServerHostText, /*is_first=*/false>)}));
  static const auto& workloads = *new std::vector<Column>(
      Table({NameColumn("Workload", 24, Growth::kServer, NameCell<WorkloadText>),
             Made("As", 6, kLeft, Priority::kAlways, Growth::kNone, std::nullopt, SideCell),
             Made("Kind", 11, kLeft, Priority::kWide, Growth::kNone, std::nullopt, KindCell)}));
  static const auto& interfaces =
      *new std::vector<Column>(Table({NameColumn("Interface", 21, Growth::kServer, NameCell<InterfaceText>)}));
  switch (grouping) {
    case Grouping::kClients:
      return clients;
    case Grouping::kPairs:
      return pairs;
    case Grouping::kWorkloads:
      return workloads;
    case Grouping::kInterfaces:
      return interfaces;
    case Grouping::kServices:
    case Grouping::kConnections:
    case Grouping::kCount:
      break;
  }
  return services;
}

}  // namespace

absl::Span<const Column> GroupColumns(Grouping grouping) { return TableOf(grouping); }

void CoverGroup(const GroupRow& row, Grouping grouping, const Snapshot& snapshot, Names* names,
                EndpointWidths* widths) {
  if (row.group == nullptr) return;
  constexpr int kAny = 1000;  // more than any text takes
  const EdgeGroup& group = *row.group;
  const auto cover = [&](NameText text, int* width) {
    *width = std::max(*width, ColumnsOf(text(group, snapshot, names, kAny, "")));
  };
  const auto cover_name = [](const IdentityRef& ref, int* width) {
    *width = std::max(*width, ColumnsOf(ShownNameOf(ref)));
  };
  switch (grouping) {
    case Grouping::kServices:
      cover(ServiceText, &widths->server);
      cover_name(group.server_identity, &widths->server_name);
      break;
    case Grouping::kClients:
      cover(ClientText, &widths->client);
      cover_name(group.client_identity, &widths->client_name);
      break;
    case Grouping::kPairs:
      cover(ClientText, &widths->client);
      cover(ServerHostText, &widths->server);
      break;
    case Grouping::kWorkloads:
      cover(WorkloadText, &widths->server);
      break;
    case Grouping::kInterfaces:
      cover(InterfaceText, &widths->server);
      break;
    case Grouping::kConnections:
    case Grouping::kCount:
      break;
  }
}

}  // namespace tcpgauge
