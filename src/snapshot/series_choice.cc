// SPDX-License-Identifier: Apache-2.0
#include "src/snapshot/series_choice.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "src/base/check.h"
#include "src/net/connection_state.h"

namespace tcpgauge {
namespace {

// An open connection keeps its series unless another connection outweighs it by this factor.
constexpr double kHysteresis = 1.25;

// The labels of a connection, valid for one snapshot.
struct Key {
  Endpoint client;
  Endpoint server;
  uint32_t interface;  // index of the first interface of the same name

  friend bool operator==(const Key& a, const Key& b) {
    return a.client == b.client && a.server == b.server && a.interface == b.interface;
  }
  template <typename H>
  friend H AbslHashValue(H state, const Key& key) {
    return H::combine(std::move(state), key.client, key.server, key.interface);
  }
};

// All connections of a snapshot with the same labels.
struct Group {
  Key key;
  bool has_series = false;
  bool is_open = false;
  bool is_old = false;         // one of them qualifies by (a)
  bool ended_lately = false;   // one of them ended within the window
  size_t position = SIZE_MAX;  // of the heaviest, in the order of rank; SIZE_MAX = the snapshot has none
  uint64_t window_payload_bytes = 0;
};

bool IsLighter(const Group& a, const Group& b) {
  if (a.window_payload_bytes != b.window_payload_bytes) return a.window_payload_bytes < b.window_payload_bytes;
  return a.position > b.position;
}

bool HasTraffic(const ConnectionSummary& connection) {
  switch (connection.state) {
    case ConnectionState::kEstablished:
    case ConnectionState::kClosing:
    case ConnectionState::kClosed:
      return true;
    case ConnectionState::kSynSent:
    case ConnectionState::kSynReceived:
    case ConnectionState::kReset:
      break;
  }
  return connection.window_payload_bytes > 0 || connection.handshake_rtt_ns != ConnectionSummary::kUnknown;
}

}  // namespace

// One call of Choose().
class SeriesChoice::Round {
 public:
  Round(const SeriesChoiceOptions& options, const Snapshot& snapshot, AdmissionBudget* budget)
      : options_(options), snapshot_(snapshot), budget_(*budget), most_candidates_(budget->left()) {
    for (uint32_t i = 0; i < snapshot.interfaces.size(); ++i) {
      interfaces_.push_back(index_of_name_.emplace(snapshot.interfaces[i].name, i).first->second);
    }
  }

  // The connections with these labels had series in the last snapshot.
  void AddHolder(const Labels& labels) {
    const auto interface = index_of_name_.find(labels.interface);
    if (interface == index_of_name_.end()) return;
    const Key key{labels.client, labels.server, interface->second};
    group_of_.emplace(key, groups_.size());
    groups_.push_back({key});
    ++holders_;
  }

  // Finds the connections of each holder, and the candidates for admission.
  void Look(absl::Span<const uint32_t> by_rank) {
    size_t heaviest = 0;  // how many connections qualified by (b)
    for (size_t position = 0; position < by_rank.size(); ++position) {
      const ConnectionSummary& connection = snapshot_.connection(by_rank[position]);
      const bool is_open = by_rank[position] < snapshot_.connections.size() && IsOpen(connection.state);
      const bool is_old = is_open && snapshot_.time_ns - connection.start_time_ns >= options_.window_ns;
      const bool ended_lately = !is_open && snapshot_.time_ns - connection.last_packet_time_ns <= options_.window_ns;
      const bool is_heaviest =
          heaviest < options_.max_connections && (is_open || ended_lately) && HasTraffic(connection);
      if (is_heaviest) ++heaviest;
      TCPGAUGE_CHECK(connection.interface < interfaces_.size());
      const Key key{connection.client, connection.server, interfaces_[connection.interface]};
      const auto known = group_of_.find(key);
      size_t index;
      if (known != group_of_.end()) {
        index = known->second;
      } else {
        if (!is_old && !is_heaviest) continue;
        size_t& candidates = is_old ? old_candidates_ : is_open ? young_candidates_ : ended_candidates_;
        if (candidates == most_candidates_) continue;
        ++candidates;
        index = groups_.size();
        group_of_.emplace(key, index);
        groups_.push_back({key});
      }
      Group& group = groups_[index];
      group.position = std::min(group.position, position);
      group.window_payload_bytes = std::max(group.window_payload_bytes, connection.window_payload_bytes);
      group.is_open = group.is_open || is_open;
      group.is_old = group.is_old || is_old;
      group.ended_lately = group.ended_lately || ended_lately;
      members_.emplace_back(by_rank[position], index);
    }
  }

  // Takes the series from the connections that are gone, or ended a window ago.
  void Expire() {
    for (size_t i = 0; i < holders_; ++i) {
      Group& group = groups_[i];
      group.has_series = group.is_open || group.ended_lately;
      if (!group.has_series) continue;
      ++with_series_;
      (group.is_open ? open_ : ended_).push_back(i);
    }
    for (std::vector<size_t>* list : {&open_, &ended_}) {
      std::sort(list->begin(), list->end(), [this](size_t a, size_t b) { return IsLighter(groups_[b], groups_[a]); });
    }
  }

  void Admit() {
    for (const bool is_open : {true, false}) {
      for (size_t i = holders_; i < groups_.size(); ++i) {
        if (groups_[i].is_open == is_open) TryAdmit(&groups_[i]);
      }
    }
  }

  std::vector<Labels> Chosen() const {
    std::vector<Labels> chosen;
    for (const Group& group : groups_) {
      if (!group.has_series) continue;
      chosen.push_back({group.key.client, group.key.server, snapshot_.interfaces[group.key.interface].name});
    }
    return chosen;
  }

  std::vector<uint32_t> ConnectionsWithSeries() const {
    std::vector<uint32_t> connections;
    for (const auto& [connection, group] : members_) {
      if (groups_[group].has_series) connections.push_back(connection);
    }
    return connections;
  }

 private:
  // Gives series to the group if the budget allows it and a place is free or can be taken.
  void TryAdmit(Group* group) {
    const bool is_open = group->is_open;
    if ((group->is_old ? budget_.left() : budget_.left_for_others()) == 0) return;
    if (with_series_ < options_.max_connections) {
      ++with_series_;
    } else if (is_open && !ended_.empty()) {
      TakePlaceOfLightest(&ended_);
    } else if (is_open && !open_.empty() &&
               static_cast<double>(group->window_payload_bytes) >
                   kHysteresis * static_cast<double>(groups_[open_.back()].window_payload_bytes)) {
      TakePlaceOfLightest(&open_);
    } else {
      return;
    }
    group->has_series = true;
    budget_.Spend(group->is_old);
  }

  void TakePlaceOfLightest(std::vector<size_t>* list) {
    groups_[list->back()].has_series = false;
    list->pop_back();
  }

  const SeriesChoiceOptions& options_;
  const Snapshot& snapshot_;
  AdmissionBudget& budget_;
  const size_t most_candidates_;  // of each kind: the budget allows no more
  size_t old_candidates_ = 0, young_candidates_ = 0, ended_candidates_ = 0;
  absl::flat_hash_map<std::string_view, uint32_t> index_of_name_;
  std::vector<uint32_t> interfaces_;  // by index of an interface: the first one of the same name
  absl::flat_hash_map<Key, size_t> group_of_;
  std::vector<Group> groups_;  // the holders, then the candidates, the heaviest first
  size_t holders_ = 0;
  size_t with_series_ = 0;
  std::vector<size_t> open_, ended_;                  // the holders that can lose their places, the lightest last
  std::vector<std::pair<uint32_t, size_t>> members_;  // connections and their groups, in the order of rank
};

std::vector<uint32_t> SeriesChoice::Choose(const Snapshot& snapshot, absl::Span<const uint32_t> by_rank) {
  if (by_rank.empty()) {
    chosen_.clear();
    return {};
  }
  if (!budget_.has_begun()) {
    int64_t first_ns = INT64_MAX;
    for (const uint32_t index : by_rank) first_ns = std::min(first_ns, snapshot.connection(index).start_time_ns);
    budget_.Begin(first_ns);
  }
  budget_.AdvanceTime(snapshot.time_ns);
  Round round(options_, snapshot, &budget_);
  for (const Labels& labels : chosen_) round.AddHolder(labels);
  round.Look(by_rank);
  round.Expire();
  round.Admit();
  chosen_ = round.Chosen();
  return round.ConnectionsWithSeries();
}

}  // namespace tcpgauge
