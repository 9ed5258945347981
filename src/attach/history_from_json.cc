// SPDX-License-Identifier: Apache-2.0
#include "src/attach/history_from_json.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "src/attach/answer_errors.h"
#include "src/attach/end_from_json.h"
#include "src/attach/snapshot_from_json.h"
#include "src/json/json_reader.h"
#include "src/json/json_scalar.h"
#include "src/snapshot/history_counts.h"

namespace tcpgauge {
namespace {

constexpr int64_t kUnknownTime = -1;

absl::Status TooManySeconds() {
  return absl::ResourceExhaustedError(
      absl::StrCat("the agent's answer has more than ", HistoryAnswerBounds::kSeconds, " seconds"));
}

// Returns null if no counter has this name.
const HistoryCounter* CounterOf(std::string_view name) {
  const auto* found = std::find_if(std::begin(kHistoryCounters), std::end(kHistoryCounters),
                                   [name](const HistoryCounter& counter) { return counter.name == name; });
  return found == std::end(kHistoryCounters) ? nullptr : found;
}

uint64_t ValueOf(const HistoryCounter& counter, const JsonScalar& value) {
  constexpr double kMaxSeconds = 1e9;
  if (!counter.is_microseconds) return std::min(CountOf(value), HistoryAnswerBounds::kCount);
  return static_cast<uint64_t>(std::llround(NumberOf(value, kMaxSeconds) * 1e6));
}

// A second of an edge.
struct EdgeSecond {
  bool is_recorded = false;  // the edge was among the heaviest
  HistoryCounts counts;
};

struct EdgeSeconds {
  HistoryEdge edge;
  std::vector<EdgeSecond> seconds;
};

// The members of an edge.
struct EdgeMembers {
  EdgeEndMembers client;
  EdgeEndMembers server;
  std::vector<EdgeSecond> seconds;
};

class HistoryMaker final : public JsonVisitor {
 public:
  HistoryMaker(size_t limit, IdentityPool* pool) : limit_(limit), pool_(*pool) {}

  absl::StatusOr<bool> Enter(std::string_view key, bool is_object) override;
  absl::Status Leave() override;
  absl::Status Take(std::string_view key, const JsonScalar& value) override;

  absl::StatusOr<HistoryAnswer> Finish() const;

 private:
  enum class Place { kOutside, kAnswer, kEndTimes, kEdges, kEdge, kClient, kServer, kSeries };

  Place Here() const { return places_.back(); }
  std::optional<Place> PlaceOf(std::string_view key, bool is_object) const;
  absl::Status Begin(Place place, std::string_view key);
  absl::Status TakeOfSeries(const JsonScalar& value);
  IdentityRef IdentityOf(const EndIdentity& identity);
  absl::Status EndEdge();

  const size_t limit_;
  IdentityPool& pool_;
  std::vector<Place> places_{Place::kOutside};
  bool has_edges_ = false;
  int64_t begin_time_ns_ = kUnknownTime;
  std::vector<int64_t> end_times_ns_;
  std::vector<EdgeSeconds> edges_;

  // What is being read.
  EdgeMembers edge_;
  const HistoryCounter* counter_ = nullptr;  // of the series; null: it is the gauge
  size_t second_ = 0;                        // of the series: the index of the next value
};

std::optional<HistoryMaker::Place> HistoryMaker::PlaceOf(std::string_view key, bool is_object) const {
  switch (Here()) {
    case Place::kOutside:
      if (is_object) return Place::kAnswer;
      break;
    case Place::kAnswer:
      if (key == "end_times" && !is_object) return Place::kEndTimes;
      if (key == "edges" && !is_object) return Place::kEdges;
      break;
    case Place::kEdges:
      if (is_object) return Place::kEdge;
      break;
    case Place::kEdge:
      if (key == "client" && is_object) return Place::kClient;
      if (key == "server" && is_object) return Place::kServer;
      if (!is_object && (key == "connections" || CounterOf(key) != nullptr)) return Place::kSeries;
      break;
    default:
      break;
  }
  return std::nullopt;
}

absl::StatusOr<bool> HistoryMaker::Enter(std::string_view key, bool is_object) {
  const std::optional<Place> place = PlaceOf(key, is_object);
  if (place.has_value()) {
    if (absl::Status status = Begin(*place, key); !status.ok()) return status;
    places_.push_back(*place);
    return true;
  }
  if (Here() == Place::kOutside || Here() == Place::kEndTimes) return NoAnswer();
  if (Here() == Place::kEdges || Here() == Place::kSeries) return UnreadableEdge();
  return false;
}

absl::Status HistoryMaker::Begin(Place place, std::string_view key) {
  switch (place) {
    case Place::kEndTimes:
      end_times_ns_.clear();
      break;
    case Place::kEdges:
      has_edges_ = true;
      break;
    case Place::kEdge:
      if (edges_.size() == limit_) {
        return absl::ResourceExhaustedError(
            absl::StrCat("the agent's answer lists more edges than the ", limit_, " that were asked for"));
      }
      edge_ = EdgeMembers();
      break;
    case Place::kSeries:
      counter_ = CounterOf(key);
      second_ = 0;
      break;
    default:
      break;
  }
  return absl::OkStatus();
}

absl::Status HistoryMaker::Leave() {
  const Place left = Here();
  places_.pop_back();
  return left == Place::kEdge ? EndEdge() : absl::OkStatus();
}

absl::Status HistoryMaker::Take(std::string_view key, const JsonScalar& value) {
  switch (Here()) {
    case Place::kOutside:
      return NoAnswer();
    case Place::kAnswer:
      if (key == "begin_time") begin_time_ns_ = NanosecondsOf(value, kUnknownTime);
      break;
    case Place::kEndTimes:
      if (end_times_ns_.size() == HistoryAnswerBounds::kSeconds) return TooManySeconds();
      end_times_ns_.push_back(NanosecondsOf(value, kUnknownTime));
      break;
    case Place::kEdges:
      return UnreadableEdge();
    case Place::kEdge:
      break;
    case Place::kClient:
      edge_.client.Take(key, value);
      break;
    case Place::kServer:
      edge_.server.Take(key, value);
      break;
    case Place::kSeries:
      return TakeOfSeries(value);
  }
  return absl::OkStatus();
}

absl::Status HistoryMaker::TakeOfSeries(const JsonScalar& value) {
  if (second_ == HistoryAnswerBounds::kSeconds) return TooManySeconds();
  if (second_ == edge_.seconds.size()) edge_.seconds.emplace_back();
  EdgeSecond& second = edge_.seconds[second_++];
  if (counter_ != nullptr) {
    second.counts.*counter_->member = ValueOf(*counter_, value);
  } else {
    second.is_recorded = IsNumber(value);
    second.counts.connections = SmallCountOf(value);
  }
  return absl::OkStatus();
}

IdentityRef HistoryMaker::IdentityOf(const EndIdentity& identity) {
  return identity == EndIdentity() ? nullptr : pool_.Get(identity);
}

absl::Status HistoryMaker::EndEdge() {
  if (!edge_.client.endpoint.IsWhole() || !edge_.server.endpoint.IsWhole()) return UnreadableEdge();
  EdgeSeconds& added = edges_.emplace_back();
  added.edge.client = IdentityOf(edge_.client.identity);
  added.edge.server = IdentityOf(edge_.server.identity);
  EdgeKey& key = added.edge.key;
  key.client = edge_.client.endpoint.Value().address;
  key.server = edge_.server.endpoint.Value();
  key.is_server_prefix = edge_.server.prefix_bits.has_value();
  if (added.edge.client != nullptr) key.client_identity = added.edge.client->label_number;
  if (added.edge.server != nullptr) key.server_identity = added.edge.server->label_number;
  added.seconds = std::move(edge_.seconds);
  return absl::OkStatus();
}

absl::StatusOr<HistoryAnswer> HistoryMaker::Finish() const {
  if (!has_edges_ || begin_time_ns_ == kUnknownTime) return NoAnswer();
  HistoryAnswer answer;
  answer.begin_time_ns = begin_time_ns_;
  int64_t time_ns = begin_time_ns_;
  for (const int64_t end_time_ns : end_times_ns_) {
    if (end_time_ns <= time_ns) return NoAnswer();
    time_ns = end_time_ns;
    answer.seconds.emplace_back().time_ns = time_ns;
  }
  for (const EdgeSeconds& edge : edges_) {
    if (edge.seconds.size() != answer.seconds.size()) return UnreadableEdge();
    for (size_t i = 0; i < edge.seconds.size(); ++i) {
      if (edge.seconds[i].is_recorded) answer.seconds[i].edges.push_back({edge.edge, edge.seconds[i].counts});
    }
  }
  return answer;
}

}  // namespace

absl::StatusOr<HistoryAnswer> HistoryFromJson(AnswerBody* body, size_t limit, IdentityPool* pool) {
  HistoryMaker maker(limit, pool);
  const JsonBounds bounds = {HistoryAnswerBounds::kBytes, AnswerBounds::kTokenBytes, AnswerBounds::kDepth};
  if (absl::Status status = ReadJson(body, kAnswerSource, bounds, &maker); !status.ok()) return status;
  return maker.Finish();
}

}  // namespace tcpgauge
