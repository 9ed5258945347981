// SPDX-License-Identifier: Apache-2.0
#include "tui/details_page.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "src/base/exponential_buckets.h"
#include "src/base/exponential_quantile.h"
#include "src/base/time_units.h"
#include "src/flow/connection_view.h"
#include "src/naming/identity_text.h"
#include "src/snapshot/edge_of_connection.h"
#include "tui/endpoint_text.h"
#include "tui/sparkline.h"
#include "tui/state_text.h"
#include "tui/text.h"

namespace tcpgauge {
namespace {

constexpr int kLabelColumn = 1;
constexpr int kValueColumn = 18;
constexpr int kSecondValueColumn = 34;

// The height of the chart: enough to read it, but not more than a screen of the usual size has room for.
constexpr int kMinChartRows = 2;
constexpr int kMaxChartRows = 8;

// The name of a file that is read may be longer than any interface's name.
constexpr size_t kMaxInterfaceNameBytes = 40;

constexpr int kMinFactColumns = 10;  // of a line of the names; on a narrower screen, such a line is cut

class PageBuilder {
 public:
  void Add(std::string_view label, std::string_view value, Style style = Style::kPlain) {
    Line line;
    line.Put(kLabelColumn, label, Style::kTitle);
    line.Put(kValueColumn, value, style);
    frame_.push_back(line);
  }
  void Add(std::string_view label, std::string_view client, std::string_view server) {
    Add(label, client);
    frame_.back().Put(kSecondValueColumn, server, Style::kPlain);
  }
  void AddBlank() { frame_.emplace_back(); }
  Frame& frame() { return frame_; }

 private:
  Frame frame_;
};

// Returns text that continues a line, such as ", VLAN 100, vxlan 7". Returns an empty text if there is no
// encapsulation. `index` is one of `snapshot`.
std::string EncapsulationText(const Snapshot& snapshot, uint32_t index) {
  std::string text;
  if (index >= snapshot.encapsulations.size()) return text;
  const Encapsulation& encapsulation = snapshot.encapsulations[index];
  for (size_t i = 0; i < encapsulation.vlan_count; ++i) absl::StrAppend(&text, ", VLAN ", encapsulation.vlans[i]);
  for (size_t i = 0; i < encapsulation.tunnel_count; ++i) {
    const Tunnel& tunnel = encapsulation.tunnels[i];
    absl::StrAppend(&text, ", ", std::string(TunnelTypeName(tunnel.type)));
    if (tunnel.has_id) absl::StrAppend(&text, " ", tunnel.id);
  }
  return text;
}

// "eth0, VLAN 100, vxlan 7".
std::string PathText(const Snapshot& snapshot, const ConnectionSummary& connection) {
  const std::string interface = connection.interface < snapshot.interfaces.size()
                                    ? Printable(snapshot.interfaces[connection.interface].name, kMaxInterfaceNameBytes)
                                    : "-";
  return interface + EncapsulationText(snapshot, connection.encapsulation);
}

// Returns what is known of an end: "namespace shop", "workload web (Deployment)" and so on.
std::vector<std::string> IdentityFacts(const EndIdentity& identity) {
  std::vector<std::string> facts;
  const auto add = [&facts](const char* what, std::string_view name, const std::string& more = "") {
    if (!name.empty()) facts.push_back(absl::StrCat(what, std::string(name), more));
  };
  std::string kind;
  if (!identity.workload_kind.empty()) {
    kind = absl::StrCat(" (", std::string(identity.workload_kind), identity.is_guess ? ", a guess)" : ")");
  }
  add("namespace ", identity.namespace_name);
  add("workload ", identity.workload, kind);
  add("pod ", identity.pod);
  add("container ", identity.container);
  add("service ", identity.service);
  add("node ", identity.node);
  add("zone ", identity.zone);
  add("process ", Printable(identity.comm, kMaxCommBytes));
  return facts;
}

// Adds what is known of an end, in as many lines as the facts need. A line ends between two facts if possible.
void AddIdentity(const PageInput& input, std::string_view label, const IdentityRef& identity, PageBuilder* page) {
  if (identity == nullptr) return;
  const auto room = static_cast<size_t>(std::max(input.columns - kValueColumn, kMinFactColumns));
  std::string line;
  const auto end_line = [&] {
    page->Add(label, line);
    label = "";
    line.clear();
  };
  for (std::string& fact : IdentityFacts(identity->identity)) {
    if (!line.empty()) line += ',';
    if (!line.empty() && line.size() + 1 + fact.size() + 1 > room) end_line();
    if (!line.empty()) line += ' ';
    for (; fact.size() > room; fact.erase(0, room)) {
      line = fact.substr(0, room);
      end_line();
    }
    line += fact;
  }
  if (!line.empty()) end_line();
}

// Adds a line for each view: "10.0.0.1:40000 -> 10.96.0.10:80, vxlan 7".
void AddViews(const PageInput& input, const std::vector<ViewDetail>& views, PageBuilder* page) {
  constexpr std::string_view kArrow = " -> ";
  const std::string_view ellipsis = input.utf8 ? "…" : "..";
  const int room = input.columns - kValueColumn;
  std::string_view label = "Views";
  for (const ViewDetail& view : views) {
    // A long encapsulation takes at most half of the room from the addresses, and is cut at the edge of the screen.
    const int for_ends = std::max(room - static_cast<int>(view.encapsulation.size()), room / 2);
    const int for_end = (for_ends - static_cast<int>(kArrow.size())) / 2;
    page->Add(label,
              absl::StrCat(EndpointText(view.client, input.names, for_end, Keep::kPort, ellipsis), std::string(kArrow),
                           EndpointText(view.server, input.names, for_end, Keep::kPort, ellipsis), view.encapsulation));
    label = "";
  }
}

void AddCounters(const PageInput& input, const ConnectionSummary& connection, PageBuilder* page) {
  const DirectionSummary& client = connection.client_sent;
  const DirectionSummary& server = connection.server_sent;
  const Measures measures = input.meter->Of(connection, input.snapshot->time_ns);
  Meter lifetime;
  lifetime.set_averaging(Averaging::kLifetime);
  const Measures average = lifetime.Of(connection, input.snapshot->time_ns);
  page->Add("Sent by", "client", "server");
  page->Add("Rate", FormatRate(client.payload_bytes_per_second, input.unit()),
            FormatRate(server.payload_bytes_per_second, input.unit()));
  page->Add("Average", FormatRate(average.up_bytes_per_second, input.unit()),
            FormatRate(average.down_bytes_per_second, input.unit()));
  page->Add("Payload", FormatBytes(measures.up_bytes), FormatBytes(measures.down_bytes));
  page->Add("IP bytes", FormatBytes(client.ip_bytes), FormatBytes(server.ip_bytes));
  page->Add("Packets", absl::StrCat(client.packets), absl::StrCat(server.packets));
  page->Add("Retransmitted", absl::StrCat(client.retransmitted_segments), absl::StrCat(server.retransmitted_segments));
  page->Add("Out of order", absl::StrCat(client.out_of_order_segments), absl::StrCat(server.out_of_order_segments));
  page->Add("Zero windows", absl::StrCat(client.zero_windows), absl::StrCat(server.zero_windows));
}

std::string HandshakeText(const ConnectionSummary& connection) {
  if (connection.role != Role::kObserved) return "not seen: which end is the client is a guess";
  if (connection.handshake_rtt_ns == ConnectionSummary::kUnknown) return "SYN seen";
  return absl::StrCat("SYN seen, ", FormatRtt(connection.handshake_rtt_ns));
}

// "140ms: server 130ms, client 10ms; smoothed 152ms"
std::string RoundTripText(const ConnectionSummary& connection) {
  return absl::StrCat(FormatRtt(connection.min_rtt_ns()), ": server ", FormatRtt(connection.server_min_rtt_ns),
                      ", client ", FormatRtt(connection.client_min_rtt_ns), "; smoothed ",
                      FormatRtt(connection.rtt_ns));
}

// "1 exchange", "345 exchanges". `noun` is the singular.
std::string Counted(uint64_t count, std::string_view noun) {
  return absl::StrCat(count, " ", std::string(noun), count == 1 ? "" : "s");
}

std::string QuantileText(const ExponentialBuckets& seconds, double share) {
  // Infinity would not fit into an integer.
  constexpr double kMaxSeconds = 1e9;
  const double value = std::min(QuantileOf(seconds, share).value_or(0), kMaxSeconds);
  return FormatRtt(static_cast<int64_t>(std::llround(value * kNanosecondsPerSecond)));
}

// Returns the counts of the buckets, from the least value to the greatest. If they are more than `most`, neighbours are
// added up.
std::vector<double> BarsOf(const ExponentialBuckets& buckets, size_t most) {
  const absl::Span<const uint64_t> counts = buckets.counts();
  const size_t per_bar = (counts.size() + most - 1) / most;
  std::vector<double> bars;
  for (size_t i = 0; i < counts.size(); ++i) {
    if (i % per_bar == 0) bars.push_back(0);
    bars.back() += static_cast<double>(counts[i]);
  }
  return bars;
}

// "1.2ms ▁▂▃▅█▇▃▁     ▂ 2.0s": the shortest time, a bar for each bucket, and the longest time.
std::string DistributionText(const PageInput& input, const ExponentialBuckets& seconds) {
  constexpr int kTimeColumns = 7;  // of a time and the space beside it
  constexpr int kMinBars = 8;      // on a narrower screen, the line is cut
  const int room = std::max(input.columns - kValueColumn - 2 * kTimeColumns, kMinBars);
  const std::vector<double> bars = BarsOf(seconds, static_cast<size_t>(room));
  return absl::StrCat(QuantileText(seconds, 0), " ", Sparkline(bars, static_cast<int>(bars.size()), input.utf8), " ",
                      QuantileText(seconds, 1));
}

void AddDistribution(const PageInput& input, std::string_view label, std::string_view noun,
                     const ExponentialBuckets& seconds, bool with_bars, PageBuilder* page) {
  const uint64_t count = seconds.Count();
  if (count == 0) return page->Add(label, absl::StrCat("no ", std::string(noun), " yet"));
  page->Add(label, absl::StrCat("p50 ", QuantileText(seconds, 0.5), ", p95 ", QuantileText(seconds, 0.95), ", p99 ",
                                QuantileText(seconds, 0.99), " of ", Counted(count, noun)));
  if (with_bars) page->Add("", DistributionText(input, seconds), Style::kAccent);
}

// Adds the distributions of the connection's edge, with bars if they leave room for the chart.
void AddEdge(const PageInput& input, const ConnectionDetail& detail, PageBuilder* page) {
  constexpr std::string_view kLabel = "Edge response";
  if (!input.snapshot->agent.empty()) return page->Add(kLabel, "not known to an attached view");
  if (!detail.edge.has_value()) return page->Add(kLabel, "its edge has no series of its own");
  constexpr int kLines = 4;  // of the two distributions with their bars
  const bool with_bars = static_cast<int>(page->frame().size()) + kLines + 1 + kMinChartRows <= input.rows;
  AddDistribution(input, kLabel, "exchange", detail.edge->response_seconds, with_bars, page);
  AddDistribution(input, "Edge handshake", "handshake", detail.edge->handshake_rtt_seconds, with_bars, page);
}

void AddChart(const PageInput& input, const ConnectionSummary& connection, PageBuilder* page) {
  const int rows = std::clamp(input.rows - static_cast<int>(page->frame().size()) - 1, kMinChartRows, kMaxChartRows);
  const int columns = std::max(input.columns - 2 * kLabelColumn, 1);
  const std::vector<double> rates = input.history->Of(connection.id, static_cast<size_t>(columns));
  const double highest = rates.empty() ? 0 : *std::max_element(rates.begin(), rates.end());
  page->Add("History", absl::StrCat("last ", rates.size(), " s, up to ", FormatRate(highest, input.unit())));
  for (const std::string& text : Chart(rates, highest, rows, columns, input.utf8)) {
    Line line;
    line.Put(kLabelColumn, text, Style::kAccent);
    page->frame().push_back(line);
  }
}

}  // namespace

ConnectionDetail DetailOf(const ConnectionSummary& connection, const Snapshot& snapshot) {
  ConnectionDetail detail = {connection,
                             PathText(snapshot, connection),
                             {},
                             snapshot.identities[connection.client_identity],
                             snapshot.identities[connection.server_identity],
                             std::nullopt};
  if (const EdgeView* const edge = EdgeOfConnection(connection, snapshot)) detail.edge = edge->distributions;
  for (const ConnectionView& view : snapshot.views_of(connection)) {
    detail.views.push_back({view.client, view.server, EncapsulationText(snapshot, view.encapsulation)});
  }
  return detail;
}

Frame BuildDetailsPage(const PageInput& input, const ConnectionDetail& detail, bool gone) {
  const ConnectionSummary& connection = detail.connection;
  PageBuilder page;
  Line title(Style::kBar);
  title.Put(kLabelColumn, gone ? "Connection, gone" : "Connection", Style::kBar);
  title.Put(input.columns - 10, "Esc: back", Style::kBar);
  page.frame().push_back(title);

  const int room = input.columns - kValueColumn;
  const std::string_view ellipsis = input.utf8 ? "…" : "..";
  page.Add("Client", EndpointText(connection.client, input.names, room, Keep::kPort, ellipsis));
  AddIdentity(input, "Client name", detail.client, &page);
  page.Add("Server", EndpointText(connection.server, input.names, room, Keep::kPort, ellipsis));
  AddIdentity(input, "Server name", detail.server, &page);
  if (connection.service != connection.server) {
    page.Add("Service", EndpointText(connection.service, input.names, room, Keep::kPort, ellipsis));
  }
  page.Add("State", StateText(connection.state), StateStyle(connection.state));
  page.Add("Handshake", HandshakeText(connection));
  page.Add("Interface", detail.path);
  AddViews(input, detail.views, &page);
  page.Add("Since", absl::StrCat(FormatTime(connection.start_time_ns + input.snapshot->clock_stepped_ns), ", ",
                                 FormatDuration(input.snapshot->time_ns - connection.start_time_ns)));
  page.Add("Idle", FormatDuration(input.snapshot->time_ns - connection.last_packet_time_ns));
  page.Add("Round trip", RoundTripText(connection));
  page.Add("Response",
           absl::StrCat(FormatRtt(connection.response_ns), ", ", Counted(connection.responses, "exchange")));
  AddCounters(input, connection, &page);
  AddEdge(input, detail, &page);
  AddChart(input, connection, &page);
  return std::move(page.frame());
}

}  // namespace tcpgauge
