// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/status_json.h"

#include <nlohmann/json.hpp>

#include "src/base/json_string.h"
#include "src/base/time_units.h"
#include "src/base/utf8.h"
#include "src/flow/duplicate_kind.h"
#include "src/net/connection_state.h"
#include "src/net/protocol.h"

namespace tcpgauge {
namespace {

using Json = nlohmann::ordered_json;

Json PerProtocol(const std::array<uint64_t, kProtocolCount>& counts) {
  Json object = Json::object();
  for (size_t i = 0; i < kProtocolCount; ++i) object[std::string(kProtocolNames[i])] = counts[i];
  return object;
}

Json PerKind(const DuplicateCounts& counts) {
  Json object = Json::object();
  for (size_t i = 0; i < kDuplicateKindCount; ++i) {
    object[std::string(DuplicateKindName(static_cast<DuplicateKind>(i)))] = counts[i];
  }
  return object;
}

// Adds `counts` to `object`.
Json WithCounts(Json object, const InterfaceCounts& counts) {
  object["packets"] = PerProtocol(counts.packets);
  object["wire_bytes"] = PerProtocol(counts.wire_bytes);
  object["dropped_packets"] = counts.dropped_packets;
  object["duplicate_packets"] = PerKind(counts.duplicate_packets);
  return object;
}

Json Interfaces(const Snapshot& snapshot) {
  Json list = Json::array();
  for (const InterfaceView& interface : snapshot.interfaces) {
    if (interface.is_forgotten) continue;
    list.push_back(WithCounts({{"name", ToValidUtf8(interface.name)}, {"up", interface.up}}, interface));
  }
  return list;
}

Json RetiredInterfaces(const Snapshot& snapshot) {
  InterfaceCounts counts = snapshot.retired_interfaces;
  counts.Add(snapshot.other_interfaces);
  return WithCounts(Json::object(), counts);
}

Json Connections(const Snapshot& snapshot) {
  Json object = Json::object();
  for (size_t i = 0; i < kConnectionStateCount; ++i) {
    object[std::string(ConnectionStateName(static_cast<ConnectionState>(i)))] = snapshot.totals.connections[i];
  }
  return object;
}

Json Counts(const std::vector<NamedCount>& counts) {
  Json object = Json::object();
  for (const NamedCount& count : counts) object[std::string(count.name)] = count.count;
  return object;
}

}  // namespace

std::string StatusJson(const Snapshot& snapshot, const BuildInfo& build, const AgentLimits& limits,
                       const EffectiveFlags& flags, std::string_view capture_filter) {
  Json options = Json::object();
  for (const auto& [name, value] : flags) options[name] = ToValidUtf8(value);
  const Json status = {
      {"version", build.version},
      {"revision", build.revision},
      {"snapshot", snapshot.sequence},
      {"time", ToSeconds(snapshot.time_ns + snapshot.clock_stepped_ns)},
      {"capture_start_time", ToSeconds(snapshot.capture_start_time_ns)},
      {"rate_window_seconds", snapshot.rate_window_seconds},
      {"capture_filter", ToValidUtf8(capture_filter)},
      {"interfaces", Interfaces(snapshot)},
      {"retired_interfaces", RetiredInterfaces(snapshot)},
      {"decode_errors", Counts(snapshot.decode_errors)},
      {"overflows", Counts(snapshot.overflows)},
      {"connections", Connections(snapshot)},
      {"limits",
       {{"max_connections", limits.max_connections},
        {"series_limit", limits.series_limit},
        {"metrics_connections", limits.metrics_connections},
        {"metrics_edges", limits.metrics_edges},
        {"response_bytes", limits.response_bytes},
        {"listed_connections", limits.listed_connections},
        {"named_endpoints", limits.named_endpoints},
        {"http_connections", limits.http_connections},
        {"max_memory_bytes", limits.max_memory_bytes == 0 ? Json() : Json(limits.max_memory_bytes)},
        {"planned_memory_bytes", limits.planned_memory_bytes}}},
      {"flags", options},
  };
  return EscapeControls(status.dump(2)) + "\n";
}

}  // namespace tcpgauge
