// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/connections_json.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "exporter/web/answer_head.h"
#include "exporter/web/query_parameters.h"
#include "src/base/json_string.h"
#include "src/base/json_writer.h"
#include "src/flow/connection_view.h"
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

// Returns the names of the interfaces as JSON strings, rendered once for all connections.
std::vector<std::string> InterfaceNames(const Snapshot& snapshot) {
  std::vector<std::string> names;
  names.reserve(snapshot.interfaces.size());
  for (const InterfaceView& interface : snapshot.interfaces) names.push_back(JsonString(interface.name));
  return names;
}

void WriteConnection(const Snapshot& snapshot, const ConnectionSummary& connection,
                     const std::vector<std::string>& interface_names, JsonWriter* writer) {
  writer->Raw("{\"id\":\"").Value(connection.id).Raw("\",");
  WriteEnds(connection, snapshot.identities[connection.client_identity],
            snapshot.identities[connection.server_identity], writer);
  WriteService(connection, writer);
  WriteState(connection.state, writer);
  WriteInterface(connection.interface < interface_names.size() ? interface_names[connection.interface] : "\"\"",
                 writer);
  WriteEncapsulation(snapshot.encapsulations[connection.encapsulation], writer);
  const absl::Span<const ConnectionView> views = snapshot.views_of(connection);
  WriteViews(
      views, [&](size_t i) -> const Encapsulation& { return snapshot.encapsulations[views[i].encapsulation]; }, writer);
  writer->Raw(",\"start_time\":").Seconds(connection.start_time_ns + snapshot.clock_stepped_ns);
  writer->Raw(",\"last_packet_time\":").Seconds(connection.last_packet_time_ns + snapshot.clock_stepped_ns);
  // The last packet may be a little newer than the snapshot's time.
  writer->Raw(",\"idle_seconds\":").Seconds(std::max<int64_t>(snapshot.time_ns - connection.last_packet_time_ns, 0));
  WriteDuration(",\"handshake_rtt_seconds\":", connection.handshake_rtt_ns, writer);
  WriteDuration(",\"rtt_seconds\":", connection.rtt_ns, writer);
  WriteDuration(",\"min_rtt_seconds\":", connection.min_rtt_ns(), writer);
  WriteMinRttHalves(connection, writer);
  WriteResponses(connection, writer);
  writer->Raw(",\"window_payload_bytes\":").Value(connection.window_payload_bytes);
  WriteSentWithRates(connection, writer);
  writer->Raw("}");
}

void WriteInterfaces(const Snapshot& snapshot, const std::vector<std::string>& names, JsonWriter* writer) {
  writer->Raw("[");
  bool first = true;
  for (size_t i = 0; i < snapshot.interfaces.size(); ++i) {
    const InterfaceView& interface = snapshot.interfaces[i];
    if (interface.is_forgotten) continue;
    writer->Raw(first ? "{\"name\":" : ",{\"name\":").Raw(names[i]);
    first = false;
    writer->Raw(",\"up\":").Raw(interface.up ? "true" : "false");
    writer->Raw(",\"dropped_packets\":").Value(interface.dropped_packets).Raw("}");
  }
  writer->Raw("]");
}

// Returns the most bytes that an answer with the connections at `indexes` has. To reserve them costs only address space
// until they are written. A string that had to grow would exist twice while it is copied.
size_t MostBytes(const Snapshot& snapshot, const std::vector<uint32_t>& indexes,
                 const std::vector<std::string>& interface_names) {
  constexpr size_t kInterfaceBytes = 96;  // an element of "interfaces", without the name
  // An element of "connections", without the interface's name, the names of the ends, the service and the views.
  constexpr size_t kConnectionBytes = 1504;
  size_t longest_name = 0;
  size_t bytes = kAnswerFrameJsonBytes;
  for (const std::string& name : interface_names) {
    longest_name = std::max(longest_name, name.size());
    bytes += kInterfaceBytes + name.size();
  }
  for (const uint32_t index : indexes) {
    const ConnectionSummary& connection = snapshot.connections[index];
    bytes += kConnectionBytes + longest_name + connection.view_count * kViewJsonBytes;
    bytes += IdentityJsonBytes(snapshot.identities[connection.client_identity]);
    bytes += IdentityJsonBytes(snapshot.identities[connection.server_identity]);
    if (connection.view_count > 0 || connection.service != connection.server) bytes += kServiceJsonBytes;
  }
  return bytes;
}

}  // namespace

absl::StatusOr<ConnectionQuery> ParseConnectionQuery(const HttpRequest& request) {
  ConnectionQuery query;
  const absl::StatusOr<SortParameter> sort = ParseSort(request);
  if (!sort.ok()) return sort.status();
  if (!sort->name.empty() || sort->reverse) {
    const std::optional<ConnectionSort> parsed = ParseConnectionSort(sort->name);
    if (!parsed.has_value()) return WrongSort(*sort, ConnectionSortNames());
    query.sort = *parsed;
    query.reverse = sort->reverse;
  }
  if (absl::Status limit = ParseLimit(request, kMaxConnectionsListed, &query.limit); !limit.ok()) return limit;
  absl::StatusOr<std::string> filter = OnlyValue(request, "filter");
  if (!filter.ok()) return filter.status();
  query.filter = *std::move(filter);
  if (const absl::Status parsed = Filter::Parse(query.filter).status(); !parsed.ok()) return parsed;
  return query;
}

std::string ConnectionsJson(const Snapshot& snapshot, const ConnectionQuery& query, const std::string& agent) {
  return *ConnectionsJson(snapshot, query, agent, [] { return false; });
}

std::optional<std::string> ConnectionsJson(const Snapshot& snapshot, const ConnectionQuery& query,
                                           const std::string& agent, absl::FunctionRef<bool()> must_stop) {
  const std::optional<ChosenConnections> chosen = ChooseConnections(
      snapshot, Filter::Parse(query.filter).value_or(Filter()), query.sort, query.reverse, query.limit, must_stop);
  if (!chosen.has_value()) return std::nullopt;
  const std::vector<std::string> interface_names = InterfaceNames(snapshot);
  JsonWriter writer(MostBytes(snapshot, chosen->indexes, interface_names));
  WriteAnswerHead(snapshot, agent, &writer);
  writer.Raw(",\"rate_window_seconds\":").Value(snapshot.rate_window_seconds);
  writer.Raw(",\"interfaces\":");
  WriteInterfaces(snapshot, interface_names, &writer);
  writer.Raw(",\"connections_in_all\":").Value(snapshot.connections.size() + snapshot.connections_not_listed);
  writer.Raw(",\"totals\":{\"client_payload_bytes\":").Value(snapshot.totals.client_payload_bytes);
  writer.Raw(",\"server_payload_bytes\":").Value(snapshot.totals.server_payload_bytes);
  writer.Raw("},\"matching\":");
  WriteSum(chosen->matching, &writer);
  writer.Raw(",\"connections\":[");
  for (size_t i = 0; i < chosen->indexes.size(); ++i) {
    if (i % kRowsBetweenStops == 0 && must_stop()) return std::nullopt;
    writer.Raw(i == 0 ? "\n" : ",\n");
    WriteConnection(snapshot, snapshot.connections[chosen->indexes[i]], interface_names, &writer);
  }
  return writer.Raw("]}\n").Take();
}

}  // namespace tcpgauge
