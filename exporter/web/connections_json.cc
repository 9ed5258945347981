// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/connections_json.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "src/base/json_string.h"
#include "src/base/json_writer.h"
#include "src/snapshot/connection_json.h"

namespace tcpgauge {
namespace {

void WriteSum(const ConnectionSum& sum, JsonWriter* writer) {
  writer->Raw("{\"connections\":").Value(sum.connections);
  writer->Raw(",\"client_payload_bytes\":").Value(sum.measures.up_bytes);
  writer->Raw(",\"server_payload_bytes\":").Value(sum.measures.down_bytes);
  writer->Raw(",\"retransmitted_segments\":").Value(sum.measures.retransmitted_segments);
  writer->Raw(",\"client_payload_bytes_per_second\":");
  WriteRate(sum.measures.up_bytes_per_second, writer);
  writer->Raw(",\"server_payload_bytes_per_second\":");
  WriteRate(sum.measures.down_bytes_per_second, writer);
  writer->Raw("}");
}

// Texts that connections share, rendered once.
struct Shared {
  std::vector<std::string> interfaces;      // names as JSON strings
  std::vector<std::string> encapsulations;  // JSON members

  explicit Shared(const Snapshot& snapshot) {
    for (const InterfaceView& interface : snapshot.interfaces) interfaces.push_back(JsonString(interface.name));
    for (const Encapsulation& encapsulation : snapshot.encapsulations) {
      JsonWriter writer(64);
      WriteEncapsulation(encapsulation, &writer);
      encapsulations.push_back(writer.Take());
    }
  }
  std::string_view InterfaceOf(const ConnectionSummary& connection) const {
    return connection.interface < interfaces.size() ? std::string_view(interfaces[connection.interface]) : "\"\"";
  }
};

void WriteConnection(const Snapshot& snapshot, const ConnectionSummary& connection, const Shared& shared,
                     JsonWriter* writer) {
  writer->Raw("{\"id\":\"").Value(connection.id).Raw("\",");
  WriteEnds(connection, writer);
  WriteState(connection.state, writer);
  WriteInterface(shared.InterfaceOf(connection), writer);
  writer->Raw(shared.encapsulations[connection.encapsulation]);
  writer->Raw(",\"start_time\":").Seconds(connection.start_time_ns + snapshot.clock_stepped_ns);
  writer->Raw(",\"last_packet_time\":").Seconds(connection.last_packet_time_ns + snapshot.clock_stepped_ns);
  // The last packet may be a little newer than the snapshot's time.
  writer->Raw(",\"idle_seconds\":").Seconds(std::max<int64_t>(snapshot.time_ns - connection.last_packet_time_ns, 0));
  WriteDuration(",\"handshake_rtt_seconds\":", connection.handshake_rtt_ns, writer);
  WriteDuration(",\"rtt_seconds\":", connection.rtt_ns, writer);
  writer->Raw(",\"window_payload_bytes\":").Value(connection.window_payload_bytes);
  WriteSentWithRates(connection, writer);
  writer->Raw("}");
}

void WriteInterfaces(const Snapshot& snapshot, const Shared& shared, JsonWriter* writer) {
  writer->Raw("[");
  for (size_t i = 0; i < snapshot.interfaces.size(); ++i) {
    const InterfaceView& interface = snapshot.interfaces[i];
    writer->Raw(i > 0 ? ",{\"name\":" : "{\"name\":").Raw(shared.interfaces[i]);
    writer->Raw(",\"up\":").Raw(interface.up ? "true" : "false");
    writer->Raw(",\"dropped_packets\":").Value(interface.dropped_packets).Raw("}");
  }
  writer->Raw("]");
}

absl::Status WrongValue(std::string_view parameter, std::string_view value, const std::string& expected) {
  return absl::InvalidArgumentError(
      absl::StrCat(std::string(parameter), ": ", JsonString(value), " is not ", expected));
}

}  // namespace

absl::StatusOr<ConnectionQuery> ParseConnectionQuery(const HttpRequest& request) {
  ConnectionQuery query;
  const std::string sort = request.QueryParameter("sort").value_or("");
  if (!sort.empty()) {
    query.reverse = sort.front() == '-';
    const auto parsed = ParseConnectionSort(std::string_view(sort).substr(query.reverse ? 1 : 0));
    if (!parsed.has_value()) {
      return WrongValue("sort", sort,
                        absl::StrCat("one of ", ConnectionSortNames(), ", with a - before it to reverse"));
    }
    query.sort = *parsed;
  }
  const std::string limit = request.QueryParameter("limit").value_or("");
  if (!limit.empty()) {
    const char* end = limit.data() + limit.size();
    const auto [parsed_to, error] = std::from_chars(limit.data(), end, query.limit);
    if (error != std::errc() || parsed_to != end || query.limit > kMaxConnectionsListed) {
      return WrongValue("limit", limit, absl::StrCat("a number from 0 to ", kMaxConnectionsListed));
    }
  }
  query.filter = request.QueryParameter("filter").value_or("");
  const absl::StatusOr<Filter> filter = Filter::Parse(query.filter);
  if (!filter.ok()) return filter.status();
  return query;
}

std::string ConnectionsJson(const Snapshot& snapshot, const ConnectionQuery& query, const std::string& agent) {
  constexpr size_t kConnectionBytes = 900;
  const ChosenConnections chosen = ChooseConnections(snapshot, Filter::Parse(query.filter).value_or(Filter()),
                                                     query.sort, query.reverse, query.limit);
  const Shared shared(snapshot);
  JsonWriter writer((chosen.indexes.size() + 1) * kConnectionBytes);
  writer.Raw("{\"agent\":").Raw(JsonString(agent));
  writer.Raw(",\"sequence\":").Value(snapshot.sequence);
  writer.Raw(",\"time\":").Seconds(snapshot.time_ns + snapshot.clock_stepped_ns);
  writer.Raw(",\"capture_start_time\":").Seconds(snapshot.capture_start_time_ns);
  writer.Raw(",\"rate_window_seconds\":").Value(snapshot.rate_window_seconds);
  writer.Raw(",\"interfaces\":");
  WriteInterfaces(snapshot, shared, &writer);
  writer.Raw(",\"connections_in_all\":").Value(snapshot.connections.size() + snapshot.connections_not_listed);
  writer.Raw(",\"totals\":{\"client_payload_bytes\":").Value(snapshot.totals.client_payload_bytes);
  writer.Raw(",\"server_payload_bytes\":").Value(snapshot.totals.server_payload_bytes);
  writer.Raw("},\"matching\":");
  WriteSum(chosen.matching, &writer);
  writer.Raw(",\"connections\":[");
  bool first = true;
  for (const uint32_t index : chosen.indexes) {
    writer.Raw(first ? "\n" : ",\n");
    WriteConnection(snapshot, snapshot.connections[index], shared, &writer);
    first = false;
  }
  return writer.Raw("]}\n").Take();
}

}  // namespace tcpgauge
