// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/connections_json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "src/base/clock.h"
#include "src/base/json_string.h"

namespace tcpgauge {
namespace {

// Of one JSON text.
class Writer {
 public:
  // `reserve_bytes` that the text will take, about.
  explicit Writer(size_t reserve_bytes) { text_.reserve(reserve_bytes); }

  Writer& Raw(std::string_view text) {
    text_ += text;
    return *this;
  }

  template <typename Number>
  Writer& Value(Number number) {
    char buffer[32];
    text_.append(buffer, std::to_chars(buffer, buffer + sizeof(buffer), number).ptr);
    return *this;
  }

  // To a tenth of a byte: what lies below is noise of the averages.
  Writer& Rate(double bytes_per_second) { return Value(std::round(bytes_per_second * 10) / 10); }

  // Exact, where a double would round the nanoseconds of today's dates away.
  Writer& Seconds(int64_t nanoseconds) {
    if (nanoseconds < 0) {
      text_ += '-';
      nanoseconds = -nanoseconds;
    }
    Value(nanoseconds / kNanosecondsPerSecond);
    char digits[] = ".000000000";
    int64_t fraction = nanoseconds % kNanosecondsPerSecond;
    for (int i = 9; i > 0; --i, fraction /= 10) digits[i] = static_cast<char>('0' + fraction % 10);
    text_ += digits;
    return *this;
  }

  Writer& SecondsOrNull(int64_t nanoseconds) {
    return nanoseconds == ConnectionView::kUnknown ? Raw("null") : Seconds(nanoseconds);
  }

  Writer& End(const Endpoint& endpoint) {
    return Raw("{\"address\":\"").Raw(endpoint.address.ToString()).Raw("\",\"port\":").Value(endpoint.port).Raw("}");
  }

  std::string Take() { return std::move(text_); }

 private:
  std::string text_;
};

// The members that tell one encapsulation; the same for many connections.
std::string EncapsulationMembers(const Encapsulation& encapsulation) {
  std::string vlans, tunnels;
  for (size_t i = 0; i < encapsulation.vlan_count; ++i) {
    absl::StrAppend(&vlans, i > 0 ? "," : "", encapsulation.vlans[i]);
  }
  for (size_t i = 0; i < encapsulation.tunnel_count; ++i) {
    const Tunnel& tunnel = encapsulation.tunnels[i];
    absl::StrAppend(&tunnels, i > 0 ? "," : "", "{\"type\":", JsonString(TunnelTypeName(tunnel.type)),
                    ",\"id\":", tunnel.has_id ? absl::StrCat(tunnel.id) : "null", "}");
  }
  return absl::StrCat(",\"vlans\":[", vlans, "],\"tunnels\":[", tunnels, "]");
}

struct DirectionNames {
  std::string_view packets, payload_bytes, ip_bytes, retransmitted, out_of_order, zero_windows, rate;
};
constexpr DirectionNames kClientNames = {",\"client_packets\":",
                                         ",\"client_payload_bytes\":",
                                         ",\"client_ip_bytes\":",
                                         ",\"client_retransmitted_segments\":",
                                         ",\"client_out_of_order_segments\":",
                                         ",\"client_zero_windows\":",
                                         ",\"client_payload_bytes_per_second\":"};
constexpr DirectionNames kServerNames = {",\"server_packets\":",
                                         ",\"server_payload_bytes\":",
                                         ",\"server_ip_bytes\":",
                                         ",\"server_retransmitted_segments\":",
                                         ",\"server_out_of_order_segments\":",
                                         ",\"server_zero_windows\":",
                                         ",\"server_payload_bytes_per_second\":"};

void WriteDirection(const DirectionNames& names, const DirectionView& sent, Writer* writer) {
  writer->Raw(names.packets).Value(sent.packets);
  writer->Raw(names.payload_bytes).Value(sent.payload_bytes);
  writer->Raw(names.ip_bytes).Value(sent.ip_bytes);
  writer->Raw(names.retransmitted).Value(sent.retransmitted_segments);
  writer->Raw(names.out_of_order).Value(sent.out_of_order_segments);
  writer->Raw(names.zero_windows).Value(sent.zero_windows);
  writer->Raw(names.rate).Rate(sent.payload_bytes_per_second);
}

void WriteSum(const ConnectionSum& sum, Writer* writer) {
  writer->Raw("{\"connections\":").Value(sum.connections);
  writer->Raw(",\"client_payload_bytes\":").Value(sum.measures.up_bytes);
  writer->Raw(",\"server_payload_bytes\":").Value(sum.measures.down_bytes);
  writer->Raw(",\"retransmitted_segments\":").Value(sum.measures.retransmitted_segments);
  writer->Raw(",\"client_payload_bytes_per_second\":").Rate(sum.measures.up_bytes_per_second);
  writer->Raw(",\"server_payload_bytes_per_second\":").Rate(sum.measures.down_bytes_per_second).Raw("}");
}

// What connections have in common, as text.
struct Shared {
  std::vector<std::string> interfaces;      // quoted names
  std::vector<std::string> encapsulations;  // members

  explicit Shared(const Snapshot& snapshot) {
    for (const InterfaceView& interface : snapshot.interfaces) interfaces.push_back(JsonString(interface.name));
    for (const Encapsulation& encapsulation : snapshot.encapsulations) {
      encapsulations.push_back(EncapsulationMembers(encapsulation));
    }
  }
  std::string_view InterfaceOf(const ConnectionView& connection) const {
    return connection.interface < interfaces.size() ? std::string_view(interfaces[connection.interface]) : "\"\"";
  }
};

void WriteConnection(const Snapshot& snapshot, const ConnectionView& connection, const Shared& shared, Writer* writer) {
  writer->Raw("{\"id\":\"").Value(connection.id).Raw("\",\"client\":").End(connection.client);
  writer->Raw(",\"server\":").End(connection.server);
  writer->Raw(",\"role\":\"").Raw(RoleName(connection.role));
  writer->Raw("\",\"state\":\"").Raw(ConnectionStateName(connection.state));
  writer->Raw("\",\"interface\":").Raw(shared.InterfaceOf(connection));
  writer->Raw(shared.encapsulations[connection.encapsulation]);
  writer->Raw(",\"start_time\":").Seconds(connection.start_time_ns + snapshot.clock_stepped_ns);
  writer->Raw(",\"last_packet_time\":").Seconds(connection.last_packet_time_ns + snapshot.clock_stepped_ns);
  // A row may be a little younger than the snapshot's time.
  writer->Raw(",\"idle_seconds\":").Seconds(std::max<int64_t>(snapshot.time_ns - connection.last_packet_time_ns, 0));
  writer->Raw(",\"handshake_rtt_seconds\":").SecondsOrNull(connection.handshake_rtt_ns);
  writer->Raw(",\"rtt_seconds\":").SecondsOrNull(connection.rtt_ns);
  writer->Raw(",\"window_payload_bytes\":").Value(connection.window_payload_bytes);
  WriteDirection(kClientNames, connection.client_sent, writer);
  WriteDirection(kServerNames, connection.server_sent, writer);
  writer->Raw("}");
}

void WriteInterfaces(const Snapshot& snapshot, const Shared& shared, Writer* writer) {
  writer->Raw("[");
  for (size_t i = 0; i < snapshot.interfaces.size(); ++i) {
    const InterfaceView& interface = snapshot.interfaces[i];
    writer->Raw(i > 0 ? ",{\"name\":" : "{\"name\":").Raw(shared.interfaces[i]);
    writer->Raw(",\"up\":").Raw(interface.up ? "true" : "false");
    writer->Raw(",\"dropped_packets\":").Value(interface.dropped_packets).Raw("}");
  }
  writer->Raw("]");
}

absl::Status Wrong(std::string_view parameter, std::string_view value, const std::string& right) {
  return absl::InvalidArgumentError(absl::StrCat(std::string(parameter), ": ", JsonString(value), " is not ", right));
}

}  // namespace

absl::StatusOr<ConnectionQuery> ParseConnectionQuery(const HttpRequest& request) {
  ConnectionQuery query;
  const std::string sort = request.QueryParameter("sort").value_or("");
  if (!sort.empty()) {
    query.reverse = sort.front() == '-';
    const auto parsed = ParseConnectionSort(std::string_view(sort).substr(query.reverse ? 1 : 0));
    if (!parsed.has_value()) {
      return Wrong("sort", sort, absl::StrCat("one of ", ConnectionSortNames(), ", with a - before it to reverse"));
    }
    query.sort = *parsed;
  }
  const std::string limit = request.QueryParameter("limit").value_or("");
  if (!limit.empty()) {
    const char* end = limit.data() + limit.size();
    const auto [parsed_to, error] = std::from_chars(limit.data(), end, query.limit);
    if (error != std::errc() || parsed_to != end || query.limit > kMaxConnectionsListed) {
      return Wrong("limit", limit, absl::StrCat("a number from 0 to ", kMaxConnectionsListed));
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
  Writer writer((chosen.indexes.size() + 1) * kConnectionBytes);
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
