// SPDX-License-Identifier: Apache-2.0
#include "src/attach/edges_from_json.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "src/attach/answer_errors.h"
#include "src/attach/end_from_json.h"
#include "src/attach/snapshot_from_json.h"
#include "src/json/json_reader.h"
#include "src/json/json_scalar.h"
#include "src/naming/identity_pool.h"

namespace tcpgauge {
namespace {

constexpr double kMaxSeconds = 1e9;
constexpr double kMaxRate = 1e18;

uint64_t BoundedCountOf(const JsonScalar& value) { return std::min(CountOf(value), EdgesAnswerBounds::kCount); }

// The counts of an account since its start. Of sums, the agent tells the means.
struct SumMembers {
  EdgeCounters counters;
  double response_mean = 0;
  double handshake_mean = 0;

  void Take(std::string_view key, const JsonScalar& value) {
    constexpr std::pair<std::string_view, uint64_t EdgeCounters::*> kCounts[] = {
        {"connections_opened", &EdgeCounters::connections_opened},
        {"connections_refused", &EdgeCounters::connections_refused},
        {"connections_timed_out", &EdgeCounters::connections_timed_out},
        {"client_payload_bytes", &EdgeCounters::client_payload_bytes},
        {"server_payload_bytes", &EdgeCounters::server_payload_bytes},
        {"segments", &EdgeCounters::segments},
        {"retransmitted_segments", &EdgeCounters::retransmitted_segments},
        {"out_of_order_segments", &EdgeCounters::out_of_order_segments},
        {"syn_retransmissions", &EdgeCounters::syn_retransmissions},
        {"responses", &EdgeCounters::response_count},
        {"handshake_rtts", &EdgeCounters::handshake_rtt_count}};
    for (const auto& [name, member] : kCounts) {
      if (key == name) counters.*member = BoundedCountOf(value);
    }
    if (key == "connections") counters.connections = SmallCountOf(value);
    if (key == "connections_stalled") counters.stalled = SmallCountOf(value);
    if (key == "response_seconds") response_mean = NumberOf(value, kMaxSeconds);
    if (key == "handshake_rtt_seconds") handshake_mean = NumberOf(value, kMaxSeconds);
  }
  EdgeCounters Value() const {
    EdgeCounters result = counters;
    result.response_sum_seconds = response_mean * static_cast<double>(counters.response_count);
    result.handshake_rtt_sum_seconds = handshake_mean * static_cast<double>(counters.handshake_rtt_count);
    return result;
  }
};

// What an account was credited with lately, by the second.
struct RecentMembers {
  double up = 0, down = 0, segments = 0, retransmitted = 0, opened = 0, failed = 0, responses = 0;
  double response_mean = 0;
  double handshake_mean = 0;

  void Take(std::string_view key, const JsonScalar& value) {
    constexpr std::pair<std::string_view, double RecentMembers::*> kNumbers[] = {
        {"client_payload_bytes_per_second", &RecentMembers::up},
        {"server_payload_bytes_per_second", &RecentMembers::down},
        {"segments_per_second", &RecentMembers::segments},
        {"retransmitted_segments_per_second", &RecentMembers::retransmitted},
        {"connections_opened_per_second", &RecentMembers::opened},
        {"connections_failed_per_second", &RecentMembers::failed},
        {"responses_per_second", &RecentMembers::responses},
        {"response_seconds", &RecentMembers::response_mean},
        {"handshake_rtt_seconds", &RecentMembers::handshake_mean}};
    for (const auto& [name, member] : kNumbers) {
      if (key == name) this->*member = NumberOf(value, kMaxRate);
    }
  }
  // The agent does not tell how often handshakes were measured lately, so a mean counts once.
  EdgeCounters Value(double seconds) const {
    const auto count = [seconds](double per_second) {
      return static_cast<uint64_t>(
          std::llround(std::min(per_second * seconds, static_cast<double>(EdgesAnswerBounds::kCount))));
    };
    EdgeCounters change;
    change.client_payload_bytes = count(up);
    change.server_payload_bytes = count(down);
    change.segments = count(segments);
    change.retransmitted_segments = count(retransmitted);
    change.connections_opened = count(opened);
    change.connections_refused = count(failed);
    change.response_count = count(responses);
    change.response_sum_seconds = std::min(response_mean, kMaxSeconds) * static_cast<double>(change.response_count);
    change.handshake_rtt_count = handshake_mean > 0 ? 1 : 0;
    change.handshake_rtt_sum_seconds = std::min(handshake_mean, kMaxSeconds);
    return change;
  }
};

struct EdgeMembers {
  EdgeEndMembers client;
  EdgeEndMembers server;
  std::vector<EndpointMembers> services;
  SumMembers sum;
  RecentMembers recent;
};

struct InterfaceMembers {
  std::string name;
  SumMembers sum;
  RecentMembers recent;
};

class EdgesMaker final : public JsonVisitor {
 public:
  explicit EdgesMaker(size_t limit) : limit_(limit) {}

  absl::StatusOr<bool> Enter(std::string_view key, bool is_object) override;
  absl::Status Leave() override;
  absl::Status Take(std::string_view key, const JsonScalar& value) override;

  absl::StatusOr<EdgesAnswer> Finish();

 private:
  enum class Place {
    kOutside,
    kAnswer,
    kTotals,
    kTotalsRecent,
    kEdges,
    kEdge,
    kRecent,
    kClient,
    kServer,
    kServices,
    kService,
    kInterfaces,
    kInterface,
    kInterfaceRecent
  };

  Place Here() const { return places_.back(); }
  std::optional<Place> PlaceOf(std::string_view key, bool is_object) const;
  IdentityRef IdentityOf(const EndIdentity& identity);
  absl::Status EndEdge();
  void EndInterface();

  const size_t limit_;
  std::vector<Place> places_{Place::kOutside};
  bool has_edges_ = false;
  double recent_seconds_ = 0;
  SumMembers totals_;
  RecentMembers totals_recent_;
  std::vector<RecentMembers> recents_;  // of the edges; the period may follow them
  EdgesAnswer answer_;
  IdentityPool pool_;
  size_t identities_bytes_ = 0;
  std::vector<RecentMembers> interface_recents_;
  // What is being read.
  EdgeMembers edge_;
  InterfaceMembers interface_;
};

std::optional<EdgesMaker::Place> EdgesMaker::PlaceOf(std::string_view key, bool is_object) const {
  switch (Here()) {
    case Place::kOutside:
      if (is_object) return Place::kAnswer;
      break;
    case Place::kAnswer:
      if (key == "totals" && is_object) return Place::kTotals;
      if (key == "edges" && !is_object) return Place::kEdges;
      if (key == "interfaces" && !is_object) return Place::kInterfaces;
      break;
    case Place::kInterfaces:
      if (is_object) return Place::kInterface;
      break;
    case Place::kInterface:
      if (key == "recent" && is_object) return Place::kInterfaceRecent;
      break;
    case Place::kTotals:
      if (key == "recent" && is_object) return Place::kTotalsRecent;
      break;
    case Place::kEdges:
      if (is_object) return Place::kEdge;
      break;
    case Place::kEdge:
      if (key == "client" && is_object) return Place::kClient;
      if (key == "server" && is_object) return Place::kServer;
      if (key == "addressed_as" && !is_object) return Place::kServices;
      if (key == "recent" && is_object) return Place::kRecent;
      break;
    case Place::kServices:
      if (is_object && edge_.services.size() < EdgeServices::kMax) return Place::kService;
      break;
    default:
      break;
  }
  return std::nullopt;
}

absl::StatusOr<bool> EdgesMaker::Enter(std::string_view key, bool is_object) {
  const std::optional<Place> place = PlaceOf(key, is_object);
  if (!place.has_value()) {
    if (Here() == Place::kOutside) return NoAnswer();
    if (Here() == Place::kEdges) return UnreadableEdge();
    return false;
  }
  if (*place == Place::kEdges) has_edges_ = true;
  if (*place == Place::kEdge) {
    if (answer_.edges.exported.size() == limit_) {
      return absl::ResourceExhaustedError(
          absl::StrCat("the agent's answer lists more edges than the ", limit_, " that were asked for"));
    }
    edge_ = EdgeMembers();
  }
  if (*place == Place::kInterfaces) answer_.has_interfaces = true;
  if (*place == Place::kInterface) {
    if (answer_.interfaces.size() == AnswerBounds::kInterfaces) {
      return absl::ResourceExhaustedError(
          absl::StrCat("the agent's answer lists more than ", AnswerBounds::kInterfaces, " interfaces"));
    }
    interface_ = InterfaceMembers();
  }
  if (*place == Place::kService) edge_.services.emplace_back();
  places_.push_back(*place);
  return true;
}

absl::Status EdgesMaker::Leave() {
  const Place left = Here();
  places_.pop_back();
  if (left == Place::kInterface) EndInterface();
  return left == Place::kEdge ? EndEdge() : absl::OkStatus();
}

absl::Status EdgesMaker::Take(std::string_view key, const JsonScalar& value) {
  switch (Here()) {
    case Place::kOutside:
      return NoAnswer();
    case Place::kAnswer:
      if (key == "recent_seconds") recent_seconds_ = NumberOf(value, kMaxSeconds);
      break;
    case Place::kTotals:
      totals_.Take(key, value);
      break;
    case Place::kTotalsRecent:
      totals_recent_.Take(key, value);
      break;
    case Place::kEdges:
      return UnreadableEdge();
    case Place::kEdge:
      edge_.sum.Take(key, value);
      break;
    case Place::kRecent:
      edge_.recent.Take(key, value);
      break;
    case Place::kClient:
      edge_.client.Take(key, value);
      break;
    case Place::kServer:
      edge_.server.Take(key, value);
      break;
    case Place::kService:
      edge_.services.back().Take(key, value);
      break;
    case Place::kInterface:
      if (key == "name") interface_.name = NameOf(value, AnswerBounds::kNameBytes);
      interface_.sum.Take(key, value);
      break;
    case Place::kInterfaceRecent:
      interface_.recent.Take(key, value);
      break;
    case Place::kServices:
    case Place::kInterfaces:
      break;
  }
  return absl::OkStatus();
}

IdentityRef EdgesMaker::IdentityOf(const EndIdentity& identity) {
  if (identity == EndIdentity() || identities_bytes_ > AnswerBounds::kIdentitiesBytes) return nullptr;
  identities_bytes_ += BytesOf(identity);
  return pool_.Get(identity);
}

absl::Status EdgesMaker::EndEdge() {
  if (!edge_.client.endpoint.IsWhole() || !edge_.server.endpoint.IsWhole()) return UnreadableEdge();
  EdgeView edge;
  edge.key.client = edge_.client.endpoint.Value().address;
  edge.key.server = edge_.server.endpoint.Value();
  EdgesView& edges = answer_.edges;
  if (edge_.client.prefix_bits.has_value()) {
    const int bits = std::min(*edge_.client.prefix_bits, edge.key.client.is_v4() ? 32 : 128);
    (edge.key.client.is_v4() ? edges.v4_prefix_bits : edges.v6_prefix_bits) = bits;
  }
  if (edge_.server.prefix_bits.has_value()) {
    edge.key.is_server_prefix = true;
    const int bits = std::min(*edge_.server.prefix_bits, edge.key.server.address.is_v4() ? 32 : 128);
    (edge.key.server.address.is_v4() ? edges.v4_server_prefix_bits : edges.v6_server_prefix_bits) = bits;
  }
  for (const EndpointMembers& service : edge_.services) {
    if (service.IsWhole()) edge.services.Add(service.Value());
  }
  edge.client = IdentityOf(edge_.client.identity);
  edge.server = IdentityOf(edge_.server.identity);
  edge.counters = edge_.sum.Value();
  edges.exported.push_back(std::move(edge));
  recents_.push_back(edge_.recent);
  return absl::OkStatus();
}

void EdgesMaker::EndInterface() {
  InterfaceView& interface = answer_.interfaces.emplace_back();
  interface.name = std::move(interface_.name);
  interface.account = interface_.sum.Value();
  interface.open_connections = std::exchange(interface.account.connections, 0);
  interface.stalled_connections = std::exchange(interface.account.stalled, 0);
  interface_recents_.push_back(interface_.recent);
}

absl::StatusOr<EdgesAnswer> EdgesMaker::Finish() {
  if (!has_edges_) return NoAnswer();
  EdgesView& edges = answer_.edges;
  edges.other = totals_.Value();
  answer_.changes.seconds = recent_seconds_;
  answer_.changes.other = totals_recent_.Value(recent_seconds_);
  for (size_t i = 0; i < recents_.size(); ++i) {
    TakeEdgeCountersAway(edges.exported[i].counters, &edges.other);
    answer_.changes.exported.push_back(recents_[i].Value(recent_seconds_));
    TakeEdgeCountersAway(answer_.changes.exported.back(), &answer_.changes.other);
  }
  for (const RecentMembers& recent : interface_recents_) {
    answer_.changes.interfaces.push_back(recent.Value(recent_seconds_));
  }
  return std::move(answer_);
}

}  // namespace

absl::StatusOr<EdgesAnswer> EdgesFromJson(AnswerBody* body, size_t limit) {
  EdgesMaker maker(limit);
  const JsonBounds bounds = {EdgesAnswerBounds::kBytes + limit * EdgesAnswerBounds::kEdgeBytes,
                             AnswerBounds::kTokenBytes, AnswerBounds::kDepth};
  if (absl::Status status = ReadJson(body, kAnswerSource, bounds, &maker); !status.ok()) return status;
  return maker.Finish();
}

void AddEdges(EdgesAnswer answer, Snapshot* snapshot) {
  snapshot->has_edges = true;
  snapshot->edges = std::move(answer.edges);
  snapshot->edge_changes = std::move(answer.changes);
  const std::vector<EdgeCounters> changes = std::exchange(snapshot->edge_changes.interfaces, {});
  if (!answer.has_interfaces) return;
  snapshot->has_interface_accounts = true;
  absl::flat_hash_map<std::string, size_t> index_of_name;
  for (size_t i = 0; i < snapshot->interfaces.size(); ++i) index_of_name.emplace(snapshot->interfaces[i].name, i);
  snapshot->edge_changes.interfaces.resize(snapshot->interfaces.size());
  for (size_t i = 0; i < answer.interfaces.size(); ++i) {
    const InterfaceView& from = answer.interfaces[i];
    const auto [known, is_new] = index_of_name.emplace(from.name, snapshot->interfaces.size());
    if (is_new) {
      snapshot->interfaces.emplace_back().name = from.name;
      snapshot->edge_changes.interfaces.emplace_back();
    }
    InterfaceView& to = snapshot->interfaces[known->second];
    to.account = from.account;
    to.open_connections = from.open_connections;
    to.stalled_connections = from.stalled_connections;
    snapshot->edge_changes.interfaces[known->second] = changes[i];
  }
}

}  // namespace tcpgauge
