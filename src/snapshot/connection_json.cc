// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/connection_json.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "src/base/json_string.h"
#include "src/naming/identity_text.h"

namespace tcpgauge {
namespace {

// Each name holds its comma, quotes and colon, so that one append writes it.
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

void WriteCounters(const DirectionNames& names, const DirectionSummary& sent, JsonWriter* writer) {
  writer->Raw(names.packets).Value(sent.packets);
  writer->Raw(names.payload_bytes).Value(sent.payload_bytes);
  writer->Raw(names.ip_bytes).Value(sent.ip_bytes);
  writer->Raw(names.retransmitted).Value(sent.retransmitted_segments);
  writer->Raw(names.out_of_order).Value(sent.out_of_order_segments);
  writer->Raw(names.zero_windows).Value(sent.zero_windows);
}

// Writes an object whose end the caller writes, because more members may follow.
void BeginEndpoint(const Endpoint& endpoint, JsonWriter* writer) {
  writer->Raw("{\"address\":\"").Raw(endpoint.address.ToString());
  writer->Raw("\",\"port\":").Value(endpoint.port);
}

// `before` is a member's name with quotes, a comma in front and a colon and a quote behind. `name` needs no escapes,
// because it follows IsName() and may have kGuessMark behind it.
void WriteName(std::string_view before, std::string_view name, JsonWriter* writer) {
  if (!name.empty()) writer->Raw(before).Raw(name).Raw("\"");
}

void WriteEnd(const Endpoint& endpoint, const IdentityRef& identity, JsonWriter* writer) {
  BeginEndpoint(endpoint, writer);
  WriteIdentity(identity, writer);
  writer->Raw("}");
}

}  // namespace

void WriteEnds(const ConnectionSummary& connection, const IdentityRef& client, const IdentityRef& server,
               JsonWriter* writer) {
  writer->Raw("\"client\":");
  WriteEnd(connection.client, client, writer);
  writer->Raw(",\"server\":");
  WriteEnd(connection.server, server, writer);
  writer->Raw(",\"role\":\"").Raw(RoleName(connection.role)).Raw("\"");
}

void WriteIdentity(const IdentityRef& ref, JsonWriter* writer) {
  if (ref == nullptr) return;
  const EndIdentity& identity = ref->identity;
  WriteName(",\"namespace\":\"", identity.namespace_name, writer);
  WriteName(",\"workload\":\"", identity.workload, writer);
  WriteName(",\"workload_kind\":\"", WorkloadKindText(identity), writer);
  WriteName(",\"pod\":\"", identity.pod, writer);
  WriteName(",\"container\":\"", identity.container, writer);
  WriteName(",\"service_name\":\"", identity.service, writer);
  WriteName(",\"node\":\"", identity.node, writer);
  WriteName(",\"zone\":\"", identity.zone, writer);
  if (identity.comm.empty()) return;
  writer->Raw(",\"comm\":").Raw(JsonString(std::string_view(identity.comm).substr(0, kMaxCommBytes)));
}

size_t IdentityJsonBytes(const IdentityRef& ref) {
  if (ref == nullptr) return 0;
  constexpr size_t kMembersBytes = 160;  // names of members and all quotes, commas and colons
  constexpr size_t kEscapedBytes = 6;    // of one byte of a text: \u00NN
  const EndIdentity& identity = ref->identity;
  return kMembersBytes + identity.namespace_name.size() + identity.workload.size() + identity.workload_kind.size() +
         kGuessMark.size() + identity.pod.size() + identity.container.size() + identity.service.size() +
         identity.node.size() + identity.zone.size() + std::min(identity.comm.size(), kMaxCommBytes) * kEscapedBytes;
}

void WriteEndpoint(const Endpoint& endpoint, JsonWriter* writer) {
  BeginEndpoint(endpoint, writer);
  writer->Raw("}");
}

void WriteService(const ConnectionSummary& connection, JsonWriter* writer) {
  if (connection.service == connection.server) return;
  writer->Raw(",\"service\":");
  WriteEndpoint(connection.service, writer);
}

void WriteViews(absl::Span<const ConnectionView> views,
                absl::FunctionRef<const Encapsulation&(size_t)> encapsulation_of, JsonWriter* writer) {
  if (views.empty()) return;
  writer->Raw(",\"views\":[");
  for (size_t i = 0; i < views.size(); ++i) {
    writer->Raw(i > 0 ? ",{\"client\":" : "{\"client\":");
    WriteEndpoint(views[i].client, writer);
    writer->Raw(",\"server\":");
    WriteEndpoint(views[i].server, writer);
    WriteEncapsulation(encapsulation_of(i), writer);
    writer->Raw("}");
  }
  writer->Raw("]");
}

void WriteInterface(std::string_view quoted_name, JsonWriter* writer) {
  writer->Raw(",\"interface\":").Raw(quoted_name);
}

void WriteEncapsulation(const Encapsulation& encapsulation, JsonWriter* writer) {
  writer->Raw(",\"vlans\":[");
  for (size_t i = 0; i < encapsulation.vlan_count; ++i) {
    writer->Raw(i > 0 ? "," : "").Value(encapsulation.vlans[i]);
  }
  writer->Raw("],\"tunnels\":[");
  for (size_t i = 0; i < encapsulation.tunnel_count; ++i) {
    const Tunnel& tunnel = encapsulation.tunnels[i];
    writer->Raw(i > 0 ? ",{\"type\":\"" : "{\"type\":\"").Raw(TunnelTypeName(tunnel.type)).Raw("\",\"id\":");
    if (tunnel.has_id) {
      writer->Value(tunnel.id);
    } else {
      writer->Raw("null");
    }
    writer->Raw("}");
  }
  writer->Raw("]");
}

void WriteState(ConnectionState state, JsonWriter* writer) {
  writer->Raw(",\"state\":\"").Raw(ConnectionStateName(state)).Raw("\"");
}

void WriteDuration(std::string_view member, int64_t nanoseconds, JsonWriter* writer) {
  writer->Raw(member);
  if (nanoseconds == ConnectionSummary::kUnknown) {
    writer->Raw("null");
  } else {
    writer->Seconds(nanoseconds);
  }
}

void WriteMinRttHalves(const ConnectionSummary& connection, JsonWriter* writer) {
  WriteDuration(",\"server_min_rtt_seconds\":", connection.server_min_rtt_ns, writer);
  WriteDuration(",\"client_min_rtt_seconds\":", connection.client_min_rtt_ns, writer);
}

void WriteResponses(const ConnectionSummary& connection, JsonWriter* writer) {
  writer->Raw(",\"responses\":").Value(connection.responses);
  WriteDuration(",\"response_seconds\":", connection.response_ns, writer);
}

void WriteSent(const ConnectionSummary& connection, JsonWriter* writer) {
  WriteCounters(kClientNames, connection.client_sent, writer);
  WriteCounters(kServerNames, connection.server_sent, writer);
}

void WriteSentWithRates(const ConnectionSummary& connection, JsonWriter* writer) {
  WriteCounters(kClientNames, connection.client_sent, writer);
  writer->Raw(kClientNames.rate);
  WriteRate(connection.client_sent.payload_bytes_per_second, writer);
  WriteCounters(kServerNames, connection.server_sent, writer);
  writer->Raw(kServerNames.rate);
  WriteRate(connection.server_sent.payload_bytes_per_second, writer);
}

void WriteRate(double bytes_per_second, JsonWriter* writer) { writer->Value(std::round(bytes_per_second * 10) / 10); }

}  // namespace tcpgauge
