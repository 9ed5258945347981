// SPDX-License-Identifier: Apache-2.0
#include "src/attach/snapshot_from_json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/status/status.h"
#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

using Json = nlohmann::json;

// Reads the members of one JSON object. A member that is missing or has another type counts as null, empty or 0.
class Members {
 public:
  explicit Members(const Json& object) : object_(object) {}

  const Json& Get(const char* name) const {
    static const Json nothing;
    if (!object_.is_object()) return nothing;
    const auto found = object_.find(name);
    return found == object_.end() ? nothing : *found;
  }
  std::string Text(const char* name) const {
    const Json& value = Get(name);
    return value.is_string() ? value.get_ref<const std::string&>() : std::string();
  }
  uint64_t Count(const char* name) const {
    const Json& value = Get(name);
    return value.is_number_unsigned() ? value.get<uint64_t>() : 0;
  }
  uint64_t Count(const std::string& who, const char* what) const { return Count((who + what).c_str()); }
  uint32_t SmallCount(const std::string& who, const char* what) const {
    return static_cast<uint32_t>(std::min<uint64_t>(Count(who, what), UINT32_MAX));
  }
  double Number(const char* name) const {
    const Json& value = Get(name);
    return value.is_number() ? value.get<double>() : 0;
  }
  // Converts seconds to nanoseconds. Returns `unknown` when the member is not a number or does not fit.
  int64_t Nanoseconds(const char* name, int64_t unknown) const {
    const double nanoseconds = Get(name).is_number() ? Number(name) * kNanosecondsPerSecond : NAN;
    return std::abs(nanoseconds) < 9e18 ? static_cast<int64_t>(nanoseconds) : unknown;
  }

 private:
  const Json& object_;
};

bool ReadEndpoint(const Json& json, Endpoint* endpoint) {
  const Members members(json);
  const auto address = IpAddress::Parse(members.Text("address"));
  const uint64_t port = members.Count("port");
  if (!address.has_value() || port > UINT16_MAX) return false;
  *endpoint = {*address, static_cast<uint16_t>(port)};
  return true;
}

DirectionSummary ReadDirection(const Members& members, const std::string& who) {
  DirectionSummary sent;
  sent.packets = members.Count(who, "_packets");
  sent.payload_bytes = members.Count(who, "_payload_bytes");
  sent.ip_bytes = members.Count(who, "_ip_bytes");
  sent.retransmitted_segments = members.SmallCount(who, "_retransmitted_segments");
  sent.out_of_order_segments = members.SmallCount(who, "_out_of_order_segments");
  sent.zero_windows = members.SmallCount(who, "_zero_windows");
  sent.payload_bytes_per_second = std::max(members.Number((who + "_payload_bytes_per_second").c_str()), 0.0);
  return sent;
}

ConnectionState ReadState(const std::string& name) {
  for (size_t i = 0; i < kConnectionStateCount; ++i) {
    const auto state = static_cast<ConnectionState>(i);
    if (name == ConnectionStateName(state)) return state;
  }
  return ConnectionState::kEstablished;
}

Encapsulation ReadEncapsulation(const Members& members) {
  Encapsulation encapsulation;
  for (const Json& vlan : members.Get("vlans")) {
    if (vlan.is_number_unsigned()) encapsulation.AddVlan(static_cast<uint16_t>(vlan.get<uint64_t>() & 0xfff));
  }
  for (const Json& json : members.Get("tunnels")) {
    const Members tunnel(json);
    for (uint8_t type = 0; type < static_cast<uint8_t>(TunnelType::kCount); ++type) {
      if (tunnel.Text("type") != TunnelTypeName(static_cast<TunnelType>(type))) continue;
      encapsulation.AddTunnel({static_cast<TunnelType>(type), tunnel.Get("id").is_number_unsigned(),
                               static_cast<uint32_t>(tunnel.Count("id"))});
    }
  }
  return encapsulation;
}

bool ReadConnection(const Json& json, const std::map<std::string, uint32_t>& interfaces, Snapshot* snapshot) {
  const Members members(json);
  ConnectionSummary connection;
  const std::string id = members.Text("id");
  const char* end = id.data() + id.size();
  if (std::from_chars(id.data(), end, connection.id).ptr != end || id.empty() ||
      !ReadEndpoint(members.Get("client"), &connection.client) ||
      !ReadEndpoint(members.Get("server"), &connection.server)) {
    return false;
  }
  connection.state = ReadState(members.Text("state"));
  connection.role = members.Text("role") == RoleName(Role::kObserved) ? Role::kObserved : Role::kInferred;
  const auto interface = interfaces.find(members.Text("interface"));
  if (interface != interfaces.end()) connection.interface = interface->second;
  const Encapsulation encapsulation = ReadEncapsulation(members);
  const auto known = std::find(snapshot->encapsulations.begin(), snapshot->encapsulations.end(), encapsulation);
  connection.encapsulation = static_cast<uint32_t>(known - snapshot->encapsulations.begin());
  if (known == snapshot->encapsulations.end()) snapshot->encapsulations.push_back(encapsulation);
  connection.confirmed = true;  // an agent lists no other connections
  connection.client_sent = ReadDirection(members, "client");
  connection.server_sent = ReadDirection(members, "server");
  connection.start_time_ns = members.Nanoseconds("start_time", 0);
  connection.last_packet_time_ns = members.Nanoseconds("last_packet_time", 0);
  connection.handshake_rtt_ns = members.Nanoseconds("handshake_rtt_seconds", ConnectionSummary::kUnknown);
  connection.rtt_ns = members.Nanoseconds("rtt_seconds", ConnectionSummary::kUnknown);
  connection.window_payload_bytes = members.Count("window_payload_bytes");
  snapshot->connections.push_back(connection);
  return true;
}

// Subtracts `listed` from `all`. Stops at 0, because the parts are rounded.
void Subtract(const DirectionSummary& listed, DirectionSummary* all) {
  all->payload_bytes -= std::min(all->payload_bytes, listed.payload_bytes);
  all->payload_bytes_per_second = std::max(all->payload_bytes_per_second - listed.payload_bytes_per_second, 0.0);
}

}  // namespace

absl::StatusOr<Snapshot> SnapshotFromJson(const std::string& text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  const Members members(json);
  if (!members.Get("connections").is_array() || !members.Get("time").is_number()) {
    return absl::InvalidArgumentError("the answer is not that of a tcpgauge agent");
  }
  Snapshot snapshot;
  snapshot.agent = members.Text("agent");
  snapshot.sequence = members.Count("sequence");
  snapshot.time_ns = members.Nanoseconds("time", 0);
  snapshot.capture_start_time_ns = members.Nanoseconds("capture_start_time", 0);
  snapshot.rate_window_seconds = members.Number("rate_window_seconds");
  std::map<std::string, uint32_t> interfaces;
  for (const Json& one : members.Get("interfaces")) {
    InterfaceView interface;
    interface.name = Members(one).Text("name");
    interface.up = Members(one).Get("up") != Json(false);
    interface.dropped_packets = Members(one).Count("dropped_packets");
    interfaces.emplace(interface.name, static_cast<uint32_t>(snapshot.interfaces.size()));
    snapshot.interfaces.push_back(std::move(interface));
  }
  if (snapshot.interfaces.empty()) snapshot.interfaces.emplace_back();
  snapshot.connections.reserve(members.Get("connections").size());
  for (const Json& connection : members.Get("connections")) {
    if (!ReadConnection(connection, interfaces, &snapshot)) {
      return absl::InvalidArgumentError("the agent's answer contains a connection that cannot be read");
    }
  }
  const uint64_t in_all = members.Count("connections_in_all");
  snapshot.connections_not_listed = in_all - std::min<uint64_t>(in_all, snapshot.connections.size());
  const Members matching(members.Get("matching"));
  snapshot.not_listed_client_sent = ReadDirection(matching, "client");
  snapshot.not_listed_server_sent = ReadDirection(matching, "server");
  for (const ConnectionSummary& connection : snapshot.connections) {
    Subtract(connection.client_sent, &snapshot.not_listed_client_sent);
    Subtract(connection.server_sent, &snapshot.not_listed_server_sent);
  }
  return snapshot;
}

}  // namespace tcpgauge
