// SPDX-License-Identifier: Apache-2.0
#include "src/attach/snapshot_from_json.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "src/attach/answer_errors.h"
#include "src/attach/end_from_json.h"
#include "src/base/strings.h"
#include "src/flow/connection_view.h"
#include "src/json/json_reader.h"
#include "src/json/json_scalar.h"
#include "src/naming/end_identity.h"
#include "src/naming/identity_pool.h"

namespace tcpgauge {
namespace {

// The sums of the rates of all connections stay finite.
constexpr double kMaxRate = 1e18;
constexpr double kMaxRateWindowSeconds = 1e9;

// Takes one of the numbers of what an end sent. Returns false if `name` is none of them.
bool TakeSent(std::string_view name, const JsonScalar& value, DirectionSummary* sent) {
  if (name == "packets") {
    sent->packets = CountOf(value);
  } else if (name == "payload_bytes") {
    sent->payload_bytes = CountOf(value);
  } else if (name == "ip_bytes") {
    sent->ip_bytes = CountOf(value);
  } else if (name == "retransmitted_segments") {
    sent->retransmitted_segments = SmallCountOf(value);
  } else if (name == "out_of_order_segments") {
    sent->out_of_order_segments = SmallCountOf(value);
  } else if (name == "zero_windows") {
    sent->zero_windows = SmallCountOf(value);
  } else if (name == "payload_bytes_per_second") {
    sent->payload_bytes_per_second = NumberOf(value, kMaxRate);
  } else {
    return false;
  }
  return true;
}

// Takes what client or server sent. Returns false if `key` names something else.
bool TakeSent(std::string_view key, const JsonScalar& value, DirectionSummary* client, DirectionSummary* server) {
  constexpr std::string_view kClient = "client_", kServer = "server_";
  if (StartsWith(key, kClient)) return TakeSent(key.substr(kClient.size()), value, client);
  return StartsWith(key, kServer) && TakeSent(key.substr(kServer.size()), value, server);
}

ConnectionState StateOf(std::string_view name) {
  for (size_t i = 0; i < kConnectionStateCount; ++i) {
    const auto state = static_cast<ConnectionState>(i);
    if (name == ConnectionStateName(state)) return state;
  }
  return ConnectionState::kEstablished;
}

std::optional<TunnelType> TunnelTypeOf(std::string_view name) {
  for (uint8_t i = 0; i < static_cast<uint8_t>(TunnelType::kCount); ++i) {
    const auto type = static_cast<TunnelType>(i);
    if (name == TunnelTypeName(type)) return type;
  }
  return std::nullopt;
}

struct TunnelMembers {
  std::optional<TunnelType> type;
  std::optional<uint32_t> id;

  void Take(std::string_view key, const JsonScalar& value) {
    if (key == "type") {
      type = TunnelTypeOf(TextOf(value));
    } else if (key == "id") {
      const auto* number = std::get_if<uint64_t>(&value);
      id = number != nullptr && *number <= UINT32_MAX ? std::make_optional(static_cast<uint32_t>(*number))
                                                      : std::nullopt;
    }
  }
};

// The members that a connection and each of its views have.
struct ViewMembers {
  EndpointMembers client;
  EndpointMembers server;
  Encapsulation encapsulation;

  bool IsWhole() const { return client.IsWhole() && server.IsWhole(); }
};

// The members of a connection that are not in its summary yet.
struct ConnectionMembers {
  bool has_id = false;
  ViewMembers own;
  EndIdentity client_identity;
  EndIdentity server_identity;
  EndpointMembers service;
  std::string interface;
  std::vector<ViewMembers> views;
};

// Subtracts `listed` from `all`. Stops at 0, because the parts are rounded.
void Subtract(const DirectionSummary& listed, DirectionSummary* all) {
  all->payload_bytes -= std::min(all->payload_bytes, listed.payload_bytes);
  all->payload_bytes_per_second = std::max(all->payload_bytes_per_second - listed.payload_bytes_per_second, 0.0);
}

absl::Status UnreadableConnection() {
  return absl::InvalidArgumentError("the agent's answer contains a connection that cannot be read");
}

// Makes the snapshot while the answer is read. The agent chooses how many different names and encapsulations there are,
// so each is found by its hash.
class SnapshotMaker final : public JsonVisitor {
 public:
  explicit SnapshotMaker(size_t limit) : limit_(limit) { encapsulations_.emplace(Encapsulation(), 0); }

  absl::StatusOr<bool> Enter(std::string_view key, bool is_object) override;
  absl::Status Leave() override;
  absl::Status Take(std::string_view key, const JsonScalar& value) override;

  // Returns the snapshot of the answer that was read. Errors: it was not an answer.
  absl::StatusOr<Snapshot> Finish();

 private:
  // An object or array of the answer.
  enum class Place {
    kOutside,
    kAnswer,
    kInterfaces,
    kInterface,
    kMatching,
    kConnections,
    kConnection,
    kClient,
    kServer,
    kService,
    kViews,
    kView,
    kVlans,
    kTunnels,
    kTunnel,
  };

  Place Here() const { return places_.back(); }
  // The place of an object or array with this key; nullopt if it is unknown.
  std::optional<Place> PlaceOf(std::string_view key, bool is_object) const;
  absl::Status Begin(Place place);
  void TakeOfAnswer(std::string_view key, const JsonScalar& value);
  void TakeOfInterface(std::string_view key, const JsonScalar& value);
  void TakeOfConnection(std::string_view key, const JsonScalar& value);
  // Returns the members of the connection or view that is being read.
  ViewMembers& InView() { return in_view_ ? members_.views.back() : members_.own; }
  // Returns the index of `encapsulation` in the snapshot's list, to which it is added if it is missing.
  uint32_t EncapsulationIndex(const Encapsulation& encapsulation);
  // The same for an identity. Returns 0 if no more than the name of the process is known, or if the identities exceed
  // their bound.
  uint32_t IdentityIndex(const EndIdentity& identity);
  absl::Status EndConnection();
  // Replaces the numbers of `interface_numbers_` by indexes into the interfaces that the answer lists.
  void NumberInterfaces();

  const size_t limit_;
  Snapshot snapshot_;
  std::vector<Place> places_{Place::kOutside};
  bool has_time_ = false;
  bool has_connections_ = false;
  uint64_t connections_in_all_ = 0;
  absl::flat_hash_map<Encapsulation, uint32_t> encapsulations_;   // indexes into Snapshot::encapsulations
  absl::flat_hash_map<std::string, uint32_t> interface_numbers_;  // the interfaces that connections name
  IdentityPool pool_;  // of Snapshot::identities: the number of an identity is its index
  size_t identities_bytes_ = 0;

  // What is being read.
  InterfaceView interface_;
  ConnectionSummary connection_;
  ConnectionMembers members_;
  bool in_view_ = false;
  TunnelMembers tunnel_;
};

std::optional<SnapshotMaker::Place> SnapshotMaker::PlaceOf(std::string_view key, bool is_object) const {
  switch (Here()) {
    case Place::kOutside:
      if (is_object) return Place::kAnswer;
      break;
    case Place::kAnswer:
      if (key == "interfaces" && !is_object) return Place::kInterfaces;
      if (key == "matching" && is_object) return Place::kMatching;
      if (key == "connections" && !is_object) return Place::kConnections;
      break;
    case Place::kInterfaces:
      if (is_object) return Place::kInterface;
      break;
    case Place::kConnections:
      if (is_object) return Place::kConnection;
      break;
    case Place::kViews:
      if (is_object && members_.views.size() < ConnectionView::kMaxPerConnection) return Place::kView;
      break;
    case Place::kConnection:
      if (key == "service" && is_object) return Place::kService;
      if (key == "views" && !is_object) return Place::kViews;
      [[fallthrough]];
    case Place::kView:
      if (key == "client" && is_object) return Place::kClient;
      if (key == "server" && is_object) return Place::kServer;
      if (key == "vlans" && !is_object) return Place::kVlans;
      if (key == "tunnels" && !is_object) return Place::kTunnels;
      break;
    case Place::kTunnels:
      if (is_object) return Place::kTunnel;
      break;
    default:
      break;
  }
  return std::nullopt;
}

absl::StatusOr<bool> SnapshotMaker::Enter(std::string_view key, bool is_object) {
  const std::optional<Place> place = PlaceOf(key, is_object);
  if (!place.has_value()) {
    if (Here() == Place::kOutside) return NoAnswer();
    if (Here() == Place::kConnections) return UnreadableConnection();
    return false;
  }
  if (absl::Status status = Begin(*place); !status.ok()) return status;
  places_.push_back(*place);
  return true;
}

absl::Status SnapshotMaker::Begin(Place place) {
  switch (place) {
    case Place::kInterface:
      if (snapshot_.interfaces.size() == AnswerBounds::kInterfaces) {
        return absl::ResourceExhaustedError(
            absl::StrCat("the agent's answer lists more than ", AnswerBounds::kInterfaces, " interfaces"));
      }
      interface_ = InterfaceView();
      break;
    case Place::kConnections:
      has_connections_ = true;
      break;
    case Place::kConnection:
      if (snapshot_.connections.size() == limit_) {
        return absl::ResourceExhaustedError(
            absl::StrCat("the agent's answer lists more connections than the ", limit_, " that were asked for"));
      }
      connection_ = ConnectionSummary();
      connection_.state = StateOf("");
      connection_.confirmed = true;  // an agent lists no other connections
      members_ = ConnectionMembers();
      break;
    case Place::kClient:
      InView().client = EndpointMembers();
      if (!in_view_) members_.client_identity = EndIdentity();
      break;
    case Place::kServer:
      InView().server = EndpointMembers();
      if (!in_view_) members_.server_identity = EndIdentity();
      break;
    case Place::kService:
      members_.service = EndpointMembers();
      break;
    case Place::kViews:
      members_.views.clear();
      break;
    case Place::kView:
      members_.views.emplace_back();
      in_view_ = true;
      break;
    case Place::kVlans:
      InView().encapsulation.vlan_count = 0;
      break;
    case Place::kTunnels:
      InView().encapsulation.tunnel_count = 0;
      break;
    case Place::kTunnel:
      tunnel_ = TunnelMembers();
      break;
    default:
      break;
  }
  return absl::OkStatus();
}

absl::Status SnapshotMaker::Leave() {
  const Place left = Here();
  places_.pop_back();
  switch (left) {
    case Place::kInterface:
      snapshot_.interfaces.push_back(std::move(interface_));
      break;
    case Place::kConnection:
      return EndConnection();
    case Place::kView:
      in_view_ = false;
      break;
    case Place::kTunnel:
      if (tunnel_.type.has_value()) {
        InView().encapsulation.AddTunnel({*tunnel_.type, tunnel_.id.has_value(), tunnel_.id.value_or(0)});
      }
      break;
    default:
      break;
  }
  return absl::OkStatus();
}

absl::Status SnapshotMaker::Take(std::string_view key, const JsonScalar& value) {
  switch (Here()) {
    case Place::kOutside:
      return NoAnswer();
    case Place::kAnswer:
      TakeOfAnswer(key, value);
      break;
    case Place::kInterface:
      TakeOfInterface(key, value);
      break;
    case Place::kMatching:
      TakeSent(key, value, &snapshot_.not_listed_client_sent, &snapshot_.not_listed_server_sent);
      break;
    case Place::kConnections:
      return UnreadableConnection();
    case Place::kConnection:
      TakeOfConnection(key, value);
      break;
    case Place::kClient:
      InView().client.Take(key, value);
      if (!in_view_) TakeIdentity(key, value, &members_.client_identity);
      break;
    case Place::kServer:
      InView().server.Take(key, value);
      if (!in_view_) TakeIdentity(key, value, &members_.server_identity);
      break;
    case Place::kService:
      members_.service.Take(key, value);
      break;
    case Place::kVlans:
      if (const uint64_t vlan = CountOf(value); vlan > 0 && vlan < 4096) {
        InView().encapsulation.AddVlan(static_cast<uint16_t>(vlan));
      }
      break;
    case Place::kTunnel:
      tunnel_.Take(key, value);
      break;
    case Place::kInterfaces:
    case Place::kViews:
    case Place::kView:
    case Place::kTunnels:
      break;
  }
  return absl::OkStatus();
}

void SnapshotMaker::TakeOfAnswer(std::string_view key, const JsonScalar& value) {
  if (key == "agent") {
    snapshot_.agent = NameOf(value, AnswerBounds::kNameBytes);
  } else if (key == "sequence") {
    snapshot_.sequence = CountOf(value);
  } else if (key == "time") {
    has_time_ = IsNumber(value);
    snapshot_.time_ns = NanosecondsOf(value, 0);
  } else if (key == "capture_start_time") {
    snapshot_.capture_start_time_ns = NanosecondsOf(value, 0);
  } else if (key == "rate_window_seconds") {
    snapshot_.rate_window_seconds = NumberOf(value, kMaxRateWindowSeconds);
  } else if (key == "connections_in_all") {
    connections_in_all_ = CountOf(value);
  } else if (key == "connections") {
    has_connections_ = false;
  }
}

void SnapshotMaker::TakeOfInterface(std::string_view key, const JsonScalar& value) {
  if (key == "name") {
    interface_.name = NameOf(value, AnswerBounds::kNameBytes);
  } else if (key == "up") {
    interface_.up = value != JsonScalar(false);
  } else if (key == "dropped_packets") {
    interface_.dropped_packets = CountOf(value);
  }
}

void SnapshotMaker::TakeOfConnection(std::string_view key, const JsonScalar& value) {
  ConnectionSummary& connection = connection_;
  if (TakeSent(key, value, &connection.client_sent, &connection.server_sent)) return;
  if (key == "id") {
    const std::string_view id = TextOf(value);
    const char* const end = id.data() + id.size();
    const auto [parsed_to, error] = std::from_chars(id.data(), end, connection.id);
    members_.has_id = error == std::errc() && parsed_to == end;
  } else if (key == "state") {
    connection.state = StateOf(TextOf(value));
  } else if (key == "role") {
    connection.role = TextOf(value) == RoleName(Role::kObserved) ? Role::kObserved : Role::kInferred;
  } else if (key == "interface") {
    members_.interface = NameOf(value, AnswerBounds::kNameBytes);
  } else if (key == "start_time") {
    connection.start_time_ns = NanosecondsOf(value, 0);
  } else if (key == "last_packet_time") {
    connection.last_packet_time_ns = NanosecondsOf(value, 0);
  } else if (key == "handshake_rtt_seconds") {
    connection.handshake_rtt_ns = NanosecondsOf(value, ConnectionSummary::kUnknown);
  } else if (key == "rtt_seconds") {
    connection.rtt_ns = NanosecondsOf(value, ConnectionSummary::kUnknown);
  } else if (key == "server_min_rtt_seconds") {
    connection.server_min_rtt_ns = NanosecondsOf(value, ConnectionSummary::kUnknown);
  } else if (key == "client_min_rtt_seconds") {
    connection.client_min_rtt_ns = NanosecondsOf(value, ConnectionSummary::kUnknown);
  } else if (key == "responses") {
    connection.responses = SmallCountOf(value);
  } else if (key == "response_seconds") {
    connection.response_ns = NanosecondsOf(value, ConnectionSummary::kUnknown);
  } else if (key == "window_payload_bytes") {
    connection.window_payload_bytes = CountOf(value);
  }
}

uint32_t SnapshotMaker::EncapsulationIndex(const Encapsulation& encapsulation) {
  const auto [known, is_new] = encapsulations_.emplace(encapsulation, snapshot_.encapsulations.size());
  if (is_new) snapshot_.encapsulations.push_back(encapsulation);
  return known->second;
}

uint32_t SnapshotMaker::IdentityIndex(const EndIdentity& identity) {
  if (identity == EndIdentity() || identities_bytes_ > AnswerBounds::kIdentitiesBytes) return 0;
  IdentityRef ref = pool_.Get(identity);
  const uint32_t index = ref->number;
  if (index == snapshot_.identities.size()) {
    snapshot_.identities.push_back(std::move(ref));
    identities_bytes_ += BytesOf(identity);
  }
  return index;
}

absl::Status SnapshotMaker::EndConnection() {
  if (!members_.has_id || !members_.own.IsWhole()) return UnreadableConnection();
  connection_.client = members_.own.client.Value();
  connection_.server = members_.own.server.Value();
  connection_.service = members_.service.IsWhole() ? members_.service.Value() : connection_.server;
  connection_.interface = interface_numbers_.emplace(members_.interface, interface_numbers_.size()).first->second;
  connection_.encapsulation = EncapsulationIndex(members_.own.encapsulation);
  connection_.client_identity = IdentityIndex(members_.client_identity);
  connection_.server_identity = IdentityIndex(members_.server_identity);
  connection_.first_view = static_cast<uint32_t>(snapshot_.views.size());
  for (const ViewMembers& view : members_.views) {
    if (!view.IsWhole()) continue;
    snapshot_.views.push_back({view.client.Value(), view.server.Value(), EncapsulationIndex(view.encapsulation)});
  }
  connection_.view_count = static_cast<uint8_t>(snapshot_.views.size() - connection_.first_view);
  snapshot_.connections.push_back(connection_);
  return absl::OkStatus();
}

// The agent may list the interfaces after the connections.
void SnapshotMaker::NumberInterfaces() {
  // The agent does not list an interface that it has forgotten, though connections still name it. Such interfaces
  // follow the listed ones, in the order in which connections name them.
  absl::flat_hash_set<std::string> listed;
  for (const InterfaceView& interface : snapshot_.interfaces) listed.insert(interface.name);
  std::vector<const std::string*> named_by_connections(interface_numbers_.size());
  for (const auto& [name, number] : interface_numbers_) named_by_connections[number] = &name;
  for (const std::string* name : named_by_connections) {
    if (snapshot_.interfaces.size() == AnswerBounds::kInterfaces) break;
    if (name->empty() || listed.contains(*name)) continue;
    InterfaceView& forgotten = snapshot_.interfaces.emplace_back();
    forgotten.name = *name;
    forgotten.is_forgotten = true;
  }
  std::vector<uint32_t> indexes(interface_numbers_.size(), 0);
  // From the last to the first, so that the first of two interfaces with the same name gets the connections.
  for (size_t i = snapshot_.interfaces.size(); i > 0; --i) {
    const auto named = interface_numbers_.find(snapshot_.interfaces[i - 1].name);
    if (named != interface_numbers_.end()) indexes[named->second] = static_cast<uint32_t>(i - 1);
  }
  for (ConnectionSummary& connection : snapshot_.connections) connection.interface = indexes[connection.interface];
  if (snapshot_.interfaces.empty()) snapshot_.interfaces.emplace_back();
}

absl::StatusOr<Snapshot> SnapshotMaker::Finish() {
  if (!has_connections_ || !has_time_) return NoAnswer();
  snapshot_.has_edges = false;
  NumberInterfaces();
  const uint64_t listed = snapshot_.connections.size();
  snapshot_.connections_not_listed = connections_in_all_ - std::min(connections_in_all_, listed);
  for (const ConnectionSummary& connection : snapshot_.connections) {
    Subtract(connection.client_sent, &snapshot_.not_listed_client_sent);
    Subtract(connection.server_sent, &snapshot_.not_listed_server_sent);
  }
  return std::move(snapshot_);
}

}  // namespace

absl::StatusOr<Snapshot> SnapshotFromJson(AnswerBody* body, size_t limit) {
  SnapshotMaker maker(limit);
  const JsonBounds bounds = {AnswerBounds::kBytes + limit * AnswerBounds::kConnectionBytes, AnswerBounds::kTokenBytes,
                             AnswerBounds::kDepth};
  if (absl::Status status = ReadJson(body, kAnswerSource, bounds, &maker); !status.ok()) return status;
  return maker.Finish();
}

}  // namespace tcpgauge
