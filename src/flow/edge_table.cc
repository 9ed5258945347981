// SPDX-License-Identifier: Apache-2.0
#include "src/flow/edge_table.h"

#include <algorithm>
#include <utility>

#include "src/base/check.h"
#include "src/base/time_units.h"

namespace tcpgauge {
namespace {

constexpr size_t kWatchedPerExported = 4;
constexpr size_t kMinWatched = 1024;
constexpr int kSampledForReplacement = 8;

// Weights lose a quarter of their value with each quarter of a window.
constexpr int kDecaysPerWindow = 4;
constexpr double kDecay = 0.75;

// An edge replaces an exported one only when it is heavier by this factor, so that equal edges do not take turns.
constexpr double kHysteresis = 2;

size_t Slots(const EdgeTableOptions& options) {
  return 1 + std::max(options.max_exported * kWatchedPerExported, kMinWatched);
}

}  // namespace

uint64_t EdgeTable::MemoryBytes(const EdgeTableOptions& options) {
  // The index is reserved for all slots, so its array is at least 7/16 full.
  return Slots(options) * (sizeof(Edge) + sizeof(double) + sizeof(EdgeServices) +
                           (sizeof(std::pair<EdgeKey, Slot>) + 1) * 16 / 7 + sizeof(Slot));
}

EdgeTable::EdgeTable(const EdgeTableOptions& options, const EdgeTimes& times, uint64_t seed)
    : options_(options),
      times_(times),
      groups_clients_(options.v4_prefix_bits < 32 || options.v6_prefix_bits < 128),
      random_state_(seed | 1) {
  TCPGAUGE_CHECK(options.max_exported <= kMaxExported);
  edges_.resize(Slots(options));
  weights_.resize(edges_.size());
  services_.resize(edges_.size());
  index_.reserve(edges_.size());
  candidates_.reserve(edges_.size());
}

EdgeTable::Slot EdgeTable::Find(const EdgeKey& key) const {
  const auto found = index_.find(key);
  return found == index_.end() ? kNone : found->second;
}

void EdgeTable::Add(const EdgeTraffic& traffic, EdgeCounters* account) {
  (traffic.of_client ? account->client_payload_bytes : account->server_payload_bytes) += traffic.payload_bytes;
  account->segments += traffic.segments;
  account->retransmitted_segments += traffic.retransmitted_segments;
  account->out_of_order_segments += traffic.out_of_order_segments;
}

void EdgeTable::Open(const EdgeKey& key, int64_t now_ns) {
  if (start_ns_ == 0) start_ns_ = now_ns;
  EdgeCounters& account = Account(Find(key));
  ++account.connections_opened;
  if (&account == &other_) ++folded_;
  ++other_.connections;
}

void EdgeTable::CreditFailure(Slot slot, const EdgeKey& key, EndReason reason) {
  TCPGAUGE_CHECK(reason == EndReason::kRefused || reason == EndReason::kHandshakeTimeout);
  EdgeCounters& account = Account(Find(slot, key));
  ++(reason == EndReason::kRefused ? account.connections_refused : account.connections_timed_out);
}

void EdgeTable::CreditSynRetransmissions(Slot slot, const EdgeKey& key, uint64_t count) {
  Account(Find(slot, key)).syn_retransmissions += count;
}

void EdgeTable::Hold(Slot* slot, const EdgeKey& key, bool is_open, uint64_t bytes, int64_t now_ns) {
  if (Holds(*slot, key)) return;
  // The edge was not watched before, or lost its slot. Another connection may have made it watched since.
  *slot = Find(key);
  if (*slot == kNone && bytes > 0) *slot = TryWatch(key, bytes, now_ns);
  if (*slot == kNone || !is_open) return;
  --other_.connections;
  ++edges_[*slot].connections;
}

void EdgeTable::Credit(Slot* slot, const EdgeKey& key, bool is_open, const EdgeTraffic& traffic, int64_t now_ns) {
  Hold(slot, key, is_open, traffic.payload_bytes, now_ns);
  Add(traffic, &Account(*slot));
  if (*slot != kNone && traffic.payload_bytes > 0) {
    weights_[*slot] += static_cast<double>(traffic.payload_bytes);
    edges_[*slot].last_payload_ns = now_ns;
  }
}

void EdgeTable::CreditUnopened(const EdgeKey& key, const EdgeTraffic& traffic) { Add(traffic, &Account(Find(key))); }

void EdgeTable::CreditHandshake(Slot* slot, const EdgeKey& key, double rtt_seconds) {
  Hold(slot, key, /*is_open=*/true, /*bytes=*/0, /*now_ns=*/0);
  EdgeCounters& account = Account(*slot);
  ++account.handshake_rtt_count;
  account.handshake_rtt_sum_seconds += rtt_seconds;
}

EdgeTable::Slot EdgeTable::TryWatch(const EdgeKey& key, uint64_t bytes, int64_t now_ns) {
  Slot slot = kNone;
  if (used_ < edges_.size()) {
    slot = static_cast<Slot>(used_++);
  } else {
    for (int i = 0; i < kSampledForReplacement; ++i) {
      const Slot sampled = static_cast<Slot>(1 + (uint64_t{Random()} * (edges_.size() - 1) >> 32));
      if (slot != kNone && weights_[sampled] >= weights_[slot]) continue;
      if (edges_[sampled].phase != Phase::kWatched || edges_[sampled].phase_since_ns != 0) continue;
      slot = sampled;
    }
    if (slot == kNone) return kNone;
    const double amount = static_cast<double>(bytes);
    if (static_cast<double>(Random()) / 4294967296.0 >= amount / (amount + weights_[slot])) return kNone;
    Forget(slot);
  }
  edges_[slot].key = key;
  edges_[slot].in_use = true;
  index_.emplace(key, slot);
  if (exported_ < options_.max_exported && InFirstWindow(now_ns)) SetPhase(&edges_[slot], Phase::kAdmitted, now_ns);
  return slot;
}

void EdgeTable::Forget(Slot slot) {
  Edge& edge = edges_[slot];
  if (!edge.in_use) return;
  // The connections that hold the slot will notice this by the key.
  other_.connections += edge.connections;
  index_.erase(edge.key);
  edge = Edge();
  weights_[slot] = 0;
  services_[slot] = EdgeServices();
}

void EdgeTable::SetPhase(Edge* edge, Phase phase, int64_t now_ns) {
  if (edge->phase == Phase::kWatched) {
    ++exported_;
    edge->series_since_ns = now_ns;
  }
  if (phase == Phase::kWatched) --exported_;
  edge->phase = phase;
  edge->phase_since_ns = now_ns;
}

void EdgeTable::EndSeries(Edge* edge, int64_t now_ns) {
  ++retired_edges_;
  AddEdgeCounters(edge->counters, &retired_);
  edge->counters = EdgeCounters();
  SetPhase(edge, Phase::kWatched, now_ns);
}

void EdgeTable::FinishPhases(int64_t now_ns) {
  const bool in_first_window = InFirstWindow(now_ns);
  for (Edge& edge : edges_) {
    const bool over = now_ns - edge.phase_since_ns >= times_.window_ns;
    switch (edge.phase) {
      case Phase::kWatched:
        if (over) edge.phase_since_ns = 0;
        break;
      case Phase::kAnnounced:
        if (over || in_first_window) SetPhase(&edge, Phase::kAdmitted, now_ns);
        break;
      case Phase::kAdmitted:
        if (now_ns - edge.last_payload_ns >= times_.idle_timeout_ns) SetPhase(&edge, Phase::kRetiring, now_ns);
        break;
      case Phase::kRetiring:
        if (over || in_first_window) EndSeries(&edge, now_ns);
        break;
    }
  }
}

void EdgeTable::Rebalance(int64_t now_ns) {
  if (now_ns < next_rebalance_ns_) return;
  next_rebalance_ns_ = now_ns + kNanosecondsPerSecond;
  FinishPhases(now_ns);

  // The lightest admitted edges make room for candidates that are clearly heavier.
  candidates_.clear();
  std::vector<Slot> admitted;
  for (size_t slot = 1; slot < used_; ++slot) {
    const Edge& edge = edges_[slot];
    if (edge.phase == Phase::kAdmitted) admitted.push_back(static_cast<Slot>(slot));
    if (edge.phase == Phase::kWatched && edge.phase_since_ns == 0 &&
        now_ns - edge.last_payload_ns <= times_.window_ns) {
      candidates_.push_back(static_cast<Slot>(slot));
    }
  }
  const auto heavier = [this](Slot a, Slot b) { return weights_[a] > weights_[b]; };
  const size_t free = options_.max_exported - exported_;
  if (candidates_.size() > options_.max_exported) {
    const auto end = candidates_.begin() + static_cast<ptrdiff_t>(options_.max_exported);
    std::nth_element(candidates_.begin(), end, candidates_.end(), heavier);
    candidates_.erase(end, candidates_.end());
  }
  std::sort(candidates_.begin(), candidates_.end(), heavier);
  std::sort(admitted.begin(), admitted.end(), [&heavier](Slot a, Slot b) { return heavier(b, a); });
  const bool in_first_window = InFirstWindow(now_ns);
  size_t places = free;
  for (size_t i = 0, lightest = 0; i < candidates_.size(); ++i) {
    Edge& edge = edges_[candidates_[i]];
    if (places == 0) {
      if (lightest == admitted.size() || weights_[candidates_[i]] <= kHysteresis * weights_[admitted[lightest]]) break;
      Edge& given_up = edges_[admitted[lightest++]];
      SetPhase(&given_up, Phase::kRetiring, now_ns);
      if (!in_first_window) continue;  // it keeps its series for a window, then there is room for the candidate
      EndSeries(&given_up, now_ns);
      ++places;
    }
    --places;
    SetPhase(&edge, in_first_window ? Phase::kAdmitted : Phase::kAnnounced, now_ns);
  }

  if (now_ns >= next_decay_ns_) {
    next_decay_ns_ = now_ns + times_.window_ns / kDecaysPerWindow;
    for (double& weight : weights_) weight *= kDecay;
  }
}

EdgeCounters EdgeTable::other() const {
  EdgeCounters other = other_;
  for (const Edge& edge : edges_) {
    if (edge.phase != Phase::kAdmitted) other.connections += edge.connections;
  }
  return other;
}

uint32_t EdgeTable::Random() {
  random_state_ ^= random_state_ << 13;
  random_state_ ^= random_state_ >> 7;
  random_state_ ^= random_state_ << 17;
  return static_cast<uint32_t>(random_state_ >> 32);
}

}  // namespace tcpgauge
