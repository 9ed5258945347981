// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/history_json.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>
#include <vector>

#include "absl/types/span.h"
#include "exporter/web/edge_sum_json.h"
#include "exporter/web/query_parameters.h"
#include "src/base/json_string.h"
#include "src/base/json_writer.h"
#include "src/base/time_units.h"
#include "src/snapshot/edge_groups.h"
#include "src/snapshot/history_counts.h"
#include "src/snapshot/response_counts.h"

namespace tcpgauge {
namespace {

// So many edges are read at a time: the counts of all their seconds are in memory then.
constexpr size_t kEdgesAtATime = 16;

// The last decimals of a time may be lost on its way through a client.
constexpr int64_t kRoundedNs = kNanosecondsPerMillisecond;

// How many bytes the counts of a second take as text, of the whole agent or of a busy edge.
constexpr size_t kSecondBytes = 50;

std::optional<Endpoint> ParseEndpoint(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  const bool has_brackets = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (has_brackets) host = host.substr(1, host.size() - 2);
  const std::optional<IpAddress> address = IpAddress::Parse(host);
  if (!address.has_value() || (!has_brackets && host.find(':') != std::string_view::npos)) return std::nullopt;
  Endpoint endpoint{*address, 0};
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
  if (error != std::errc() || end != port.data() + port.size()) return std::nullopt;
  return endpoint;
}

// Part of a history: the seconds from `begin` on.
struct Part {
  const HistoryView& history;
  size_t begin;

  size_t size() const { return history.seconds().size() - begin; }
  absl::Span<const HistorySecond> seconds() const { return absl::MakeConstSpan(history.seconds()).subspan(begin); }
};

Part Since(const HistoryView& history, int64_t since_ns) {
  const std::vector<HistorySecond>& seconds = history.seconds();
  const int64_t table_ns = since_ns - history.clock_stepped_ns() + kRoundedNs;
  const auto first = std::find_if(seconds.begin(), seconds.end(),
                                  [table_ns](const HistorySecond& second) { return second.end_ns > table_ns; });
  return {history, static_cast<size_t>(first - seconds.begin())};
}

void WriteCounter(const HistoryCounter& counter, uint64_t value, JsonWriter* writer) {
  if (counter.is_microseconds && value > 0) {
    writer->Value(static_cast<double>(value) / 1e6);
  } else {
    writer->Value(value);
  }
}

// Writes an array of `size` values, of which value(i) writes the one at `i`.
template <typename WriteValue>
void WriteArray(std::string_view name, size_t size, WriteValue write_value, JsonWriter* writer) {
  writer->Raw("\"").Raw(name).Raw("\":[");
  for (size_t i = 0; i < size; ++i) {
    if (i > 0) writer->Raw(",");
    write_value(i);
  }
  writer->Raw("]");
}

// Writes the members of a series. counts(i) returns what was counted in the second at `i`, or null if that is not
// known. If `is_short`, leaves out the counters that are 0 all the time.
template <typename Counts>
void WriteSeries(size_t size, bool is_short, Counts counts, JsonWriter* writer) {
  const auto write_gauge = [&](size_t i) {
    if (const HistoryCounts* known = counts(i)) {
      writer->Value(known->connections);
    } else {
      writer->Raw("null");
    }
  };
  WriteArray("connections", size, write_gauge, writer);
  for (const HistoryCounter& counter : kHistoryCounters) {
    bool is_zero = is_short;
    for (size_t i = 0; is_zero && i < size; ++i) is_zero = counts(i) == nullptr || counts(i)->*counter.member == 0;
    if (is_zero) continue;
    const auto write_value = [&](size_t i) {
      if (const HistoryCounts* known = counts(i)) {
        WriteCounter(counter, known->*counter.member, writer);
      } else {
        writer->Raw("null");
      }
    };
    writer->Raw(",");
    WriteArray(counter.name, size, write_value, writer);
  }
}

// Writes a member with the response times of these seconds, if there are any. For each second that has some: its index,
// the number of the first bucket, and the counts from there on.
void WriteResponseTimes(absl::Span<const ResponseCounts> seconds, JsonWriter* writer) {
  bool is_first = true;
  for (size_t i = 0; i < seconds.size(); ++i) {
    if (seconds[i].IsZero()) continue;
    const auto& counts = seconds[i].counts;
    const auto is_counted = [](uint32_t count) { return count > 0; };
    const auto* const begin = std::find_if(counts.begin(), counts.end(), is_counted);
    const auto* const end = std::find_if(counts.rbegin(), counts.rend(), is_counted).base();
    writer->Raw(is_first ? ",\"response_buckets\":[[" : ",[").Value(i).Raw(",");
    writer->Value(begin - counts.begin() + ResponseCounts::kFirst);
    for (const auto* count = begin; count != end; ++count) writer->Raw(",").Value(*count);
    writer->Raw("]");
    is_first = false;
  }
  if (!is_first) writer->Raw("]");
}

// Writes an object with what was counted when the part begins.
void WriteBefore(const Part& part, JsonWriter* writer) {
  HistoryCounts before = part.history.before();
  for (size_t i = 0; i < part.begin; ++i) {
    const uint64_t connections = part.history.seconds()[i].totals.connections;
    before.Add(part.history.seconds()[i].totals);
    before.connections = connections;
  }
  writer->Raw("{\"connections\":").Value(before.connections);
  for (const HistoryCounter& counter : kHistoryCounters) {
    writer->Raw(",\"").Raw(counter.name).Raw("\":");
    WriteCounter(counter, before.*counter.member, writer);
  }
  writer->Raw("}");
}

// Returns the edges that match, those with the most payload in the seconds of the part first.
std::vector<size_t> HeaviestEdges(const Part& part, const std::vector<bool>& matches, size_t limit) {
  std::vector<uint64_t> payload_bytes(matches.size());
  part.history.VisitEdges([&](size_t edge, size_t second, const HistoryCounts& counts) {
    if (second >= part.begin) payload_bytes[edge] += counts.payload_bytes();
  });
  std::vector<size_t> edges;
  for (size_t i = 0; i < matches.size(); ++i) {
    if (matches[i]) edges.push_back(i);
  }
  std::sort(edges.begin(), edges.end(), [&](size_t a, size_t b) {
    return payload_bytes[a] != payload_bytes[b] ? payload_bytes[a] > payload_bytes[b] : a < b;
  });
  edges.resize(std::min(edges.size(), limit));
  return edges;
}

void WriteEnds(const HistoryEdge& edge, const EdgesView& edges, JsonWriter* writer) {
  writer->Raw("{\"client\":");
  WriteEdgeClient(edge.key.client, ClientPrefixBits(edges, edge.key.client), edge.client, writer);
  writer->Raw(",\"server\":");
  WriteEdgeServer(edge.key.server, ServerPrefixBits(edges, edge.key.server.address, edge.key.is_server_prefix),
                  edge.server, writer);
}

// Writes these edges as elements of an array, each on a line. Returns false if the text has kMostHistoryBytes before
// the last edge.
bool WriteEdges(const Part& part, absl::Span<const size_t> edges, const EdgesView& grouping, JsonWriter* writer) {
  constexpr size_t kNone = SIZE_MAX;
  std::vector<size_t> places(part.history.edges().size(), kNone);
  for (size_t i = 0; i < edges.size(); ++i) places[edges[i]] = i;
  const size_t size = part.size();
  std::vector<std::optional<HistoryCounts>> counts(edges.size() * size);
  part.history.VisitEdges([&](size_t edge, size_t second, const HistoryCounts& counted) {
    if (second >= part.begin && places[edge] != kNone) counts[places[edge] * size + second - part.begin] = counted;
  });
  for (size_t i = 0; i < edges.size(); ++i) {
    if (writer->size() > kMostHistoryBytes) return false;
    if (i > 0) writer->Raw(",\n");
    WriteEnds(part.history.edges()[edges[i]], grouping, writer);
    writer->Raw(",");
    const auto of_edge = absl::MakeConstSpan(counts).subspan(i * size, size);
    WriteSeries(
        size, /*is_short=*/true,
        [&](size_t second) { return of_edge[second].has_value() ? &*of_edge[second] : nullptr; }, writer);
    writer->Raw("}");
  }
  return true;
}

}  // namespace

absl::StatusOr<HistoryQuery> ParseHistoryQuery(const HttpRequest& request) {
  HistoryQuery query;
  const absl::StatusOr<std::string> server = OnlyValue(request, "server");
  if (!server.ok()) return server.status();
  if (!server->empty()) {
    query.server = ParseEndpoint(*server);
    if (!query.server.has_value()) {
      return WrongValue("server", *server, "an address and a port, such as 192.0.2.1:443 or [2001:db8::1]:443");
    }
  }
  const absl::StatusOr<std::string> client = OnlyValue(request, "client");
  if (!client.ok()) return client.status();
  if (!client->empty()) {
    query.client = IpAddress::Parse(*client);
    if (!query.client.has_value()) return WrongValue("client", *client, "an address");
  }
  if (query.server.has_value() || query.client.has_value()) query.limit = kMaxHistoryEdgesListed;
  if (absl::Status limit = ParseLimit(request, kMaxHistoryEdgesListed, &query.limit); !limit.ok()) return limit;
  const absl::StatusOr<std::string> since = OnlyValue(request, "since");
  if (!since.ok()) return since.status();
  if (!since->empty()) {
    double seconds = 0;
    const char* end = since->data() + since->size();
    const auto [parsed_to, error] = std::from_chars(since->data(), end, seconds);
    constexpr double kMostSeconds = 9e9;  // in nanoseconds, that fits into 64 bits
    if (error != std::errc() || parsed_to != end || !(seconds >= 0 && seconds <= kMostSeconds)) {
      return WrongValue("since", *since, "a number of seconds since 1970, such as 1700000000.5");
    }
    query.since_ns = static_cast<int64_t>(seconds * kNanosecondsPerSecond);
  }
  return query;
}

std::optional<std::string> HistoryJson(const HistoryView& history, const Snapshot& snapshot, const HistoryQuery& query,
                                       const std::string& agent, absl::FunctionRef<bool()> must_stop) {
  const Part part = Since(history, query.since_ns);
  const absl::Span<const HistorySecond> seconds = part.seconds();
  const auto is_wanted = [&query](const HistoryEdge& edge) {
    return (!query.server.has_value() || edge.key.server == *query.server) &&
           (!query.client.has_value() || edge.key.client == *query.client);
  };
  std::vector<bool> matches;
  for (const HistoryEdge& edge : history.edges()) matches.push_back(is_wanted(edge));
  const std::vector<size_t> edges = query.limit > 0 ? HeaviestEdges(part, matches, query.limit) : std::vector<size_t>();
  if (must_stop()) return std::nullopt;

  constexpr size_t kFrameBytes = 2048;
  constexpr size_t kTimeBytes = 21;
  JsonWriter writer(
      std::min(kMostHistoryBytes, kFrameBytes + seconds.size() * (kTimeBytes + (edges.size() + 2) * kSecondBytes)));
  const int64_t stepped_ns = history.clock_stepped_ns();
  int64_t begin_ns = snapshot.capture_start_time_ns;
  if (!seconds.empty()) {
    begin_ns = seconds.front().begin_ns + stepped_ns;
  } else if (!history.seconds().empty()) {
    begin_ns = history.seconds().back().end_ns + stepped_ns;
  }
  writer.Raw("{\"agent\":").Raw(JsonString(agent));
  writer.Raw(",\"capture_start_time\":").Seconds(snapshot.capture_start_time_ns);
  writer.Raw(",\"begin_time\":").Seconds(begin_ns).Raw(",");
  WriteArray(
      "end_times", seconds.size(), [&](size_t i) { writer.Seconds(seconds[i].end_ns + stepped_ns); }, &writer);
  writer.Raw(",\"before\":");
  WriteBefore(part, &writer);
  writer.Raw(",\"totals\":{");
  WriteSeries(
      seconds.size(), /*is_short=*/false, [&](size_t i) { return &seconds[i].totals; }, &writer);
  writer.Raw("}");
  if (query.server.has_value() || query.client.has_value()) {
    const std::vector<HistoryCounts> sum = history.SumOf(is_wanted);
    writer.Raw(",\"matching\":{");
    WriteSeries(
        seconds.size(), /*is_short=*/false, [&](size_t i) { return &sum[part.begin + i]; }, &writer);
    const std::vector<ResponseCounts> response_times = history.ResponseTimesOf(is_wanted);
    WriteResponseTimes(absl::MakeConstSpan(response_times).subspan(part.begin), &writer);
    writer.Raw("}");
  }
  writer.Raw(",\"edges\":[");
  for (size_t i = 0; i < edges.size(); i += kEdgesAtATime) {
    if (must_stop()) return std::nullopt;
    if (writer.size() > kMostHistoryBytes) break;
    writer.Raw(i == 0 ? "\n" : ",\n");
    if (!WriteEdges(part, absl::MakeConstSpan(edges).subspan(i, kEdgesAtATime), snapshot.edges, &writer)) break;
  }
  return writer.Raw("]}\n").Take();
}

}  // namespace tcpgauge
